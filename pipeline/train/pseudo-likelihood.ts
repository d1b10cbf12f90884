import { PipelineError } from "../core/error.ts";
import type { SequenceBlock } from "./models/encoder.ts";
import type { PromptedText, TextLikelihood } from "./text-likelihood.ts";
import type { Tokenizer } from "./tokenizer/index.ts";
import { START_ID } from "./tokenizer/wordpiece.ts";

/** A text after a prompt; with `against`, only what both texts have in common is scored. */
export interface ComparedText extends PromptedText {
  readonly against?: string;
}

/** One text with one token hidden a row: where the tokens are in (batch · time), and what they are. */
export interface HiddenTokens {
  readonly block: SequenceBlock;
  readonly places: Int32Array;
  readonly targets: Int32Array;
}

/** Rows of one forward pass. */
const ROWS = 64;

/**
 * Pseudo-log-likelihood of each text in nats: the sum of what the model gives each token when that one
 * alone is hidden, all others and the prompt being seen (Salazar et al. 2020, arXiv:1910.14659). With
 * `against`, over the tokens that the two texts share, as CrowS-Pairs scores a pair (Nangia et al. 2020,
 * §3.1): what differs is never hidden, so that how common it is does not count. `losses` has the
 * cross-entropy of the hidden tokens. A text too long for the context is refused.
 */
export async function pseudoLikelihoods(
  items: readonly ComparedText[],
  tokenizer: Tokenizer,
  context: number,
  losses: (hidden: HiddenTokens) => Promise<Float32Array>,
): Promise<readonly TextLikelihood[]> {
  const found: TextLikelihood[] = [];
  for (const { prompt, text, against } of items) {
    const before = [START_ID, ...tokenizer.encode(prompt)];
    const own = tokenizer.encode(text);
    const ids = [...before, ...own, tokenizer.end];
    if (ids.length > context) {
      throw new PipelineError(
        "usage",
        `a text of ${ids.length} tokens does not fit the model's context of ${context}`,
      );
    }
    const scored =
      against === undefined ? [...own.keys()] : sharedTokens(own, tokenizer.encode(against));
    let nats = 0;
    for (let at = 0; at < scored.length; at += ROWS) {
      const places = scored.slice(at, at + ROWS).map((place) => before.length + place);
      const hidden = hiddenTokens(ids, places, tokenizer.mask ?? 0);
      for (const loss of await losses(hidden)) nats -= loss;
    }
    found.push({ nats, tokens: scored.length });
  }
  return found;
}

function hiddenTokens(
  ids: readonly number[],
  places: readonly number[],
  mask: number,
): HiddenTokens {
  const [batch, time] = [places.length, ids.length];
  const tokens = new Int32Array(batch * time);
  places.forEach((place, row) => {
    tokens.set(ids, row * time);
    tokens[row * time + place] = mask;
  });
  return {
    block: { batch, time, tokens, lengths: new Int32Array(batch).fill(time) },
    places: Int32Array.from(places, (place, row) => row * time + place),
    targets: Int32Array.from(places, (place) => ids[place]!),
  };
}

/**
 * Places in `a` of the tokens that it shares with `b`: the longest run that both have, the first of
 * equal ones, then the same to its left and to its right (Ratcliff and Obershelp 1988).
 */
export function sharedTokens(a: readonly number[], b: readonly number[]): readonly number[] {
  const found: number[] = [];
  const open = [[0, a.length, 0, b.length]];
  for (let span = open.pop(); span !== undefined; span = open.pop()) {
    const [fromA, toA, fromB, toB] = span as [number, number, number, number];
    const { i, j, length } = longestRun(a, b, span as [number, number, number, number]);
    if (length === 0) continue;
    for (let k = 0; k < length; k++) found.push(i + k);
    open.push([fromA, i, fromB, j], [i + length, toA, j + length, toB]);
  }
  return found.sort((x, y) => x - y);
}

function longestRun(
  a: readonly number[],
  b: readonly number[],
  [fromA, toA, fromB, toB]: readonly [number, number, number, number],
): { readonly i: number; readonly j: number; readonly length: number } {
  let best = { i: fromA, j: fromB, length: 0 };
  // Lengths of the runs that end at the token of `a` before this one, by where they end in `b`.
  let before = new Map<number, number>();
  for (let i = fromA; i < toA; i++) {
    const here = new Map<number, number>();
    for (let j = fromB; j < toB; j++) {
      if (a[i] !== b[j]) continue;
      const length = (before.get(j - 1) ?? 0) + 1;
      here.set(j, length);
      if (length > best.length) best = { i: i - length + 1, j: j - length + 1, length };
    }
    before = here;
  }
  return best;
}
