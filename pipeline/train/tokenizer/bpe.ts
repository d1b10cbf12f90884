import type { BpeSpec, Tokenizer } from "./spec.ts";

const BYTES = 256;
const END = 256;
/** Ids fit in 16 bits, so that a pair of them is one exact number. */
const MAX_SYMBOLS = 65_536;
const DEFAULT_SYMBOLS = 1024;
/** A pair must occur this often to become a token. */
const MIN_COUNT = 2;
/** Words whose tokens are remembered while encoding. */
const CACHE = 100_000;
// A word with the space before it. Long runs of letters are cut, as Chinese has no spaces.
const WORD = / ?\p{L}{1,16}| ?\p{N}{1,3}| ?[^\s\p{L}\p{N}]+|\s+/gu;

/**
 * Byte pair encoding over UTF-8 (Sennrich et al. 2016; bytes as in Radford et al. 2019), learnt in one
 * pass over the corpus: the most frequent pair of neighbours within words becomes a token, ties going
 * to the smaller ids, until there are `symbols` or no pair occurs twice.
 */
export async function learnBpe(
  texts: AsyncIterable<string>,
  symbols: number = DEFAULT_SYMBOLS,
): Promise<BpeSpec> {
  const counts = new Map<string, number>();
  for await (const text of texts) {
    for (const [word] of text.matchAll(WORD)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const words = [...counts].map(([word, count]) => ({ ids: [...Buffer.from(word)], count }));
  const pairs = new Map<number, PairUse>();
  for (const [index, { ids, count }] of words.entries()) {
    for (let i = 0; i + 1 < ids.length; i++) use(pairs, ids[i]!, ids[i + 1]!, count, index);
  }
  const merges: [number, number][] = [];
  while (END + 1 + merges.length < Math.min(symbols, MAX_SYMBOLS)) {
    const best = mostFrequent(pairs);
    if (best === undefined) break;
    const [left, right] = [Math.floor(best / MAX_SYMBOLS), best % MAX_SYMBOLS];
    const id = END + 1 + merges.length;
    merges.push([left, right]);
    // Only words that hold the pair change; their pairs are taken out and put in again.
    for (const index of pairs.get(best)!.words) {
      const word = words[index]!;
      for (let i = 0; i + 1 < word.ids.length; i++) {
        use(pairs, word.ids[i]!, word.ids[i + 1]!, -word.count, index);
      }
      word.ids = merge(word.ids, left, right, id);
      for (let i = 0; i + 1 < word.ids.length; i++) {
        use(pairs, word.ids[i]!, word.ids[i + 1]!, word.count, index);
      }
    }
    pairs.delete(best);
  }
  return { kind: "bpe", merges };
}

/** Ids 0 to 255 are bytes, 256 is the end of a text; every text can be encoded. */
export function bpeTokenizer(spec: BpeSpec): Tokenizer {
  const ranks = new Map(spec.merges.map(([a, b], i) => [a * MAX_SYMBOLS + b, i]));
  const bytes: Uint8Array[] = Array.from({ length: BYTES }, (_, byte) => Uint8Array.of(byte));
  bytes.push(new Uint8Array());
  for (const [a, b] of spec.merges) bytes.push(Buffer.concat([bytes[a]!, bytes[b]!]));
  const cache = new Map<string, readonly number[]>();
  const encodeWord = (word: string): readonly number[] => {
    const known = cache.get(word);
    if (known) return known;
    let ids: number[] = [...Buffer.from(word)];
    for (;;) {
      let best = Infinity;
      for (let i = 0; i + 1 < ids.length; i++) {
        best = Math.min(best, ranks.get(ids[i]! * MAX_SYMBOLS + ids[i + 1]!) ?? Infinity);
      }
      if (best === Infinity) break;
      const [left, right] = spec.merges[best]!;
      ids = merge(ids, left, right, END + 1 + best);
    }
    if (cache.size >= CACHE) cache.clear();
    cache.set(word, ids);
    return ids;
  };
  return {
    size: bytes.length,
    end: END,
    spec,
    encode: (text) => Array.from(text.matchAll(WORD), ([word]) => encodeWord(word)).flat(),
    decode: (tokens) =>
      Buffer.concat(Array.from(tokens, (id) => bytes[id] ?? new Uint8Array())).toString("utf8"),
  };
}

interface PairUse {
  count: number;
  readonly words: Set<number>;
}

function use(
  pairs: Map<number, PairUse>,
  left: number,
  right: number,
  count: number,
  word: number,
): void {
  const key = left * MAX_SYMBOLS + right;
  const pair = pairs.get(key);
  if (!pair) pairs.set(key, { count, words: new Set([word]) });
  else {
    pair.count += count;
    // A word that no longer holds the pair stays listed; merging it again changes nothing.
    pair.words.add(word);
  }
}

function mostFrequent(pairs: ReadonlyMap<number, PairUse>): number | undefined {
  let best: number | undefined;
  let most = MIN_COUNT - 1;
  for (const [key, { count }] of pairs) {
    if (count > most || (count === most && best !== undefined && key < best)) {
      best = key;
      most = count;
    }
  }
  return best;
}

function merge(ids: readonly number[], left: number, right: number, id: number): number[] {
  const merged: number[] = [];
  for (let i = 0; i < ids.length; i++) {
    if (ids[i] === left && ids[i + 1] === right) {
      merged.push(id);
      i++;
    } else merged.push(ids[i]!);
  }
  return merged;
}
