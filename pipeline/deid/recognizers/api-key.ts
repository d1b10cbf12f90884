import type { Match } from "./match.ts";
import type { TextRecognizer } from "./recognizer.ts";

/** Prefixes that issuers chose so that leaked keys can be found. */
const issued =
  /(?<![A-Za-z0-9_-])(?:(?:AKIA|ASIA|AGPA|AIDA|AROA)[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36,251}|github_pat_[A-Za-z0-9_]{22,255}|glpat-[A-Za-z0-9_-]{20,64}|xox[abeoprs]-[A-Za-z0-9-]{10,250}|xapp-\d-[A-Za-z0-9-]{10,250}|[spr]k_(?:live|test)_[A-Za-z0-9]{16,250}|whsec_[A-Za-z0-9]{24,64}|AIza[A-Za-z0-9_-]{35}|ya29\.[A-Za-z0-9_-]{20,250}|sk-(?:ant-|proj-|or-)?[A-Za-z0-9_-]{20,250}|npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_-]{50,250}|hf_[A-Za-z0-9]{30,40}|SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64}|key-[0-9a-f]{32}|AC[0-9a-f]{32}|dop_v1_[0-9a-f]{64}|LTAI[A-Za-z0-9]{12,24}|AKID[A-Za-z0-9]{32}|shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}|\d{8,10}:AA[A-Za-z0-9_-]{33})(?![A-Za-z0-9])/g;
/** "api_key = …": a name for a secret, a sign, and a value too mixed for a word. */
const assigned =
  /\b(?:api[_ -]?key|secret[_ -]?key|access[_ -]?(?:key|token)|auth[_ -]?token|client[_ -]?secret|bearer|token)["']?(?: is)?(?:\s{0,2}[:=]\s{0,2}|\s)["']?([A-Za-z0-9_\-+/=.]{16,250})/gi;

/** Keys of programming interfaces, by the prefix of their issuer or by the name before them. */
export const apiKey: TextRecognizer = {
  entity: "API_KEY",
  source: "key formats documented by the issuers",
  about: "key of a programming interface",
  example: "AKIAIOSFODNN7EXAMPLE",
  recognize(text) {
    const matches: Match[] = [];
    for (const hit of text.matchAll(issued)) {
      push(matches, hit.index, hit.index + hit[0].length, 0.97, "form: prefix of an issuer");
    }
    for (const hit of text.matchAll(assigned)) {
      const value = hit[1]!;
      if (!/\d/.test(value) || !/[A-Za-z]/.test(value)) continue;
      const end = hit.index + hit[0].length;
      push(matches, end - value.length, end, 0.8, "words before it");
    }
    return matches;
  },
};

function push(matches: Match[], start: number, end: number, score: number, why: string): void {
  matches.push({ start, end, entity: "API_KEY", score, reasons: [why] });
}
