import type { Match } from "./recognizers/match.ts";
import type { TextRecognizer } from "./recognizers/recognizer.ts";

/** Raises or lowers a match by the words around it. */
export interface ContextJudge {
  judge(text: string, match: Match, field: string | undefined): Match;
}

const BEFORE = 60;
const AFTER = 30;
/** A match this sure is left as it is. */
const SURE = 0.95;
const LIFT = 0.65;
const SINK = 0.5;

/** The judge of a recognizer's words; it reads at most 60 characters before and 30 after a match. */
export function createContext(words: Pick<TextRecognizer, "context" | "against">): ContextJudge {
  const speaksFor = wordPattern(words.context ?? []);
  const speaksAgainst = wordPattern(words.against ?? []);
  return {
    judge(text, match, field) {
      if (match.score >= SURE || (speaksFor === undefined && speaksAgainst === undefined))
        return match;
      const before = text.slice(Math.max(0, match.start - BEFORE), match.start).toLowerCase();
      const after = text.slice(match.end, match.end + AFTER).toLowerCase();
      const named = field === undefined ? undefined : first(speaksFor, plain(field));
      const word = named ?? first(speaksFor, before) ?? first(speaksFor, after);
      if (word !== undefined) {
        const where = named !== undefined ? "field" : "context";
        return {
          ...match,
          score: match.score + (1 - match.score) * LIFT,
          reasons: [...(match.reasons ?? []), `${where}: ${word}`],
        };
      }
      const wrong = first(speaksAgainst, before);
      if (wrong === undefined) return match;
      return {
        ...match,
        score: match.score * SINK,
        reasons: [...(match.reasons ?? []), `against: ${wrong}`],
      };
    },
  };
}

function first(pattern: RegExp | undefined, text: string): string | undefined {
  return pattern?.exec(text)?.[0];
}

function wordPattern(words: readonly string[]): RegExp | undefined {
  if (words.length === 0) return undefined;
  const parts = words.map((word) => {
    const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return /^\w/.test(word)
      ? String.raw`(?<![a-z0-9])${escaped}${/\w$/.test(word) ? "(?![a-z])" : ""}`
      : escaped;
  });
  return new RegExp(parts.join("|"));
}

/** "customerEmail_2" as "customer email 2". */
function plain(field: string): string {
  return field
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replace(/[_\-.]+/g, " ")
    .toLowerCase();
}
