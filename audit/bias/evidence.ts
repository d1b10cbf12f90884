import type { Digest, Estimate, Group, Measured, Random } from "../../pipeline/core/types.ts";

/** What evidence is about, and how its intervals are made. */
export interface BiasOptions {
  readonly subject: Digest;
  readonly split?: string;
  /** Protected attributes to compare by, alone (`["sex"]`) or together. */
  readonly by: readonly string[];
  readonly random: Random;
  /** 0.95 unless said. */
  readonly confidence?: number;
  /** 2,000 unless said. */
  readonly resamples?: number;
  /** Whether rows without a protected value are left out or a group `(missing)`. */
  readonly missing?: "exclude" | "group";
}

/** One number about a group, or about all groups when `group` is undefined. */
export function measured(
  options: Pick<BiasOptions, "subject" | "split"> &
    Pick<Measured, "column"> & { readonly by?: readonly string[] },
  metric: string,
  estimate: Estimate,
  group?: Group,
): Measured {
  const { subject, split, by, column } = options;
  return {
    kind: "measured",
    subject,
    metric,
    ...(column === undefined ? {} : { column }),
    ...(by === undefined ? {} : { by }),
    ...(group === undefined ? {} : { group }),
    ...(split === undefined ? {} : { split }),
    estimate,
  };
}

/** An estimate that is undefined. */
export function undefinedEstimate(n: number, why: string): Estimate {
  return { value: null, n, why };
}
