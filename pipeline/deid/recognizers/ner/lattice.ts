/** The kinds of name, in the order of their tags. */
export const entities = ["PERSON", "LOCATION", "ORGANIZATION"] as const;

/**
 * Tags are BIOES: 0 is outside; kind k has begin 1+4k, inside 2+4k, end 3+4k and single 4+4k.
 * A name is one single tag, or begin, any number of inside, and end.
 */
export const TAGS: number = 1 + 4 * entities.length;

/** The legal pairs of neighbouring tags, as `from * TAGS + to`. */
export const pairs: Int32Array = Int32Array.from(
  Array.from({ length: TAGS * TAGS }, (_, pair) => pair).filter((pair) =>
    legal(Math.floor(pair / TAGS), pair % TAGS),
  ),
);

const FROM = pairs.map((pair) => Math.floor(pair / TAGS));
const TO = pairs.map((pair) => pair % TAGS);
// The tags that may stand before each tag, in order: those before `tag` are ARRIVALS from ARRIVING[tag] up to ARRIVING[tag + 1].
const ARRIVALS = Int32Array.from(
  Array.from(pairs).sort((a, b) => (a % TAGS) - (b % TAGS) || a - b),
  (pair) => Math.floor(pair / TAGS),
);
const ARRIVING = Int32Array.from(
  { length: TAGS + 1 },
  (_, tag) => pairs.filter((pair) => pair % TAGS < tag).length,
);
// Where the pairs that leave each tag begin among all pairs.
const LEAVING = Int32Array.from(
  { length: TAGS + 1 },
  (_, tag) => pairs.filter((pair) => pair < tag * TAGS).length,
);
const open = Uint8Array.from({ length: TAGS }, (_, tag) => Number(isOpen(tag)));

/** Working memory for windows of up to `capacity` tokens; it grows when a longer one comes. */
export interface Lattice {
  capacity: number;
  /** Log scores of a window, n × TAGS; the caller fills them. */
  emission: Float64Array;
  /** P(tag | window), n × TAGS, after `marginals`. */
  posterior: Float64Array;
  /** Expected number of each pair of neighbouring tags in the window, after `marginals`. */
  readonly pairSums: Float64Array;
  /** Best tags, after `viterbi`. */
  best: Uint8Array;
  alpha: Float64Array;
  beta: Float64Array;
  potential: Float64Array;
  back: Uint8Array;
}

export function newLattice(capacity: number): Lattice {
  return {
    capacity,
    emission: new Float64Array(capacity * TAGS),
    posterior: new Float64Array(capacity * TAGS),
    pairSums: new Float64Array(TAGS * TAGS),
    best: new Uint8Array(capacity),
    alpha: new Float64Array(capacity * TAGS),
    beta: new Float64Array(capacity * TAGS),
    potential: new Float64Array(capacity * TAGS),
    back: new Uint8Array(capacity * TAGS),
  };
}

/** Makes room for `n` tokens and clears their emissions. */
export function reserve(lattice: Lattice, n: number): void {
  if (n > lattice.capacity) Object.assign(lattice, newLattice(2 * n));
  lattice.emission.fill(0, 0, n * TAGS);
}

/**
 * The best legal tags (Viterbi 1967) of the tokens from `from` up to `n` into `lattice.best`; returns
 * their log score. `transition` holds TAGS × TAGS log scores.
 */
export function viterbi(lattice: Lattice, n: number, transition: Float64Array, from = 0): number {
  const { emission, alpha, back, best } = lattice;
  const first = from * TAGS;
  for (let tag = 0; tag < TAGS; tag++) {
    alpha[first + tag] = startable(tag) ? emission[first + tag]! : -Infinity;
  }
  for (let t = from + 1; t < n; t++) {
    const now = t * TAGS;
    const before = now - TAGS;
    for (let tag = 0; tag < TAGS; tag++) {
      let top = -Infinity;
      let from = 0;
      for (let p = ARRIVING[tag]!; p < ARRIVING[tag + 1]!; p++) {
        const score = alpha[before + ARRIVALS[p]!]! + transition[ARRIVALS[p]! * TAGS + tag]!;
        if (score > top) {
          top = score;
          from = ARRIVALS[p]!;
        }
      }
      alpha[now + tag] = top + emission[now + tag]!;
      back[now + tag] = from;
    }
  }
  let tag = 0;
  const last = (n - 1) * TAGS;
  for (let k = 1; k < TAGS; k++) {
    if (open[k] === 0 && alpha[last + k]! > alpha[last + tag]!) tag = k;
  }
  const score = alpha[last + tag]!;
  for (let t = n - 1; t >= from; t--) {
    best[t] = tag;
    tag = back[t * TAGS + tag]!;
  }
  return score;
}

/**
 * What a token's best tag of a name must gain over "no name", at the least, for any tag sequence with
 * a name to come near the one without: a tag of a name takes part in two transitions at most.
 */
export function leastGain(transition: Float64Array): number {
  let most = 0;
  for (const pair of pairs) most = Math.max(most, transition[pair]! - transition[0]!);
  return -2 * most - MARGIN;
}

// More than rounding can make of a sum of a window's scores.
const MARGIN = 1e-3;

