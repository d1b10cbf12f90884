import { TAGS } from "./lattice.ts";
import type { ModelFile } from "./model-file.ts";

/** What is added to a weight so that it is a byte from 0 to 255. */
export const BIAS = 128;
/** The lower byte of each half of a word: four packed weights are added in two steps, two a half. */
export const LANES = 0x00ff00ff;
/** The lower half of a word. */
export const LOW = 0xffff;

/**
 * All 2^bits rows of weights, four words each, so that a row is one place in memory and rows without weights
 * need no question. The first three words hold twelve weights plus BIAS, one a byte, lowest first;
 * the last one holds the thirteenth as it is.
 */
export function packedRows({ rows, weights, bits }: Omit<ModelFile, "scale">): Int32Array {
  const packed = new Int32Array(4 << bits);
  let from = 0;
  for (let row = 0; row < 1 << bits; row++) {
    const at = 4 * row;
    if (((rows[row >>> 3]! >>> (row & 7)) & 1) === 0) {
      packed[at] = packed[at + 1] = packed[at + 2] = NOTHING;
      continue;
    }
    for (let word = 0; word < 3; word++) packed[at + word] = packedFour(weights, from + 4 * word);
    packed[at + 3] = weights[from + 12]!;
    from += TAGS;
  }
  return packed;
}

// Four weights of zero.
const NOTHING = 0x80808080 | 0;

function packedFour(weights: Int8Array, at: number): number {
  return (
    (weights[at]! + BIAS) |
    ((weights[at + 1]! + BIAS) << 8) |
    ((weights[at + 2]! + BIAS) << 16) |
    ((weights[at + 3]! + BIAS) << 24)
  );
}

/** The sums of the weights of the rows that the hashes fall on, one a tag, into `sums`. */
export function sumRows(
  packed: Int32Array,
  hashes: readonly number[],
  shift: number,
  sums: Int32Array,
): void {
  sums.fill(0);
  for (const hash of hashes) {
    const at = (hash >>> shift) << 2;
    for (let word = 0; word < 3; word++) {
      const four = packed[at + word]!;
      sums[4 * word]! += four & 0xff;
      sums[4 * word + 1]! += (four >>> 8) & 0xff;
      sums[4 * word + 2]! += (four >>> 16) & 0xff;
      sums[4 * word + 3]! += four >>> 24;
    }
    sums[12]! += packed[at + 3]!;
  }
  const bias = BIAS * hashes.length;
  for (let tag = 0; tag < 12; tag++) sums[tag]! -= bias;
}
