import type { Span } from "../../../core/types.ts";
import { createChineseEncoder } from "./chinese-encoder.ts";
import { readNames, spanOf, withFullNames, type Found } from "./decode.ts";
import { createDocument } from "./document.ts";
import type { EncodedWindow, Encoder } from "./encoder.ts";
import { createEnglishEncoder } from "./english-encoder.ts";
import { leastGain, marginals, mayHoldNames, newLattice, TAGS, viterbi } from "./lattice.ts";
import type { ModelFile } from "./model-file.ts";
import { createScorer } from "./scorer.ts";
import { newTokens, tokenize, windowEnds } from "./tokens.ts";

/** Finds names in running text. The same text and options give the same spans, in order, disjoint. */
export interface NameModel {
  /**
   * `recallBias` (0 where not given) is taken off the log score of "no name" at each token: 1 finds
   * more names and more that are none. Time is linear in the text.
   */
  recognize(text: string, options?: { readonly recallBias?: number }): readonly Span[];
}

// Memory follows the block, not the text. A name is carried from its block to the later ones.
const BLOCK = 1 << 20;
const SHORT = 1 << 14;
export const SOFT_WINDOW = 120;
export const HARD_WINDOW = 240;

export function createNameModel(file: ModelFile): NameModel {
  const encoder = createEncoder(file);
  const scorer = createScorer(file, encoder);
  const lattice = newLattice(HARD_WINDOW);
  const factor = file.transition.map(Math.exp);
  const short = newTokens();
  const least = leastGain(file.transition);

  function namesOf(text: string, tokens: ReturnType<typeof tokenize>, recallBias: number): Found[] {
    const found: Found[] = [];
    let from = 0;
    for (const end of windowEnds(text, tokens, SOFT_WINDOW, HARD_WINDOW)) {
      scorer.prepare();
      const n = end - from;
      const window = encoder.encode(text, tokens, from, end, recallBias === 0);
      scorer.score(window, lattice);
      if (recallBias !== 0) for (let t = 0; t < n; t++) lattice.emission[t * TAGS]! -= recallBias;
      decode(window, from, found);
      from = end;
    }
    return found;
  }

  // A dull token is no name whatever stands beside it, so what lies between two of them is decoded alone.
  function decode({ n, dull }: EncodedWindow, from: number, into: Found[]): void {
    for (let t = 0; t < n;) {
      if (dull[t] === 1) {
        t++;
        continue;
      }
      const start = Math.max(0, t - 1);
      while (t < n && dull[t] === 0) t++;
      const end = Math.min(n, t + 1);
      if (!mayHoldNames(lattice, start, end, least)) continue;
      viterbi(lattice, end, file.transition, start);
      if (!isNamed(lattice.best, start, end)) continue;
      marginals(lattice, end, factor, false, start);
      readNames(lattice, start, end, from, into);
    }
  }

  return {
    recognize(text, { recallBias = 0 } = {}) {
      const document = createDocument(file.language);
      const spans: Span[] = [];
      // A short text is not worth arrays of its own; those of a long one are let go of.
      const own = text.length > SHORT ? newTokens() : short;
      for (let from = 0; from < text.length;) {
        const to = blockEnd(text, from);
        const tokens = tokenize(text, from, to, own);
        const names = namesOf(text, tokens, recallBias);
        const found = file.language === "en" ? withFullNames(names, tokens) : names;
        for (const name of document.complete(text, tokens, found)) spans.push(spanOf(name, tokens));
        from = to;
      }
      return spans;
    },
  };
}

function isNamed(best: Uint8Array, start: number, end: number): boolean {
  for (let t = start; t < end; t++) if (best[t]! > 0) return true;
  return false;
}

/** The encoder of a model's language, with the model's tables. */
export function createEncoder(
  { language, tables }: Pick<ModelFile, "language" | "tables">,
  training = false,
): Encoder {
  const slots = (name: string): Uint32Array => {
    const bytes = tables[name]!;
    return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  };
  if (language === "zh") {
    return createChineseEncoder(
      {
        words: { slots: slots("words") },
        chars: { slots: slots("chars") },
        simple: new Uint16Array(tables.simple!.buffer),
      },
      training,
    );
  }
  return createEnglishEncoder(
    {
      words: { slots: slots("words") },
      given: tables.given!,
      family: tables.family!,
      clusters: { slots: slots("clusters") },
    },
    training,
  );
}

// After the last line break, else the last space, of the block's second half; else anywhere but
// inside a pair. Looked for by hand: a search backwards would run to the start of an endless line.
function blockEnd(text: string, from: number): number {
  const limit = from + BLOCK;
  if (limit >= text.length) return text.length;
  let space = 0;
  for (let at = limit; at > limit - BLOCK / 2; at--) {
    const code = text.charCodeAt(at - 1);
    if (code === 10) return at;
    if (code === 32 && space === 0) space = at;
  }
  if (space > 0) return space;
  return (text.charCodeAt(limit - 1) & 0xfc00) === 0xd800 ? limit - 1 : limit;
}
