/**
 * 32-bit FNV-1a over UTF-16 units (Fowler, Noll and Vo) with a final mix, of `text` from `start` to
 * `end`. The same on every machine, as an unsigned integer.
 */
export function hashText(text: string, start = 0, end: number = text.length): number {
  let hash = HASH_START;
  for (let i = start; i < end; i++) hash = hashStep(hash, text.charCodeAt(i));
  return scramble(hash) >>> 0;
}

/** `hashText` unit by unit: begin here, step over each unit, and scramble at the end. */
export const HASH_START: number = 0x811c9dc5 | 0;

export function hashStep(hash: number, code: number): number {
  return Math.imul(hash ^ code, 0x01000193);
}

/**
 * Joins a hash with another integer; the order of the two matters. A signed integer of 32 bits, like
 * that of `scramble`: a larger one would be a number on the heap, and most of the time goes here.
 */
export function mix(a: number, b: number): number {
  let h = (Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) + b) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** The finalizer of MurmurHash3 (Appleby): each input bit changes each output bit half of the time. Signed. */
export function scramble(value: number): number {
  let h = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
