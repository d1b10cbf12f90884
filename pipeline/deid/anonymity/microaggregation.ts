import { PipelineError } from "../../core/error.ts";

/** Groups of rows by number, and what they cost. */
export interface Microaggregation {
  /** The group of each row. */
  readonly group: Uint32Array;
  readonly groups: number;
  /** The mean of each group, by column: `centroids[column][group]`. */
  readonly centroids: readonly Float64Array[];
  /** Spread within groups over spread in all (SSE/SST), in [0, 1]; 0 where nothing varies. */
  readonly loss: number;
}

/** Points above which MDAV's quadratic time is refused for several columns. */
const MULTIVARIATE_LIMIT = 50_000;

/**
 * Puts rows together that lie close, at least k in each group, and gives each group its mean. One
 * column is grouped at the optimum (Hansen and Mukherjee 2003), which takes n log n + n·k steps;
 * several by MDAV (Domingo-Ferrer and Torra 2005) on standardised columns, which takes n²/k. With
 * `weights`, a point stands for so many equal rows, which stay together.
 */
export function microaggregate(
  columns: readonly Float64Array[],
  k: number,
  weights: ArrayLike<number> = new Uint8Array(columns[0]?.length ?? 0).fill(1),
): Microaggregation {
  const points = columns[0]?.length ?? 0;
  let rows = 0;
  for (let i = 0; i < points; i++) rows += weights[i]!;
  if (!Number.isSafeInteger(k) || k < 1) {
    throw new PipelineError("policy", "k of microaggregation is a whole number from 1");
  }
  if (rows < k) {
    throw new PipelineError(
      "policy",
      `microaggregation by ${k} needs more rows than the ${rows} there are`,
    );
  }
  if (columns.length > 1 && points > MULTIVARIATE_LIMIT) {
    throw new PipelineError(
      "policy",
      `microaggregation of several columns takes up to ${MULTIVARIATE_LIMIT} different rows, there are ${points}`,
      { hint: "microaggregate column by column" },
    );
  }
  const group =
    columns.length === 1
      ? optimal(columns[0]!, k, weights)
      : mdav(
          columns.map((column) => standard(column, weights, rows)),
          k,
          weights,
        );
  return summed(columns, group, weights, rows);
}

/** The mean that stands for a cell, to twelve digits. */
export function averageOf({ centroids, group }: Microaggregation, c: number, row: number): number {
  return Number(centroids[c]![group[row]!]!.toPrecision(12));
}

/**
 * Optimal groups of one column: a shortest path over the sorted values. No group of the best is larger
 * than it must be: what falls into two groups of k costs less as two.
 */
function optimal(values: Float64Array, k: number, weights: ArrayLike<number>): Uint32Array {
  const n = values.length;
  const order = Uint32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  // Sums from the middle of the range, so that squares of large values do not cancel.
  const middle = values[order[n >> 1]!]!;
  const rows = new Float64Array(n + 1);
  const sum = new Float64Array(n + 1);
  const square = new Float64Array(n + 1);
  order.forEach((point, i) => {
    const [x, w] = [values[point]! - middle, weights[point]!];
    rows[i + 1] = rows[i]! + w;
    sum[i + 1] = sum[i]! + w * x;
    square[i + 1] = square[i]! + w * x * x;
  });
  const cost = new Float64Array(n + 1).fill(Infinity);
  const from = new Uint32Array(n + 1);
  cost[0] = 0;
  for (let end = 1, last = 0; end <= n; end++) {
    if (rows[end]! < k) continue;
    // The latest start of a group of k that ends here.
    while (rows[end]! - rows[last + 1]! >= k) last++;
    for (let start = last; start >= 0; start--) {
      if (rows[last]! - rows[start]! >= k) break;
      const size = rows[end]! - rows[start]!;
      const s = sum[end]! - sum[start]!;
      const within = Math.max(0, square[end]! - square[start]! - (s * s) / size);
      const total = cost[start]! + within;
      if (total < cost[end]!) {
        cost[end] = total;
        from[end] = start;
      }
    }
  }
  const group = new Uint32Array(n);
  let id = 0;
  for (let end = n; end > 0; end = from[end]!) {
    for (let i = from[end]!; i < end; i++) group[order[i]!] = id;
    id++;
  }
  return group;
}

