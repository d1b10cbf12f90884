import type { Estimate } from "../../core/types.ts";
import { digamma, logGamma, root } from "./special.ts";

/** How many classes there are of each size: what all estimates rest on. */
export interface SizeCounts {
  readonly rows: number;
  readonly classes: number;
  /** Size of a class to the number of classes of that size. */
  readonly bySize: ReadonlyMap<number, number>;
}
export type UniquenessModel = "pitman" | "zayatz" | "snb";
export interface PopulationUniqueness extends Estimate {
  /** The model that gave the number; undefined where none did. */
  readonly model?: UniquenessModel;
}

/** At or below this sampling fraction Dankar's rule takes Pitman. */
const SMALL_FRACTION = 0.1;

/**
 * The share of people in the population that nobody else there equals, estimated from a sample, by
 * the rule of Dankar, El Emam et al. 2012 (Estimating the re-identification risk of clinical data
 * sets): Pitman up to a sampling fraction of 10 %, above it the smaller of SNB and Zayatz.
 */
export function populationUniqueness(
  sizes: SizeCounts,
  population: number | undefined,
): PopulationUniqueness {
  const n = sizes.rows;
  if (population === undefined) {
    return { value: null, n, why: "the size of the population is not known" };
  }
  if (population < n) return { value: null, n, why: "the population is smaller than the table" };
  const single = sizes.bySize.get(1) ?? 0;
  if (single === 0) return { value: 0, n };
  if (population === n) return { value: single / n, n };
  const estimate = (model: UniquenessModel): PopulationUniqueness => {
    const value = models[model](sizes, population);
    return value === undefined
      ? { value: null, n, why: "no estimate converged" }
      : { value, n, model };
  };
  const zayatz = estimate("zayatz");
  if (n / population <= SMALL_FRACTION) {
    const pitman = estimate("pitman");
    return pitman.value === null ? zayatz : pitman;
  }
  const snb = estimate("snb");
  return snb.value === null || (zayatz.value ?? 1) < snb.value ? zayatz : snb;
}

/** Each model alone: the share of the population that is unique, undefined where it has no solution. */
export const models: Readonly<
  Record<UniquenessModel, (sizes: SizeCounts, population: number) => number | undefined>
> = { pitman, zayatz, snb };

/**
 * Zayatz 1991: the chance that a class of one in the sample is a class of one in the population, by
 * the hypergeometric law with the sample's sizes standing for the population's.
 */
function zayatz({ rows, classes, bySize }: SizeCounts, population: number): number {
  const fraction = rows / population;
  let all = 0;
  for (const [size, count] of bySize) {
    all += (count / classes) * hypergeometricOne(population, size, rows);
  }
  const single = bySize.get(1) ?? 0;
  const conditional = ((single / classes) * fraction) / all;
  return Math.min(1, (single * conditional) / fraction / population);
}

/** The chance of exactly one of `marked` things in `draws` from `population`. */
function hypergeometricOne(population: number, marked: number, draws: number): number {
  const rest = population - marked;
  if (draws - 1 > rest) return 0;
  const choose = (n: number, k: number): number =>
    logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
  return marked * Math.exp(choose(rest, draws - 1) - choose(population, draws));
}

/**
 * Pitman's sampling formula (Hoshino 2001, Applying Pitman's sampling formula to microdata
 * disclosure risk assessment): α and θ of greatest likelihood, then Γ(θ+1)/Γ(θ+α)·N^α uniques.
 */
function pitman({ rows, classes, bySize }: SizeCounts, population: number): number | undefined {
  const [n, u] = [rows, classes];
  if (u < 2 || u === n) return undefined;
  const steps = (theta: number, alpha: number): number =>
    (digamma(theta / alpha + u) - digamma(theta / alpha + 1)) / alpha;
  const byTheta = (theta: number, alpha: number): number =>
    steps(theta, alpha) - (digamma(theta + n) - digamma(theta + 1));
  const byAlpha = (theta: number, alpha: number): number => {
    let inner = 0;
    for (const [size, count] of bySize) {
      if (size > 1) inner += count * (digamma(size - alpha) - digamma(1 - alpha));
    }
    return (u - 1 - theta * steps(theta, alpha)) / alpha - inner;
  };
  const bestTheta = (alpha: number): number | undefined => {
    const low = 1e-9;
    let high = 1;
    if (byTheta(low, alpha) <= 0) return undefined;
    while (byTheta(high, alpha) > 0) {
      high *= 4;
      if (high > 1e15) return undefined;
    }
    return root((theta) => byTheta(theta, alpha), low, high);
  };
  const profile = (alpha: number): number => byAlpha(bestTheta(alpha) ?? 0, alpha);
  const [least, most] = [1e-6, 1 - 1e-6];
  if (profile(least) <= 0 || profile(most) >= 0) return undefined;
  const alpha = root(profile, least, most);
  const theta = bestTheta(alpha) ?? 0;
  const uniques = Math.exp(
    logGamma(theta + 1) - logGamma(theta + alpha) + alpha * Math.log(population),
  );
  return Math.min(1, uniques / population);
}

/**
 * Shifted negative binomial (Chen and Keller-McNulty 1998, Estimation of identification disclosure
 * risk in microdata): population class sizes are 1 + NB(a, p). The moments of the sample, drawn with
 * equal chances, give the classes K, a and p: rows of the population, classes and classes of one.
 */
function snb({ rows, classes, bySize }: SizeCounts, population: number): number | undefined {
  const fraction = rows / population;
  const out = 1 - fraction;
  const single = bySize.get(1) ?? 0;
  // With K classes, the mean size N/K = 1 + a(1-p)/p ties a to p.
  const solve = (p: number): { readonly k: number; readonly a: number; readonly gap: number } => {
    const q = 1 - p;
    const shape = (k: number): number => ((population / k - 1) * p) / q;
    const unseen = (a: number): number => out * Math.pow(p / (1 - q * out), a);
    const seen = (k: number): number => k * (1 - unseen(shape(k))) - classes;
    const k = seen(classes) >= 0 ? classes : root(seen, classes, population);
    const a = shape(k);
    // One row drawn of a class: the derivative of the generating function at 1 - fraction.
    const slope = Math.pow(p / (1 - q * out), a) * (1 + (a * q * out) / (1 - q * out));
    return { k, a, gap: k * fraction * slope - single };
  };
  const [least, most] = [1e-9, 1 - 1e-9];
  const [first, last] = [solve(least).gap, solve(most).gap];
  if (!(first * last < 0)) return undefined;
  const p = root((x) => solve(x).gap, least, most);
  const { k, a } = solve(p);
  const value = (k * Math.pow(p, a)) / population;
  return Number.isFinite(value) && value >= 0 && value <= 1 ? value : undefined;
}
