import type { Span } from "../../../core/types.ts";
import { entities, TAGS, type Lattice } from "./lattice.ts";
import type { Tokens } from "./tokens.ts";

/** A name as a range of tokens. `kind` indexes `entities`. */
export interface Found {
  first: number;
  last: number;
  kind: number;
  score: number;
}

/** Reads the names off the best tags of a window whose first token is `from`. */
export function readNames(
  { best, posterior }: Lattice,
  n: number,
  from: number,
  into: Found[],
): void {
  for (let t = 0; t < n; t++) {
    if (best[t] === 0) continue;
    const kind = (best[t]! - 1) >> 2;
    const first = t;
    // Legal tags end what they begin within the window.
    while (t + 1 < n && (best[t]! - 1) % 4 < 2) t++;
    let score = 1;
    for (let k = first; k <= t; k++) score = Math.min(score, share(posterior, k, kind));
    into.push({ first: from + first, last: from + t, kind, score });
  }
}

/** The span of a name, with its score kept inside (0, 1). */
export function spanOf({ first, last, kind, score }: Found, tokens: Tokens): Span {
  return {
    start: tokens.starts[first]!,
    end: tokens.ends[last]!,
    entity: entities[kind]!,
    score: Math.min(0.999, Math.max(0.01, score)),
  };
}

// How likely a token is part of a name of this kind.
function share(posterior: Float64Array, t: number, kind: number): number {
  const at = t * TAGS + 1 + 4 * kind;
  return posterior[at]! + posterior[at + 1]! + posterior[at + 2]! + posterior[at + 3]!;
}
