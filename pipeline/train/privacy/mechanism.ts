/**
 * What is accounted for: `steps` releases of a sum of vectors of norm at most 1, taken over rows of
 * which each was included with probability `rate` independently (Poisson sampling), plus Gaussian
 * noise of standard deviation `noise`. Neighbours differ by one row added or removed.
 */
export interface Mechanism {
  readonly noise: number;
  readonly rate: number;
  readonly steps: number;
}
