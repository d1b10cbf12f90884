/** Rows whose labels massaging turns: the first list becomes favourable, the second unfavourable. */
export interface Massaged {
  readonly promoted: readonly number[];
  readonly demoted: readonly number[];
}

/**
 * Massaging (Kamiran and Calders 2009, doi:10.1109/IC4.2009.4909197): turns as many labels of the
 * unprivileged to favourable as of the privileged to unfavourable, so that the base rates agree, and
 * chooses the rows nearest to the border by `score` (a ranker's chance of the favourable label).
 * Ties go to the earlier row. Nothing is turned when the unprivileged are not behind.
 */
export function massage(rows: {
  readonly label: ArrayLike<number>;
  readonly score: ArrayLike<number>;
  readonly privileged: ArrayLike<boolean>;
}): Massaged {
  const { label, score, privileged } = rows;
  const indexes = Array.from({ length: label.length }, (_, i) => i);
  const [up, down] = [true, false].map((side) => indexes.filter((i) => privileged[i] === side));
  const good = (side: readonly number[]) => side.filter((i) => label[i] === 1);
  const [n, m] = [up!.length, down!.length];
  if (n === 0 || m === 0) return { promoted: [], demoted: [] };
  const gap = good(up!).length / n - good(down!).length / m;
  const turned = Math.max(0, Math.round((gap * n * m) / (n + m)));
  const candidates = down!
    .filter((i) => label[i] === 0)
    .sort((a, b) => score[b]! - score[a]! || a - b);
  const demotable = good(up!).sort((a, b) => score[a]! - score[b]! || a - b);
  return { promoted: candidates.slice(0, turned), demoted: demotable.slice(0, turned) };
}
