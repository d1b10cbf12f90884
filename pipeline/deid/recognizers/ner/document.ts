import type { Found } from "./decode.ts";
import { kinds, type Tokens } from "./tokens.ts";

/** What is known of the names of one document; it learns as blocks are completed. */
export interface Document {
  /** The names of a block, with further mentions of sure names, in the order of the text. */
  complete(text: string, tokens: Tokens, found: readonly Found[]): readonly Found[];
}

interface Known {
  readonly kind: number;
  readonly score: number;
  /** Number of tokens; parts of a person's name stand alone. */
  readonly length: number;
  readonly part: boolean;
}

const SURE = 0.85;
const PERSON = 0;
// A document with more names than this is a list: each line speaks for itself.
const MAX_NAMES = 20_000;
const MAX_TOKENS = 6;

/**
 * A name found once is found everywhere in the document: whole in the same letters or in capitals,
 * and for people also a part of it alone, where that is written like a name.
 */
export function createDocument(language: "en" | "zh"): Document {
  const names = new Map<string, Known>();
  const starts = new Map<string, number>();

  function learn(text: string, tokens: Tokens, { first, last, kind, score }: Found): void {
    const length = last - first + 1;
    if (score < SURE || length > MAX_TOKENS || names.size > MAX_NAMES) return;
    const words = wordsOf(text, tokens, first, last);
    const whole = words.join("\0");
    if (whole.length < 2) return;
    const least = language === "zh" ? 2 : 1;
    if (length > least || (length === least && kind === PERSON)) {
      remember(whole, { kind, score: score * 0.95, length, part: false });
      starts.set(words[0]!, Math.max(length, starts.get(words[0]!) ?? 0));
    }
    if (language === "en" && kind === PERSON && length > 1) {
      for (const word of words) {
        if (!/^\p{Lu}[\p{L}'’-]{2,}$/u.test(word)) continue;
        remember(word, { kind, score: score * 0.85, length: 1, part: true });
        starts.set(word, Math.max(1, starts.get(word) ?? 0));
      }
    }
  }

  function remember(key: string, known: Known): void {
    const old = names.get(key);
    if (old === undefined || old.score < known.score) names.set(key, known);
  }

  function mention(text: string, tokens: Tokens, t: number, limit: number): Found | undefined {
    const word = text.slice(tokens.starts[t], tokens.ends[t]);
    const longest = starts.get(word) ?? starts.get(titled(word)) ?? 0;
    for (let length = Math.min(longest, limit - t); length > 0; length--) {
      const words = wordsOf(text, tokens, t, t + length - 1);
      const known = names.get(words.join("\0")) ?? names.get(words.map(titled).join("\0"));
      if (known?.length === length) {
        return { first: t, last: t + length - 1, kind: known.kind, score: known.score };
      }
    }
    return undefined;
  }

  /** A doubtful find is of the kind that the same words surely are elsewhere in the document. */
  function corrected(text: string, tokens: Tokens, name: Found): Found {
    if (name.score >= SURE) return name;
    const sure = mention(text, tokens, name.first, name.last + 1);
    const same = sure?.last === name.last && sure.score > name.score;
    return same ? { ...name, kind: sure.kind } : name;
  }

  return {
    complete(text, tokens, found) {
      for (const name of found) learn(text, tokens, name);
      if (names.size === 0) return found;
      const all: Found[] = [];
      let next = 0;
      for (let t = 0; t < tokens.n;) {
        const upcoming = found[next];
        if (upcoming?.first === t) {
          const name = corrected(text, tokens, upcoming);
          all.push(name);
          next++;
          t = name.last + 1;
          continue;
        }
        const more =
          tokens.kinds[t] === kinds.mark
            ? undefined
            : mention(text, tokens, t, upcoming?.first ?? tokens.n);
        if (more === undefined) t++;
        else {
          all.push(more);
          t = more.last + 1;
        }
      }
      return all;
    },
  };
}

function wordsOf(text: string, tokens: Tokens, first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, k) =>
    text.slice(tokens.starts[first + k], tokens.ends[first + k]),
  );
}

// "SMITH" as "Smith"; words that are not all capitals stay as they are.
function titled(word: string): string {
  return word.length > 1 && word === word.toUpperCase() && word !== word.toLowerCase()
    ? word.charAt(0) + word.slice(1).toLowerCase()
    : word;
}