/** Maximum distance to average vector: two groups at a time, around the row farthest out and its opposite. */
function mdav(
  columns: readonly Float64Array[],
  k: number,
  weights: ArrayLike<number>,
): Uint32Array {
  const n = columns[0]!.length;
  const group = new Uint32Array(n);
  const centres: number[][] = [];
  let left = Array.from({ length: n }, (_, i) => i);
  const rows = (): number => left.reduce((sum, point) => sum + weights[point]!, 0);
  const distance = (point: number, to: readonly number[]): number =>
    columns.reduce((sum, column, c) => sum + (column[point]! - to[c]!) ** 2, 0);
  const mean = (of: readonly number[]): number[] =>
    columns.map((column) => {
      const [sum, size] = of.reduce(
        ([s, w], point) => [s + weights[point]! * column[point]!, w + weights[point]!],
        [0, 0],
      );
      return sum / size;
    });
  const farthest = (from: readonly number[]): number => {
    let [best, most] = [left[0]!, -1];
    for (const point of left) {
      const d = distance(point, from);
      if (d > most) [best, most] = [point, d];
    }
    return best;
  };
  const close = (members: readonly number[]): void => {
    for (const point of members) group[point] = centres.length;
    centres.push(mean(members));
  };
  const pointOf = (point: number): number[] => columns.map((column) => column[point]!);
  const take = (centre: number): void => {
    const to = pointOf(centre);
    const near = left
      .map((point) => [point, distance(point, to)] as const)
      .sort((a, b) => a[1] - b[1] || a[0] - b[0]);
    const taken = new Set<number>();
    for (let size = 0, i = 0; size < k; i++) {
      const point = near[i]![0];
      taken.add(point);
      size += weights[point]!;
    }
    close([...taken]);
    left = left.filter((point) => !taken.has(point));
  };
  while (rows() >= 3 * k) {
    const first = farthest(mean(left));
    const opposite = pointOf(first);
    take(first);
    if (rows() >= k) take(farthest(opposite));
  }
  if (rows() >= 2 * k) take(farthest(mean(left)));
  if (rows() >= k) close(left);
  else {
    // Equal rows stay together, so that fewer than k may be left: each joins the group that is nearest.
    for (const point of left) {
      const near = centres.map((centre) => distance(point, centre));
      group[point] = near.indexOf(Math.min(...near));
    }
  }
  return group;
}

function standard(column: Float64Array, weights: ArrayLike<number>, rows: number): Float64Array {
  const mean = column.reduce((s, x, i) => s + weights[i]! * x, 0) / rows;
  const spread = Math.sqrt(column.reduce((s, x, i) => s + weights[i]! * (x - mean) ** 2, 0) / rows);
  return column.map((x) => (spread === 0 ? 0 : (x - mean) / spread));
}

function summed(
  columns: readonly Float64Array[],
  group: Uint32Array,
  weights: ArrayLike<number>,
  rows: number,
): Microaggregation {
  const groups = group.reduce((most, id) => Math.max(most, id + 1), 0);
  const size = new Float64Array(groups);
  group.forEach((id, i) => (size[id]! += weights[i]!));
  const shares: number[] = [];
  const centroids = columns.map((column) => {
    const mean = new Float64Array(groups);
    column.forEach((x, i) => (mean[group[i]!]! += (weights[i]! * x) / size[group[i]!]!));
    const all = column.reduce((s, x, i) => s + weights[i]! * x, 0) / rows;
    let [within, total] = [0, 0];
    column.forEach((x, i) => {
      within += weights[i]! * (x - mean[group[i]!]!) ** 2;
      total += weights[i]! * (x - all) ** 2;
    });
    shares.push(total === 0 ? 0 : within / total);
    return mean;
  });
  const loss = shares.reduce((a, b) => a + b, 0) / Math.max(1, shares.length);
  return { group, groups, centroids, loss };
}
