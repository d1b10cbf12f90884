/**
 * Consistency of decisions between similar people (Zemel et al. 2013): 1 − mean |ŷᵢ − mean of ŷ over
 * the `neighbours` nearest rows to i|, the row itself among them, by Euclidean distance. Ties go to
 * the earlier row. Compares all pairs of rows, so it is for samples of some thousands. `features`
 * holds each row's numbers one after the other. NaN without rows.
 */
export function consistency(
  features: Float64Array,
  predicted: ArrayLike<number>,
  neighbours = 5,
): number {
  const n = predicted.length;
  const width = n === 0 ? 0 : features.length / n;
  const k = Math.min(neighbours, n);
  const nearest = new Float64Array(k);
  const which = new Int32Array(k);
  let off = 0;
  for (let i = 0; i < n; i++) {
    nearest.fill(Infinity);
    for (let j = 0; j < n; j++) {
      let distance = 0;
      for (let f = 0; f < width; f++) {
        const gap = features[i * width + f]! - features[j * width + f]!;
        distance += gap * gap;
      }
      if (distance >= nearest[k - 1]!) continue;
      let place = k - 1;
      for (; place > 0 && nearest[place - 1]! > distance; place--) {
        nearest[place] = nearest[place - 1]!;
        which[place] = which[place - 1]!;
      }
      nearest[place] = distance;
      which[place] = j;
    }
    let sum = 0;
    for (const j of which) sum += predicted[j]!;
    off += Math.abs(predicted[i]! - sum / k);
  }
  return 1 - off / n;
}
