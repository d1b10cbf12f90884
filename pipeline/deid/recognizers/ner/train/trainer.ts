import { below, shuffle, uniform } from "../../../../core/random.ts";
import type { Random } from "../../../../core/types.ts";
import { SLOTS, type Encoder } from "../encoder.ts";
import { marginals, newLattice, pairs, reserve, TAGS, type Lattice } from "../lattice.ts";
import type { TrainingWindow } from "./corpus.ts";

export interface TrainingOptions {
  /** log2 of the number of weight rows. */
  readonly bits: number;
  readonly epochs: number;
  /** First step of AdaGrad. */
  readonly rate: number;
  /** Share of features left out at each token, so that no single one is relied on. */
  readonly dropout: number;
  /** Share by which weights shrink at the end of an epoch. */
  readonly decay: number;
  readonly random: Random;
  readonly progress: (epoch: number, nats: number) => void;
}

// Keeps the first steps of AdaGrad small: a feature seen once is no proof.
const INITIAL_SQUARE = 0.5;
// In nats a window.
const CERTAIN = 0.01;

export interface Trained {
  /** 2^bits × TAGS. */
  readonly weights: Float32Array;
  readonly transition: Float64Array;
}

/** Feature rows of a unit in each slot, as rows of a table of 2^bits. */
export type UnitRows = readonly (readonly Int32Array[])[];

export function unitRows(encoder: Encoder, bits: number): UnitRows {
  return Array.from({ length: encoder.size() }, (_, unit) =>
    Array.from({ length: SLOTS }, (_, slot) =>
      Int32Array.from(encoder.own(unit, slot), (hash) => hash >>> (32 - bits)),
    ),
  );
}

/**
 * A linear-chain CRF by AdaGrad (Duchi, Hazan and Singer 2011), one window a step; the weights are
 * the average over the second half of the epochs. The same random source gives the same weights.
 */
export function train(
  windows: readonly TrainingWindow[],
  units: UnitRows,
  joined: number,
  options: TrainingOptions,
): Trained {
  const rows = 1 << options.bits;
  const weights = new Float32Array(rows * TAGS);
  const squares = new Float32Array(rows * TAGS).fill(INITIAL_SQUARE);
  const average = new Float32Array(rows * TAGS);
  const transition = new Float64Array(TAGS * TAGS);
  const transitionSquares = new Float64Array(TAGS * TAGS).fill(1);
  const transitionAverage = new Float64Array(TAGS * TAGS);
  const factor = new Float64Array(TAGS * TAGS);
  const lattice = newLattice(256);
  const noise = noiseOf(options.random, options.dropout);
  const order = shuffle(
    options.random.fork("order"),
    Uint32Array.from(windows, (_, i) => i),
  );
  const active: number[] = [];
  const losses = new Float32Array(windows.length).fill(Infinity);
  let averaged = 0;

  for (let epoch = 1; epoch <= options.epochs; epoch++) {
    shuffle(options.random.fork(`epoch ${epoch}`), order);
    let loss = 0;
    for (const index of order) {
      // What is all but certain is looked at every third time only: it would teach little more.
      if (losses[index]! < CERTAIN && (epoch + index) % 3 !== 0) continue;
      const window = windows[index]!;
      for (const pair of pairs) factor[pair] = Math.exp(transition[pair]!);
      const rowsOf = activeRows(window, units, joined, noise, active);
      emit(window, rowsOf, weights, lattice);
      const log = marginals(lattice, window.n, factor, true);
      losses[index] = log - goldScore(window, lattice, transition);
      loss += losses[index];
      step(window, rowsOf, lattice, weights, squares, options.rate);
      stepTransitions(window, lattice, transition, transitionSquares, options.rate);
    }
    for (let i = 0; i < weights.length; i++) weights[i]! *= 1 - options.decay;
    if (epoch * 2 > options.epochs) {
      averaged++;
      for (let i = 0; i < weights.length; i++) average[i]! += weights[i]!;
      for (let i = 0; i < transition.length; i++) transitionAverage[i]! += transition[i]!;
    }
    options.progress(epoch, loss / windows.length);
  }
  return {
    weights: average.map((sum) => sum / averaged),
    transition: transitionAverage.map((sum) => sum / averaged),
  };
}

/** Rows of all tokens of a window: token t has `rows[ends[t - 1]]` up to `rows[ends[t]]`. */
export interface ActiveRows {
  readonly rows: readonly number[];
  readonly ends: readonly number[];
}

