import { createHash } from "node:crypto";

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/** Whether a Base58 string of at most 60 characters ends in its four bytes of double SHA-256. */
export function base58Check(text: string): boolean {
  if (text.length > 60) return false;
  let number = 0n;
  for (const c of text) {
    const digit = ALPHABET.indexOf(c);
    if (digit < 0) return false;
    number = number * 58n + BigInt(digit);
  }
  let hex = number.toString(16);
  if (hex.length % 2 === 1) hex = `0${hex}`;
  const zeros = /^1*/.exec(text)![0].length;
  const bytes = Buffer.concat([
    Buffer.alloc(zeros),
    number === 0n ? Buffer.alloc(0) : Buffer.from(hex, "hex"),
  ]);
  if (bytes.length < 5) return false;
  const body = bytes.subarray(0, -4);
  const digest = createHash("sha256").update(createHash("sha256").update(body).digest()).digest();
  return digest.subarray(0, 4).equals(bytes.subarray(-4));
}
