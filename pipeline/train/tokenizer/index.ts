import { bpeTokenizer, learnBpe } from "./bpe.ts";
import { characterTokenizer, learnCharacters } from "./characters.ts";
import type { Tokenizer, TokenizerKind, TokenizerSpec } from "./spec.ts";

export type { Tokenizer, TokenizerKind, TokenizerSpec } from "./spec.ts";

/** Learns a tokenizer from a corpus. `symbols` bounds the ids of `bpe`; 1,024 if absent. */
export async function learnTokenizer(
  kind: TokenizerKind,
  texts: AsyncIterable<string>,
  symbols?: number,
): Promise<Tokenizer> {
  return openTokenizer(
    kind === "bpe" ? await learnBpe(texts, symbols) : await learnCharacters(texts),
  );
}

/** The tokenizer that a specification describes. */
export function openTokenizer(spec: TokenizerSpec): Tokenizer {
  return spec.kind === "bpe" ? bpeTokenizer(spec) : characterTokenizer(spec);
}
