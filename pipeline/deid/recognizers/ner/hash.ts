/**
 * 32-bit FNV-1a over UTF-16 units (Fowler, Noll and Vo) with a final mix, of `text` from `start` to
 * `end`. The same on every machine, as an unsigned integer.
 */
export function hashText(text: string, start = 0, end: number = text.length): number {
  let hash = HASH_START;
  for (let i = start; i < end; i++) hash = hashStep(hash, text.charCodeAt(i));
  return scramble(hash);
}

/** `hashText` unit by unit: begin here, step over each unit, and scramble at the end. */
export const HASH_START = 0x811c9dc5;

export function hashStep(hash: number, code: number): number {
  return Math.imul(hash ^ code, 0x01000193);
}

/** Joins a hash with another integer; the order of the two matters. Unsigned. */
export function mix(a: number, b: number): number {
  return scramble(Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) + b);
}

/** The finalizer of MurmurHash3 (Appleby): each input bit changes each output bit half of the time. */
export function scramble(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
