/**
 * Disparate-impact remover (Feldman et al. 2015, arXiv:1412.3756) for one numeric column: moves each
 * value towards the median, over the groups, of the values at its rank in its own group. `level` 1
 * makes the distributions of all groups alike, 0 changes nothing; order within a group is kept.
 * Returns the repair of a value of a group, also for rows that were not fitted; a group that was not
 * fitted is left as it is. Fitting sorts all values in memory.
 */
export function disparateImpactRemover(
  values: ArrayLike<number>,
  groups: readonly string[],
  level: number,
): (value: number, group: string) => number {
  const lists = new Map<string, number[]>();
  groups.forEach((group, i) => {
    const list = lists.get(group);
    if (list) list.push(values[i]!);
    else lists.set(group, [values[i]!]);
  });
  const sorted = new Map(
    [...lists].map(([group, list]) => [group, Float64Array.from(list).sort()]),
  );
  return (value, group) => {
    const own = sorted.get(group);
    if (!own) return value;
    const rank = rankOf(own, value);
    const there = Float64Array.from(sorted.values(), (list) => quantile(list, rank)).sort();
    return (1 - level) * value + level * quantile(there, 0.5);
  };
}

/** Middle of the ranks of a value in a sorted list, in [0, 1]; between its neighbours if not there. */
function rankOf(sorted: Float64Array, value: number): number {
  const from = placeOf(sorted, (x) => x >= value);
  const to = placeOf(sorted, (x) => x > value);
  if (sorted.length === 1) return 0.5;
  if (to > from) return (from + to - 1) / 2 / (sorted.length - 1);
  if (from === 0) return 0;
  if (from === sorted.length) return 1;
  const [low, high] = [sorted[from - 1]!, sorted[from]!];
  return (from - 1 + (value - low) / (high - low)) / (sorted.length - 1);
}

function placeOf(sorted: Float64Array, holds: (x: number) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(sorted[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function quantile(sorted: Float64Array, p: number): number {
  const place = p * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}
