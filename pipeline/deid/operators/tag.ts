import type { Random } from "../../core/types.ts";

// Crockford's alphabet: no I, L, O, U, so a tag is read aloud and typed without mistakes.
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** The first `length` characters, 5 bits each, of a keyed function of a label. */
export function keyedTag(secret: Random, label: string, length: number): string {
  const random = secret.fork(label);
  let tag = "";
  while (tag.length < length) {
    let bits = random.uint32();
    for (let k = 0; k < 6 && tag.length < length; k++, bits >>>= 5) tag += ALPHABET[bits & 31]!;
  }
  return tag;
}