/** The rows of each token, each left out when `drop` says so. */
export function activeRows(
  { n, units, joint }: TrainingWindow,
  own: UnitRows,
  joined: number,
  drop: () => boolean,
  rows: number[] = [],
): ActiveRows {
  rows.length = 0;
  const ends: number[] = [];
  for (let t = 0; t < n; t++) {
    for (let slot = 0; slot < SLOTS; slot++) {
      for (const row of own[units[t + slot]!]![slot]!) if (!drop()) rows.push(row);
    }
    for (let k = 0; k < joined; k++) if (!drop()) rows.push(joint[t * joined + k]!);
    ends.push(rows.length);
  }
  return { rows, ends };
}

/** Fills the emissions of a window. */
export function emit(
  { n }: TrainingWindow,
  { rows, ends }: ActiveRows,
  weights: Float32Array,
  lattice: Lattice,
): void {
  reserve(lattice, n);
  const { emission } = lattice;
  for (let t = 0, k = 0; t < n; t++) {
    const out = t * TAGS;
    for (const end = ends[t]!; k < end; k++) {
      const at = rows[k]! * TAGS;
      for (let tag = 0; tag < TAGS; tag++) emission[out + tag]! += weights[at + tag]!;
    }
  }
}

/** The log score of the right tags. */
export function goldScore(
  { n, tags }: TrainingWindow,
  { emission }: Lattice,
  transition: Float64Array,
): number {
  let score = 0;
  for (let t = 0; t < n; t++) {
    score += emission[t * TAGS + tags[t]!]!;
    if (t > 0) score += transition[tags[t - 1]! * TAGS + tags[t]!]!;
  }
  return score;
}

function step(
  { n, tags }: TrainingWindow,
  { rows, ends }: ActiveRows,
  { posterior }: Lattice,
  weights: Float32Array,
  squares: Float32Array,
  rate: number,
): void {
  const gradient = new Float64Array(TAGS);
  for (let t = 0; t < n; t++) {
    let largest = 0;
    for (let tag = 0; tag < TAGS; tag++) {
      const g = posterior[t * TAGS + tag]! - (tags[t] === tag ? 1 : 0);
      gradient[tag] = g;
      largest = Math.max(largest, Math.abs(g));
    }
    // Tokens that are already right by far change nothing worth the time.
    if (largest < 1e-3) continue;
    const end = ends[t]!;
    for (let k = t === 0 ? 0 : ends[t - 1]!; k < end; k++) {
      const at = rows[k]! * TAGS;
      for (let tag = 0; tag < TAGS; tag++) {
        const g = gradient[tag]!;
        if (g < 1e-4 && g > -1e-4) continue;
        const square = squares[at + tag]! + g * g;
        squares[at + tag] = square;
        weights[at + tag]! -= (rate * g) / Math.sqrt(square);
      }
    }
  }
}

function stepTransitions(
  { n, tags }: TrainingWindow,
  { pairSums }: Lattice,
  transition: Float64Array,
  squares: Float64Array,
  rate: number,
): void {
  for (let t = 1; t < n; t++) pairSums[tags[t - 1]! * TAGS + tags[t]!]! -= 1;
  for (const pair of pairs) {
    const g = pairSums[pair]!;
    squares[pair]! += g * g;
    transition[pair]! -= (rate * g) / Math.sqrt(squares[pair]!);
  }
}

// Bernoulli draws from a fixed pool at a random place: one strong random number a window would do,
// one a feature would cost more than the training itself.
function noiseOf(random: Random, share: number): () => boolean {
  if (share === 0) return () => false;
  const source = random.fork("dropout");
  const pool = Uint8Array.from({ length: 1 << 20 }, () => Number(uniform(source) < share));
  let at = 0;
  let left = 0;
  return () => {
    if (left-- === 0) {
      at = below(source, pool.length);
      left = 4096;
    }
    at = (at + 1) & (pool.length - 1);
    return pool[at] === 1;
  };
}

/** Weights as bytes: `scale` is the worth of one; what rounds to nothing is gone. */
export function quantise(weights: Float32Array): { weights: Int8Array; scale: number } {
  const sorted = weights
    .filter((weight) => weight !== 0)
    .map(Math.abs)
    .sort();
  const largest = sorted[Math.floor(sorted.length * 0.9995)] ?? 1;
  const scale = largest / 127;
  return {
    weights: Int8Array.from(weights, (weight) =>
      Math.max(-127, Math.min(127, Math.round(weight / scale))),
    ),
    scale,
  };
}
