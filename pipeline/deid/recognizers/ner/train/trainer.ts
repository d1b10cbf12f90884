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
  /** Share of tokens whose identity, and share whose entries in lists, are hidden from all features at once. */
  readonly hidden: number;
  /** Share by which weights shrink at the end of an epoch. */
  readonly decay: number;
  /** Windows with a loss below this, in nats, are looked at every third time only. */
  readonly certain: number;
  readonly random: Random;
  readonly progress: (epoch: number, nats: number) => void;
}

// Keeps the first steps of AdaGrad small: a feature seen once is no proof.
const INITIAL_SQUARE = 0.5;

export interface Trained {
  /** 2^bits × TAGS. */
  readonly weights: Float32Array;
  readonly transition: Float64Array;
}

/** Feature rows of a unit in each slot, as rows of a table of 2^bits, with what the features rest on above the bits. */
export type UnitRows = readonly (readonly Int32Array[])[];

// Above the bits of a row: what the feature rests on.
const KIND_SHIFT = 28;
const ROW = (1 << KIND_SHIFT) - 1;

export function unitRows(encoder: Encoder, bits: number): UnitRows {
  return Array.from({ length: encoder.size() }, (_, unit) => {
    const kinds = encoder.kinds(unit);
    return Array.from({ length: SLOTS }, (_, slot) =>
      Int32Array.from(
        encoder.own(unit, slot),
        (hash, k) => (hash >>> (32 - bits)) | ((kinds[k] ?? 0) << KIND_SHIFT),
      ),
    );
  });
}

/**
 * A linear-chain CRF by AdaGrad (Duchi, Hazan and Singer 2011), one window a step; the weights are
 * the average over the second half of the epochs. The same random source gives the same weights.
 */
