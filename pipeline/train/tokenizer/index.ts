import { bpeTokenizer, learnBpe, type BpeSpec } from "./bpe.ts";
import { characterTokenizer, learnCharacters, type CharacterSpec } from "./characters.ts";

/** Text to token ids and back. `spec` is plain JSON, part of the model, and made from the corpus. */
export interface Tokenizer {
  /** How many ids there are. */
  readonly size: number;
  /** The id that stands before the first and after the last token of a text. */
  readonly end: number;
  readonly spec: TokenizerSpec;
  encode(text: string): number[];
  decode(tokens: ArrayLike<number>): string;
}
export type TokenizerSpec = CharacterSpec | BpeSpec;
export type TokenizerKind = TokenizerSpec["kind"];

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
