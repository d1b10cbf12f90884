/** The nodes of a generalisation lattice, numbered: each column has levels from `low` to `high`. */
export interface Lattice {
  readonly size: number;
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly strides: readonly number[];
}

/** The lattice between two nodes. Its size may exceed any array: look before making one. */
export function latticeOf(low: readonly number[], high: readonly number[]): Lattice {
  const strides: number[] = [];
  let size = 1;
  low.forEach((from, c) => {
    strides.push(size);
    size *= high[c]! - from + 1;
  });
  return { size, low, high, strides };
}

/** The levels of a node. */
export function levelsOf({ low, high, strides }: Lattice, node: number): number[] {
  return low.map((from, c) => from + (Math.floor(node / strides[c]!) % (high[c]! - from + 1)));
}

/** The nodes one step up (`step` 1) or down (-1). */
export function neighbours(lattice: Lattice, node: number, step: 1 | -1): number[] {
  const { low, high, strides } = lattice;
  const found: number[] = [];
  levelsOf(lattice, node).forEach((level, c) => {
    if (step > 0 ? level < high[c]! : level > low[c]!) found.push(node + step * strides[c]!);
  });
  return found;
}

/** Calls `mark` for a node and all beyond it; where it returns false, what lies beyond is left. */
export function sweep(
  lattice: Lattice,
  start: number,
  step: 1 | -1,
  mark: (node: number) => boolean,
): void {
  const stack = [start];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    for (const next of neighbours(lattice, node, step)) if (mark(next)) stack.push(next);
  }
}