export function train(
  windows: readonly TrainingWindow[],
  units: UnitRows,
  joined: readonly number[],
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
  const noise = dropout(options.random.fork("dropout"), options.dropout, options.hidden);
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
      // It would teach little more.
      if (losses[index]! < options.certain && (epoch + index) % 3 !== 0) continue;
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

/**
 * The mean of models trained on the same features. Each has errors of its own, by the order of its steps and what was
 * left out of them, which the mean has less of (Breiman 1996); it costs no more to use than one of them.
 */
export function mean(models: readonly Trained[]): Trained {
  const [first] = models;
  const average = <T extends Float32Array | Float64Array>(sums: T, parts: readonly T[]): T => {
    for (let i = 0; i < sums.length; i++) {
      let sum = 0;
      for (const part of parts) sum += part[i]!;
      sums[i] = sum / parts.length;
    }
    return sums;
  };
  return {
    weights: average(
      new Float32Array(first!.weights.length),
      models.map(({ weights }) => weights),
    ),
    transition: average(
      new Float64Array(first!.transition.length),
      models.map(({ transition }) => transition),
    ),
  };
}

// Tags with which a person's name begins.
const PERSON_FIRST = new Set([1, 4]);

/** The model with `bias` added to the log score of each step into a person's name: a missed one is a leak. */
export function favouringPeople({ weights, transition }: Trained, bias: number): Trained {
  const raised = transition.slice();
  for (const pair of pairs) if (PERSON_FIRST.has(pair % TAGS)) raised[pair]! += bias;
  return { weights, transition: raised };
}

/** Rows of all tokens of a window: those of token t are `rows[ends[t - 1]]` up to `rows[ends[t]]`. */
export interface ActiveRows {
  rows: Int32Array;
  readonly ends: number[];
}

/**
 * Fills `active` with the rows of each token; a row below 0, or one that the noise hits, is left out. `joined` says
 * what the joint features rest on.
 */
export function activate(
  { n, units, joint }: TrainingWindow,
  own: UnitRows,
  joined: readonly number[],
  noise: Noise,
  active: ActiveRows,
): void {
  const { pool, hiding } = noise;
  let draw = noise.draw();
  const hide = noise.draw();
  let count = 0;
  active.ends.length = 0;
  for (let t = 0; t < n; t++) {
    // Far more than a token can have.
    if (count + 4096 > active.rows.length) active.rows = larger(active.rows);
    const { rows } = active;
    let hidden = 0;
    for (let slot = 0; slot < SLOTS; slot++) {
      const now = hiding[(hide + t + slot) & (POOL - 1)]!;
      hidden |= now << (2 * slot);
      for (const row of own[units[t + slot]!]![slot]!) {
        if (((row >>> KIND_SHIFT) & now) !== 0) continue;
        rows[count] = row & ROW;
        count += pool[draw++ & (POOL - 1)]!;
      }
    }
    const at = t * joined.length;
    for (let k = 0; k < joined.length; k++) {
      const row = joint[at + k]!;
      if (row < 0 || (joined[k]! & hidden) !== 0) continue;
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
  // One sum a tag, written out, as in the scorer: the sums stay in registers.
  for (let t = 0, k = 0; t < n; t++) {
    let s0 = 0,
      s1 = 0,
      s2 = 0,
      s3 = 0,
      s4 = 0,
      s5 = 0,
      s6 = 0,
      s7 = 0,
      s8 = 0,
      s9 = 0,
      s10 = 0,
      s11 = 0,
      s12 = 0;
    for (const end = ends[t]!; k < end; k++) {
      const at = Math.imul(rows[k]!, TAGS);
      s0 += weights[at]!;
      s1 += weights[at + 1]!;
      s2 += weights[at + 2]!;
      s3 += weights[at + 3]!;
      s4 += weights[at + 4]!;
      s5 += weights[at + 5]!;
      s6 += weights[at + 6]!;
      s7 += weights[at + 7]!;
      s8 += weights[at + 8]!;
      s9 += weights[at + 9]!;
      s10 += weights[at + 10]!;
      s11 += weights[at + 11]!;
      s12 += weights[at + 12]!;
    }
    const out = t * TAGS;
    emission[out] = s0;
    emission[out + 1] = s1;
    emission[out + 2] = s2;
    emission[out + 3] = s3;
    emission[out + 4] = s4;
    emission[out + 5] = s5;
    emission[out + 6] = s6;
    emission[out + 7] = s7;
    emission[out + 8] = s8;
    emission[out + 9] = s9;
    emission[out + 10] = s10;
    emission[out + 11] = s11;
    emission[out + 12] = s12;
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
  const countOwn = (row: number): void => {
    count(row & ROW);
  };
  for (const { n, units: ids, joint } of windows) {
    for (let t = 0; t < n; t++) {
      for (let slot = 0; slot < SLOTS; slot++) units[ids[t + slot]!]![slot]!.forEach(countOwn);
    }
    joint.forEach(count);
  }
  const rare = (row: number): boolean => counts[row]! < least;
  for (const { joint } of windows) {
    for (let k = 0; k < joint.length; k++) if (rare(joint[k]!)) joint[k] = -1;
  }
  return units.map((slots) => slots.map((rows) => rows.filter((row) => !rare(row & ROW))));
}

const POOL = 1 << 20;

/** Which features are left out: zeros of `pool`, and what is hidden of each token, read from `draw()` on. */
export interface Noise {
  readonly pool: Uint8Array;
  readonly hiding: Uint8Array;
  draw(): number;
}

/**
 * Leaves each feature out with probability `share`, and hides a token's identity, and what lists say of it, with
 * probability `hidden` each. The draws are a pool of strong random bits read
 * from a random place: a strong random number a feature would cost more than the training itself.
 */
export function dropout(random: Random, share: number, hidden: number): Noise {
  const pool = Uint8Array.from({ length: POOL }, () => Number(uniform(random) >= share));
  const hiding = Uint8Array.from(
    { length: POOL },
    () => Number(uniform(random) < hidden) | (Number(uniform(random) < hidden) << 1),
  );
  return {
    pool,
    hiding,
    draw: () => (share === 0 && hidden === 0 ? 0 : below(random, POOL)),
  };
}

function larger(rows: Int32Array): Int32Array {
  const grown = new Int32Array(2 * rows.length);
  grown.set(rows);
  return grown;
}
