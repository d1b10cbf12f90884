/** What a rule about a metric may say: what it is computed from and which limit makes sense. */
export interface MetricFacts {
  readonly about: "data" | "model";
  /** Whether the rule must name protected attributes with `by`. */
  readonly grouped: boolean | "optional";
  /** `max` for gaps, where 0 is best; `min` for ratios and shares, where 1 is best. */
  readonly limit: "min" | "max" | "either";
  /** Whether `by` names one of `termAttributes` instead of a column. */
  readonly terms?: boolean;
  /** Whether a run reports it only where a rule names it. */
  readonly quiet?: boolean;
  readonly text: string;
}
