import type { Weights } from "../tensors.ts";

/** Multiplications of a forward pass below which a part is not worth its overhead. */
const LEAST_WORK = 2e8;
const MOST_PARTS = 8;

/**
 * Into how many parts each batch is cut. It follows from the model and the batch alone and not from
 * the machine, as the order in which gradients are added up decides their last bits.
 *
 * `work` is how many multiplications the forward pass of a batch takes.
 */
export function partsOf(rows: number, work: number, least = LEAST_WORK): number {
  return Math.max(1, Math.min(MOST_PARTS, rows, Math.floor(work / least)));
}

/** Numbers in the matrices of a network that are multiplied with each state; `tables` are looked up. */
export function matrixSize(weights: Weights, tables: readonly string[]): number {
  let size = 0;
  for (const [name, { shape, values }] of Object.entries(weights))
    if (shape.length === 2 && !tables.includes(name)) size += values.length;
  return size;
}

/** The bounds of part `index` of `parts`: as equal as can be, empty where rows are fewer. */
export function boundsOf(rows: number, parts: number, index: number): [number, number] {
  return [Math.floor((rows * index) / parts), Math.floor((rows * (index + 1)) / parts)];
}
