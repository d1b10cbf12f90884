const ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** Whether a string in lower case passes the checksum of Bech32 (BIP 173) or Bech32m (BIP 350). */
export function bech32(address: string): boolean {
  const split = address.lastIndexOf("1");
  if (split < 1 || address.length - split < 7 || address.length > 90) return false;
  const prefix = address.slice(0, split);
  const values: number[] = [];
  for (const c of prefix) values.push(c.charCodeAt(0) >> 5);
  values.push(0);
  for (const c of prefix) values.push(c.charCodeAt(0) & 31);
  for (const c of address.slice(split + 1)) {
    const value = ALPHABET.indexOf(c);
    if (value < 0) return false;
    values.push(value);
  }
  let state = 1;
  for (const value of values) {
    const top = state >>> 25;
    state = ((state & 0x1ffffff) << 5) ^ value;
    for (let i = 0; i < 5; i++) if ((top >>> i) & 1) state ^= GENERATOR[i]!;
  }
  return state === 1 || state === 0x2bc830a3;
}
