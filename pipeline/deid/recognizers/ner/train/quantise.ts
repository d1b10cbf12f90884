import { TAGS } from "../lattice.ts";

/** Weights as a model file holds them. */
export interface Quantised {
  readonly rows: Uint8Array;
  readonly weights: Int8Array;
  readonly scale: number;
}

// In units of `scale`.
const NEGLIGIBLE = 3;

/**
 * Weights as bytes: `scale` is the worth of one. Rows in which no weight is worth more than
 * NEGLIGIBLE are left out: they make the file larger and the model slower, and change nothing that
 * was measured.
 */
export function quantise(weights: Float32Array): Quantised {
  const sorted = weights
    .filter((weight) => weight !== 0)
    .map(Math.abs)
    .sort();
  const largest = sorted[Math.floor(sorted.length * 0.9995)] ?? 1;
  // Finer steps than these cost bytes and change nothing.
  const scale = largest / 48;
  const rows = new Uint8Array(Math.ceil(weights.length / TAGS / 8));
  const kept: number[] = [];
  for (let row = 0; row * TAGS < weights.length; row++) {
    const bytes = Array.from(weights.subarray(row * TAGS, (row + 1) * TAGS), (weight) =>
      Math.max(-127, Math.min(127, Math.round(weight / scale))),
    );
    if (bytes.every((byte) => Math.abs(byte) <= NEGLIGIBLE)) continue;
    rows[row >>> 3]! |= 1 << (row & 7);
    for (const byte of bytes) kept.push(byte);
  }
  return { rows, weights: Int8Array.from(kept), scale };
}
