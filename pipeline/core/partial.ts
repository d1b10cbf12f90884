/**
 * Evidence about some of the rows, which can be put together: `merge` is associative and
 * commutative, and `empty` is its neutral element. Observing all rows at once gives the same state
 * as observing them in any split and merging in any order. States are plain data, so they cross
 * threads and machines.
 */
export interface Partial<State, Input> {
  empty(): State;
  /** Adds `input` to `state` in place and returns it. */
  observe(state: State, input: Input): State;
  /** Adds `other` to `state` in place and returns it; `other` is left as it is. */
  merge(state: State, other: State): State;
}
