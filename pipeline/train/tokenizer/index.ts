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
export type TokenizerSpec = CharacterSpec;
export type TokenizerKind = TokenizerSpec["kind"];

const kinds = {
  characters: { learn: learnCharacters, open: characterTokenizer },
};

/** Learns a tokenizer from a corpus. */
export async function learnTokenizer(
  kind: TokenizerKind,
  texts: AsyncIterable<string>,
): Promise<Tokenizer> {
  return openTokenizer(await kinds[kind].learn(texts));
}

/** The tokenizer that a specification describes. */
export function openTokenizer(spec: TokenizerSpec): Tokenizer {
  return kinds[spec.kind].open(spec);
}
