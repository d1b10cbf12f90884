/** How often each value of a sensitive column occurs in the whole table. Indexed by code. */
export interface Distribution {
  readonly values: readonly string[];
  readonly counts: Float64Array;
  readonly total: number;
}
/**
 * One equivalence class, as a model sees it. `counts[i]` rows hold the sensitive value `codes[i]`,
 * for i below `distinct`; the arrays are scratch space of the caller. Without a sensitive column
 * `distinct` is 0.
 */
export interface ClassView {
  readonly count: number;
  readonly population: number;
  readonly distinct: number;
  readonly codes: Uint32Array;
  readonly counts: Float64Array;
}
/** A condition that every released class has to meet. */
export interface Model {
  /** What a report calls it: "5-anonymity". */
  readonly name: string;
  /** Where it is defined. */
  readonly source: string;
  /** The sensitive column it looks at. */
  readonly sensitive?: string;
  /**
   * Whether a node that meets it within the suppression limit makes every more general node meet it.
   * `suppressed`: also where classes are suppressed. `unsuppressed`: as long as none is.
   */
  readonly monotone: { readonly suppressed: boolean; readonly unsuppressed: boolean };
  /** True where rows of the population outside the table decide too, which suppression cannot mend. */
  readonly population?: boolean;
  /** Rows, and sensitive values, below which no table can meet it. */
  readonly needs?: { readonly rows?: number; readonly values?: number };
  /** `whole` is the distribution of the sensitive column in the table. */
  bind(whole: Distribution): (view: ClassView) => boolean;
}

/** For models that merging classes cannot break, suppressed rows included. */
export const always = { suppressed: true, unsuppressed: true } as const;
/** For models where a suppressed class can spoil the class it is merged into. */
export const unsuppressed = { suppressed: false, unsuppressed: true } as const;
/** For models without any such order. */
export const never = { suppressed: false, unsuppressed: false } as const;
