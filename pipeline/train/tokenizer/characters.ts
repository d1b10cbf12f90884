import type { CharacterSpec, Tokenizer } from "./spec.ts";

/** A character must occur this often to have a symbol of its own; the rest is "unknown". */
const MIN_COUNT = 2;
const MAX_SYMBOLS = 16_384;
const UNKNOWN = 0;

/** The characters of a corpus, in one pass. */
export async function learnCharacters(texts: AsyncIterable<string>): Promise<CharacterSpec> {
  const counts = new Map<string, number>();
  for await (const text of texts) {
    for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  const symbols = [...counts]
    .filter(([, n]) => n >= MIN_COUNT)
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .slice(0, MAX_SYMBOLS)
    .map(([character]) => character)
    .sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!);
  return { kind: "characters", symbols };
}

/** One token per Unicode character. Id 0 is an unknown character, id 1 the end of a text. */
export function characterTokenizer(spec: CharacterSpec): Tokenizer {
  const ids = new Map(spec.symbols.map((character, i) => [character, i + 2]));
  return {
    size: spec.symbols.length + 2,
    end: 1,
    spec,
    encode: (text) => Array.from(text, (character) => ids.get(character) ?? UNKNOWN),
    decode: (tokens) =>
      Array.from(tokens, (id) => (id === UNKNOWN ? "\uFFFD" : (spec.symbols[id - 2] ?? ""))).join(
        "",
      ),
  };
}
