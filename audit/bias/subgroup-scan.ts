import { below } from "../../pipeline/core/random.ts";
import type { Random } from "../../pipeline/core/types.ts";
import { binomial } from "../statistics/binomial.ts";

/** People who agree in every attribute: how many outcomes were seen and how many expected. */
export interface ScanCell {
  /** Values in the order of the attributes. */
  readonly values: readonly string[];
  readonly n: number;
  readonly observed: number;
  /** Sum of the chances of the outcome, in [0, n]: by a model, or n times the overall rate. */
  readonly expected: number;
}

/** A subgroup: for each attribute that matters the values that belong to it. */
export interface Subgroup {
  readonly values: Readonly<Record<string, readonly string[]>>;
  readonly n: number;
  readonly observed: number;
  readonly expected: number;
  /** Log likelihood ratio of its own rate against the expected one, in nats. */
  readonly score: number;
  /** Chance that a scan of data that are as expected finds a score as high in any subgroup. */
  readonly p: number;
}

export interface ScanOptions {
  readonly random: Random;
  /** Whether to look for more outcomes than expected or for fewer. */
  readonly direction: "more" | "fewer";
  /** Starts of the search: the first takes everyone, the others values at random. 10 unless said. */
  readonly starts?: number;
  /** Simulated data sets that p is judged by; 199 unless said. */
  readonly simulations?: number;
  /** Taken off the score for every value that an attribute is narrowed to, for plainer subgroups. */
  readonly penalty?: number;
}

/**
 * The subgroup, over all combinations of values, whose outcomes differ most from what was expected:
 * a multi-dimensional subset scan (Neill, McFowland and Zheng 2013, doi:10.1002/sim.5675; for
 * classifiers Zhang and Neill 2016, arXiv:1611.08292). One attribute after the other takes the best
 * of the subsets ordered by observed over expected, until nothing improves. p is corrected for the
 * search, because every simulated data set is searched alike. Undefined without rows, or when no
 * subgroup differs in the direction asked for.
 */
export function subgroupScan(
  attributes: readonly string[],
  cells: readonly ScanCell[],
  options: ScanOptions,
): Subgroup | undefined {
  const { random, direction, starts = 10, simulations = 199, penalty = 0 } = options;
  const scan = scanOf(attributes.length, cells, direction === "more" ? 1 : -1, penalty);
  const observed = Float64Array.from(cells, (cell) => cell.observed);
  const best = scan.search(observed, starts, random.fork("search"));
  if (!best || best.score <= 0) return undefined;
  let asFar = 1;
  const simulated = random.fork("simulations");
  for (let i = 0; i < simulations; i++) {
    const draw = Float64Array.from(cells, ({ n, expected }) =>
      binomial(simulated, n, n === 0 ? 0 : expected / n),
    );
    // Fewer starts than the real search would make p too small.
    if ((scan.search(draw, starts, simulated)?.score ?? 0) >= best.score) asFar++;
  }
  const members = scan.members(best.chosen);
  const sum = (of: (cell: ScanCell) => number) =>
    members.reduce((total, c) => total + of(cells[c]!), 0);
  return {
    values: Object.fromEntries(
      attributes.flatMap((name, a) => {
        const all = scan.names[a]!;
        const kept = all.filter((_, v) => best.chosen[a]![v]);
        return kept.length === all.length ? [] : [[name, kept]];
      }),
    ),
    n: sum((cell) => cell.n),
    observed: sum((cell) => cell.observed),
    expected: sum((cell) => cell.expected),
    score: best.score,
    p: asFar / (simulations + 1),
  };
}

type Chosen = readonly boolean[][];
interface Found {
  readonly chosen: Chosen;
  readonly score: number;
}

function scanOf(width: number, cells: readonly ScanCell[], sign: 1 | -1, penalty: number) {
  const names = Array.from({ length: width }, (_, a) =>
    [...new Set(cells.map(({ values }) => values[a]!))].sort(),
  );
  const codes = cells.map(({ values }) => values.map((value, a) => names[a]!.indexOf(value)));
  const members = (chosen: Chosen) =>
    codes.flatMap((code, c) => (code.every((v, a) => chosen[a]![v]) ? [c] : []));

  /** Gives one attribute its best values, the others as they are, if that scores above `least`. */
  function improve(chosen: boolean[][], a: number, observed: Float64Array, least: number): number {
    const size = names[a]!.length;
    const sums = Array.from({ length: size }, (_, v) => ({ v, n: 0, o: 0, e: 0 }));
    codes.forEach((code, c) => {
      if (!code.every((v, other) => other === a || chosen[other]![v])) return;
      const sum = sums[code[a]!]!;
      sum.n += cells[c]!.n;
      sum.o += observed[c]!;
      sum.e += cells[c]!.expected;
    });
    const order = sums
      .filter(({ n }) => n > 0)
      .sort((x, y) => sign * (y.o * x.e - x.o * y.e) || x.v - y.v);
    let [n, o, e, kept] = [0, 0, 0, 0];
    let best = -Infinity;
    order.forEach((sum, k) => {
      n += sum.n;
      o += sum.o;
      e += sum.e;
      const score = divergence(n, o, e, sign) - (k + 1 < order.length ? penalty * (k + 1) : 0);
      if (score > best) [best, kept] = [score, k + 1];
    });
    const others = chosen.reduce(
      (narrowed, mask, other) =>
        other === a || mask.every(Boolean) ? narrowed : narrowed + mask.filter(Boolean).length,
      0,
    );
    const score = best - penalty * others;
    if (score <= least + 1e-9) return least;
    // Values that no one here has change nothing: "all" stays all.
    chosen[a]!.fill(kept === order.length);
    for (const { v } of order.slice(0, kept)) chosen[a]![v] = true;
    return score;
  }

  function search(observed: Float64Array, starts: number, random: Random): Found | undefined {
    let best: Found | undefined;
    for (let s = 0; s < starts; s++) {
      const chosen = names.map((values) => values.map(() => s === 0 || below(random, 2) === 0));
      for (const mask of chosen) if (!mask.some(Boolean)) mask.fill(true);
      let score = -Infinity;
      for (let still = 0, a = 0; still < width; a = (a + 1) % width) {
        const next = improve(chosen, a, observed, score);
        still = next > score ? 0 : still + 1;
        score = next;
      }
      if (!best || score > best.score) best = { chosen, score };
    }
    return best;
  }
  return { names, members, search };
}

/** n·KL(o/n ‖ e/n) where the rate is off in the direction looked for, else 0. */
function divergence(n: number, o: number, e: number, sign: 1 | -1): number {
  if (n === 0 || sign * (o - e) <= 0) return 0;
  const part = (x: number, y: number) => (x === 0 ? 0 : x * Math.log(x / y));
  return part(o, e) + part(n - o, n - e);
}
