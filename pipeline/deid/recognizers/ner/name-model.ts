import type { Span } from "../../../core/types.ts";
import { createChineseEncoder } from "./chinese-encoder.ts";
import { readNames, spanOf, type Found } from "./decode.ts";
import { createDocument } from "./document.ts";
import type { Encoder } from "./encoder.ts";
import { createEnglishEncoder } from "./english-encoder.ts";
import { marginals, newLattice, TAGS, viterbi } from "./lattice.ts";
import type { ModelFile } from "./model-file.ts";
import { createScorer } from "./scorer.ts";
import { tokenize, windowEnds } from "./tokens.ts";

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
export const SOFT_WINDOW = 120;
export const HARD_WINDOW = 240;

export function createNameModel(file: ModelFile): NameModel {
  const encoder = createEncoder(file);
  const scorer = createScorer(file, encoder);
  const lattice = newLattice(HARD_WINDOW);
  const factor = file.transition.map(Math.exp);

  function namesOf(text: string, tokens: ReturnType<typeof tokenize>, recallBias: number): Found[] {
    const found: Found[] = [];
    let from = 0;
    for (const end of windowEnds(text, tokens, SOFT_WINDOW, HARD_WINDOW)) {
      scorer.prepare();
      const n = end - from;
      scorer.score(encoder.encode(text, tokens, from, end, recallBias === 0), lattice);
      if (recallBias !== 0) for (let t = 0; t < n; t++) lattice.emission[t * TAGS]! -= recallBias;
      viterbi(lattice, n, file.transition);
      if (lattice.best.subarray(0, n).some((tag) => tag > 0)) {
        marginals(lattice, n, factor, false);
        readNames(lattice, n, from, found);
      }
      from = end;
    }
    return found;
  }

  return {
    recognize(text, { recallBias = 0 } = {}) {
      const document = createDocument(file.language);
      const spans: Span[] = [];
      for (let from = 0; from < text.length;) {
        const to = blockEnd(text, from);
        const tokens = tokenize(text, from, to);
        const found = namesOf(text, tokens, recallBias);
        for (const name of document.complete(text, tokens, found)) spans.push(spanOf(name, tokens));
        from = to;
      }
      return spans;
    },
  };
}

/** The encoder of a model's language, with the model's tables. */
export function createEncoder({
  language,
  tables,
}: Pick<ModelFile, "language" | "tables">): Encoder {
  const slots = (name: string): Uint32Array => {
    const bytes = tables[name]!;
    return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  };
  if (language === "zh") return createChineseEncoder({ words: { slots: slots("words") } });
  return createEnglishEncoder({
    words: { slots: slots("words") },
    given: tables.given!,
    family: tables.family!,
  });
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