/** Whether some token from `from` up to `n` gains at least `least`; where none does, Viterbi finds no name. */
export function mayHoldNames(
  { emission }: Lattice,
  from: number,
  n: number,
  least: number,
): boolean {
  for (let t = from; t < n; t++) {
    const now = t * TAGS;
    const bar = emission[now]! + least;
    for (let tag = 1; tag < TAGS; tag++) if (emission[now + tag]! >= bar) return true;
  }
  return false;
}

/**
 * Forward and backward sums (Lafferty, McCallum and Pereira 2001) of the tokens from `from` up to `n`,
 * scaled at each token: fills `posterior`, and `pairSums` when asked, and returns the log of the
 * partition function. `transition` is as in `viterbi`, `factor` its exponential.
 */
export function marginals(
  lattice: Lattice,
  n: number,
  factor: Float64Array,
  wantPairs: boolean,
  from = 0,
): number {
  const { alpha, beta, potential, posterior, pairSums } = lattice;
  let log = exponentiate(lattice, from, n);
  const first = from * TAGS;
  for (let tag = 0; tag < TAGS; tag++) {
    alpha[first + tag] = startable(tag) ? potential[first + tag]! : 0;
  }
  log += rescale(alpha, first);
  for (let t = from + 1; t < n; t++) {
    const now = t * TAGS;
    const before = now - TAGS;
    for (let tag = 0; tag < TAGS; tag++) {
      let sum = 0;
      for (let p = ARRIVING[tag]!; p < ARRIVING[tag + 1]!; p++) {
        sum += alpha[before + ARRIVALS[p]!]! * factor[ARRIVALS[p]! * TAGS + tag]!;
      }
      alpha[now + tag] = sum * potential[now + tag]!;
    }
    log += rescale(alpha, now);
  }
  const last = (n - 1) * TAGS;
  let total = 0;
  for (let tag = 0; tag < TAGS; tag++) {
    beta[last + tag] = open[tag] === 0 ? 1 : 0;
    total += alpha[last + tag]! * beta[last + tag]!;
  }
  log += Math.log(total);
  if (wantPairs) pairSums.fill(0);
  normalise(alpha, beta, posterior, last);
  for (let t = n - 1; t > from; t--) {
    const now = t * TAGS;
    const before = now - TAGS;
    for (let tag = 0; tag < TAGS; tag++) potential[now + tag]! *= beta[now + tag]!;
    for (let tag = 0; tag < TAGS; tag++) {
      let sum = 0;
      for (let p = LEAVING[tag]!; p < LEAVING[tag + 1]!; p++) {
        sum += potential[now + TO[p]!]! * factor[pairs[p]!]!;
      }
      beta[before + tag] = sum;
    }
    rescale(beta, before);
    if (wantPairs) addPairs(lattice, t, factor);
    normalise(alpha, beta, posterior, before);
  }
  return log;
}

function exponentiate({ emission, potential }: Lattice, from: number, n: number): number {
  let log = 0;
  for (let t = from; t < n; t++) {
    const now = t * TAGS;
    let top = emission[now]!;
    for (let tag = 1; tag < TAGS; tag++) top = Math.max(top, emission[now + tag]!);
    for (let tag = 0; tag < TAGS; tag++)
      potential[now + tag] = Math.exp(emission[now + tag]! - top);
    log += top;
  }
  return log;
}

function addPairs(lattice: Lattice, t: number, factor: Float64Array): void {
  const { alpha, potential, pairSums } = lattice;
  const now = t * TAGS;
  let total = 0;
  for (let p = 0; p < pairs.length; p++) {
    total += alpha[now - TAGS + FROM[p]!]! * factor[pairs[p]!]! * potential[now + TO[p]!]!;
  }
  if (total === 0) return;
  for (let p = 0; p < pairs.length; p++) {
    const pair = pairs[p]!;
    pairSums[pair]! +=
      (alpha[now - TAGS + FROM[p]!]! * factor[pair]! * potential[now + TO[p]!]!) / total;
  }
}

function normalise(
  alpha: Float64Array,
  beta: Float64Array,
  posterior: Float64Array,
  now: number,
): void {
  let total = 0;
  for (let tag = 0; tag < TAGS; tag++) {
    const product = alpha[now + tag]! * beta[now + tag]!;
    posterior[now + tag] = product;
    total += product;
  }
  for (let tag = 0; tag < TAGS; tag++) posterior[now + tag]! /= total;
}

function rescale(values: Float64Array, now: number): number {
  let total = 0;
  for (let tag = 0; tag < TAGS; tag++) total += values[now + tag]!;
  for (let tag = 0; tag < TAGS; tag++) values[now + tag]! /= total;
  return Math.log(total);
}

function legal(from: number, to: number): boolean {
  if (!isOpen(from)) return startable(to);
  const inside = 2 + 4 * Math.floor((from - 1) / 4);
  return to === inside || to === inside + 1;
}

function startable(tag: number): boolean {
  return tag === 0 || (tag - 1) % 4 === 0 || (tag - 1) % 4 === 3;
}

function isOpen(tag: number): boolean {
  return tag > 0 && (tag - 1) % 4 < 2;
}
