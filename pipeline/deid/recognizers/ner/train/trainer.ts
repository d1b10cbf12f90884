import { below, shuffle, uniform } from "../../../../core/random.ts";
import type { Random } from "../../../../core/types.ts";
import { SLOTS, type Encoder } from "../encoder.ts";
import { marginals, newLattice, pairs, reserve, TAGS, type Lattice } from "../lattice.ts";
import type { TrainingWindow } from "./corpus.ts";

export interface TrainingOptions {
  /** log2 of the number of weight rows. */
  readonly bits: number;
  /** Rows that fewer tokens use are left at zero. */
  readonly least: number;
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
  const own = prune(windows, units, options);
  const lattice = newLattice(256);
  const noise = dropout(options.random.fork("dropout"), options.dropout);
  const order = shuffle(
    options.random.fork("order"),
    Uint32Array.from(windows, (_, i) => i),
  );
  const active: ActiveRows = { rows: new Int32Array(1 << 16), ends: [] };
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
      activate(window, own, joined, noise, active);
      emit(window, active, weights, lattice);
      const log = marginals(lattice, window.n, factor, true);
      losses[index] = log - goldScore(window, lattice, transition);
      loss += losses[index];
      step(window, active, lattice, weights, squares, options.rate);
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

/** Rows of all tokens of a window: those of token t are `rows[ends[t - 1]]` up to `rows[ends[t]]`. */
export interface ActiveRows {
  rows: Int32Array;
  readonly ends: number[];
}

/** Fills `active` with the rows of each token; a row below 0, or one that the noise hits, is left out. */
export function activate(
  { n, units, joint }: TrainingWindow,
  own: UnitRows,
  joined: number,
  noise: Noise,
  active: ActiveRows,
): void {
  const { pool } = noise;
  let draw = noise.draw();
  let count = 0;
  active.ends.length = 0;
  for (let t = 0; t < n; t++) {
    // Far more than a token can have.
    if (count + 4096 > active.rows.length) active.rows = larger(active.rows);
    const { rows } = active;
    for (let slot = 0; slot < SLOTS; slot++) {
      const list = own[units[t + slot]!]![slot]!;
      for (const row of list) {
        rows[count] = row;
        count += pool[draw++ & (POOL - 1)]!;
      }
    }
    for (let k = t * joined; k < (t + 1) * joined; k++) {
      const row = joint[k]!;
      if (row < 0) continue;
      rows[count] = row;
      count += pool[draw++ & (POOL - 1)]!;
    }
    active.ends.push(count);
  }
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

// Takes rows that fewer than `least` tokens use out of the units, and out of the windows in place.
function prune(
  windows: readonly TrainingWindow[],
  units: UnitRows,
  { bits, least }: TrainingOptions,
): UnitRows {
  const counts = new Uint16Array(1 << bits);
  const count = (row: number): void => {
    if (counts[row]! < least) counts[row]!++;
  };
  for (const { n, units: ids, joint } of windows) {
    for (let t = 0; t < n; t++) {
      for (let slot = 0; slot < SLOTS; slot++) units[ids[t + slot]!]![slot]!.forEach(count);
    }
    joint.forEach(count);
  }
  const rare = (row: number): boolean => counts[row]! < least;
  for (const { joint } of windows) {
    for (let k = 0; k < joint.length; k++) if (rare(joint[k]!)) joint[k] = -1;
  }
  return units.map((slots) => slots.map((rows) => rows.filter((row) => !rare(row))));
}

const POOL = 1 << 20;

/** Which features are left out: zeros of `pool`, read from `draw()` on. */
export interface Noise {
  readonly pool: Uint8Array;
  draw(): number;
}

/**
 * Leaves each feature out with probability `share`. The draws are a pool of strong random bits read
 * from a random place: a strong random number a feature would cost more than the training itself.
 */
export function dropout(random: Random, share: number): Noise {
  const pool = Uint8Array.from({ length: POOL }, () => Number(uniform(random) >= share));
  return { pool, draw: () => (share === 0 ? 0 : below(random, POOL)) };
}

function larger(rows: Int32Array): Int32Array {
  const grown = new Int32Array(2 * rows.length);
  grown.set(rows);
  return grown;
}
