/** An optimum of a linear program: the variables, the price of each constraint, and the least cost. */
export interface LinearOptimum {
  readonly x: Float64Array;
  /** By how much the least cost falls when a limit is raised by one; at least 0. */
  readonly prices: Float64Array;
  readonly value: number;
}

const EPSILON = 1e-10;

/**
 * min cost·x subject to A x ≤ limits and x ≥ 0, by the simplex method in a dense tableau with Bland's
 * rule, which cannot cycle (Bland 1977, doi:10.1287/moor.2.2.103). Made for some tens of variables and
 * constraints. The last variable must make x = 0 feasible when it is large: every limit below 0 needs
 * a coefficient below 0 in its column, as that of a slack that is paid for has. Undefined where the
 * cost has no lower bound.
 */
export function leastCost(
  cost: ArrayLike<number>,
  A: readonly ArrayLike<number>[],
  limits: ArrayLike<number>,
): LinearOptimum | undefined {
  const n = cost.length;
  const m = A.length;
  const width = n + m + 1;
  // Rows: the constraints with a slack each; below them the reduced costs.
  const rows = A.map((own, i) => {
    const row = new Float64Array(width);
    for (let j = 0; j < n; j++) row[j] = own[j]!;
    row[n + i] = 1;
    row[width - 1] = limits[i]!;
    return row;
  });
  const bottom = new Float64Array(width);
  for (let j = 0; j < n; j++) bottom[j] = cost[j]!;
  const basis = rows.map((_, i) => n + i);
  const lowest = rows.reduce((a, row, i) => (row[width - 1]! < rows[a]![width - 1]! ? i : a), 0);
  if (m > 0 && rows[lowest]![width - 1]! < 0) pivot(rows, bottom, basis, lowest, n - 1);
  for (;;) {
    let column = 0;
    while (column < width - 1 && bottom[column]! > -EPSILON) column++;
    if (column === width - 1) break;
    const row = leaving(rows, basis, column);
    if (row === undefined) return undefined;
    pivot(rows, bottom, basis, row, column);
  }
  const x = new Float64Array(n);
  basis.forEach((variable, i) => {
    if (variable < n) x[variable] = rows[i]![width - 1]!;
  });
  return {
    x,
    prices: bottom.slice(n, n + m).map((price) => Math.max(0, price)),
    value: -bottom[width - 1]!,
  };
}

/** The row whose basic variable first falls to 0, of equal ones that of the first variable. */
function leaving(
  rows: readonly Float64Array[],
  basis: readonly number[],
  column: number,
): number | undefined {
  let [best, least] = [-1, Infinity];
  rows.forEach((row, i) => {
    if (row[column]! <= EPSILON) return;
    const ratio = row[row.length - 1]! / row[column]!;
    if (ratio < least - EPSILON || (ratio <= least + EPSILON && basis[i]! < basis[best]!)) {
      [best, least] = [i, Math.min(least, ratio)];
    }
  });
  return best < 0 ? undefined : best;
}

function pivot(
  rows: readonly Float64Array[],
  bottom: Float64Array,
  basis: number[],
  row: number,
  column: number,
): void {
  const own = rows[row]!;
  const by = own[column]!;
  own.forEach((value, j) => (own[j] = value / by));
  for (const other of [...rows, bottom]) {
    const share = other[column]!;
    if (other === own || share === 0) continue;
    own.forEach((value, j) => (other[j]! -= share * value));
  }
  basis[row] = column;
}
