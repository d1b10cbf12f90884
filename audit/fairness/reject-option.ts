import { scoreGroups, type ScoreState } from "./scores.ts";

/** Scores within `margin` of `threshold` favour the unprivileged and no one else. Plain data. */
export interface RejectOption {
  readonly by: string;
  readonly privileged: readonly string[];
  readonly threshold: number;
  readonly margin: number;
  /** On the scores it was fitted to. */
  readonly accuracy: number;
  readonly statisticalParityDifference: number;
}

/**
 * Reject-option classification (Kamiran, Karim and Zhang 2012, doi:10.1109/ICDM.2012.45): of the
 * thresholds and margins on a grid whose difference in selection rates between the unprivileged and
 * the privileged is within ±`bound` (0.05), the most accurate. Undefined when none is, or when
 * either side has no rows.
 */
export function rejectOption(
  state: ScoreState,
  by: string,
  privileged: readonly string[],
  options: {
    readonly bound?: number;
    readonly thresholds?: number;
    readonly margins?: number;
  } = {},
): RejectOption | undefined {
  const { bound = 0.05, thresholds = 100, margins = 50 } = options;
  const { groups } = scoreGroups(state, [by]);
  const sides = [true, false].map((inside) => {
    const mine = groups.filter(({ values }) => privileged.includes(values[0]!) === inside);
    return tailOf(mine.map(({ histogram }) => histogram));
  });
  const [up, down] = sides as [Tail, Tail];
  if (up.all === 0 || down.all === 0) return undefined;
  let best: RejectOption | undefined;
  for (let t = 1; t < thresholds; t++) {
    const threshold = t / thresholds;
    const widest = Math.min(threshold, 1 - threshold);
    for (let m = 0; m <= margins; m++) {
      const margin = (widest * m) / margins;
      // Below, the unprivileged are favoured from the lower end of the band, the others from the upper.
      const favoured = down.from(threshold - margin);
      const others = up.after(threshold + margin, m === 0);
      const gap = favoured.selected / down.all - others.selected / up.all;
      const accuracy = (favoured.correct + others.correct) / (down.all + up.all);
      if (Math.abs(gap) > bound || (best && accuracy <= best.accuracy)) continue;
      best = { by, privileged, threshold, margin, accuracy, statisticalParityDifference: gap };
    }
  }
  return best;
}

/** The decision for a person of a group with a score: 1 is favourable. */
export function decideRejectOption(option: RejectOption, group: string, score: number): 0 | 1 {
  const { privileged, threshold, margin } = option;
  if (!privileged.includes(group)) return score >= threshold - margin ? 1 : 0;
  return margin === 0 ? (score >= threshold ? 1 : 0) : score > threshold + margin ? 1 : 0;
}

interface Selected {
  readonly selected: number;
  readonly correct: number;
}
interface Tail {
  readonly all: number;
  from(threshold: number): Selected;
  after(threshold: number, inclusive: boolean): Selected;
}

function tailOf(
  histograms: readonly {
    readonly score: Float64Array;
    readonly favourable: Float64Array;
    readonly unfavourable: Float64Array;
  }[],
): Tail {
  const points = histograms
    .flatMap(({ score, favourable, unfavourable }) =>
      Array.from(score, (s, i) => ({ s, yes: favourable[i]!, no: unfavourable[i]! })),
    )
    .sort((a, b) => a.s - b.s);
  // From each place on: rows, and how many of them have the favourable label.
  const rows = new Float64Array(points.length + 1);
  const yes = new Float64Array(points.length + 1);
  for (let i = points.length - 1; i >= 0; i--) {
    rows[i] = rows[i + 1]! + points[i]!.yes + points[i]!.no;
    yes[i] = yes[i + 1]! + points[i]!.yes;
  }
  const place = (holds: (s: number) => boolean) => {
    let [low, high] = [0, points.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(points[middle]!.s)) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  const at = (i: number): Selected => {
    const negatives = rows[0]! - yes[0]!;
    const selectedNegatives = rows[i]! - yes[i]!;
    return { selected: rows[i]!, correct: yes[i]! + negatives - selectedNegatives };
  };
  return {
    all: rows[0]!,
    from: (threshold) => at(place((s) => s >= threshold)),
    after: (threshold, inclusive) => at(place((s) => (inclusive ? s >= threshold : s > threshold))),
  };
}
