import normalQuantile from "@stdlib/stats-base-dists-normal-quantile";

/** A consistency, and its interval where there are rows enough for one. */
export interface Consistency {
  /** NaN without rows. */
  readonly value: number;
  readonly interval: readonly [number, number] | null;
}

/** Parts that the jackknife leaves out in turn, and the fewest rows of one. */
const PARTS = 20;
const LEAST_PART = 5;
/** Further neighbours kept, for those that are left out with a part. */
const SPARE = 10;

/**
 * Consistency of decisions between similar people (Zemel et al. 2013): 1 − mean |ŷᵢ − mean of ŷ over
 * the `neighbours` nearest rows to i|, the row itself among them, by Euclidean distance. Ties go to
 * the earlier row. Compares all pairs of rows, so it is for samples of some thousands. `features`
 * holds each row's numbers one after the other.
 *
 * The interval is normal with the standard error of the delete-a-group jackknife (Kott 2001): a
 * twentieth of the rows is left out in turn, also as neighbours, for rows that share neighbours do not
 * vary alone. It is null with fewer than a hundred rows. Rows must come in an order that says nothing.
 */
export function consistency(
  features: Float64Array,
  predicted: ArrayLike<number>,
  { neighbours = 5, confidence = 0.95 } = {},
): Consistency {
  const n = predicted.length;
  const kept = Math.min(n, neighbours + SPARE);
  const nearest = nearestRows(features, n, kept);
  const without = (part: number) =>
    agreement(nearest, predicted, kept, neighbours, (row) => row % PARTS !== part);
  const value = agreement(nearest, predicted, kept, neighbours, () => true);
  if (n < PARTS * LEAST_PART) return { value, interval: null };
  const parts = Array.from({ length: PARTS }, (_, part) => without(part));
  const mean = parts.reduce((sum, one) => sum + one, 0) / PARTS;
  const squares = parts.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  const deviation = Math.sqrt(((PARTS - 1) / PARTS) * squares);
  const half = normalQuantile(0.5 + confidence / 2, 0, 1) * deviation;
  return { value, interval: [Math.max(0, value - half), Math.min(1, value + half)] };
}

/** Among the rows that count: 1 − the mean distance of a decision from that of its neighbours. */
function agreement(
  nearest: Int32Array,
  predicted: ArrayLike<number>,
  kept: number,
  neighbours: number,
  counts: (row: number) => boolean,
): number {
  let [off, rows] = [0, 0];
  for (let i = 0; i < predicted.length; i++) {
    if (!counts(i)) continue;
    let [sum, found] = [0, 0];
    for (let place = 0; place < kept && found < neighbours; place++) {
      const j = nearest[i * kept + place]!;
      if (!counts(j)) continue;
      sum += predicted[j]!;
      found++;
    }
    rows++;
    off += Math.abs(predicted[i]! - sum / found);
  }
  return 1 - off / rows;
}

/** For each of n rows the `k` nearest ones, from near to far. */
function nearestRows(features: Float64Array, n: number, k: number): Int32Array {
  const width = n === 0 ? 0 : features.length / n;
  const all = new Int32Array(n * k);
  const distances = new Float64Array(k);
  for (let i = 0; i < n; i++) {
    const which = all.subarray(i * k, (i + 1) * k);
    distances.fill(Infinity);
    for (let j = 0; j < n; j++) {
      let distance = 0;
      for (let f = 0; f < width; f++) {
        const gap = features[i * width + f]! - features[j * width + f]!;
        distance += gap * gap;
      }
      if (distance >= distances[k - 1]!) continue;
      let place = k - 1;
      for (; place > 0 && distances[place - 1]! > distance; place--) {
        distances[place] = distances[place - 1]!;
        which[place] = which[place - 1]!;
      }
      distances[place] = distance;
      which[place] = j;
    }
  }
  return all;
}
