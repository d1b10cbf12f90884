import type { Match } from "./match.ts";
import type { TextRecognizer } from "./recognizer.ts";

/** Legal forms and words that end the names of firms. Those with dots are written in any case. */
const FORM = String.raw`(?:Inc|LLC|L\.L\.C|LLP|Ltd|Limited|PLC|Plc|plc|Corp|Corporation|Pty Ltd|GmbH(?: & Co\.? KG)?|AG|KG|OHG|e\.V|eG|S\.?[Aa]\.?[Ss]?|S\.?[Aa]\.?[Rr]\.?[Ll]|SARL|SAS|SCOP|SCS|SNC|S\.?p\.?A|SPA|S\.r\.l|S\.n\.c|S\.L|S\.A\. de C\.V|Ltda|EIRELI|B\.V|BV|N\.V|NV|V\.?O\.?F|v\.o\.s|a\.s|s\.r\.o|k\.s|A\/S|a\/s|ApS|I\/S|AB|Aktiebolag|HB|Handelsbolag|Kommanditbolag|AS|ASA|Oy|Oyj|Tmi|Sp\. z o\.o|S\.K\.A|Kft|Bt|d\.o\.o|OOO|Group|Gruppe|Gruppen|Holding|Holdings|Associates|Partners|Bros|(?:and|&|und|e|y|et|og|och|a) (?:Sons|Söhne|Co|Company|figli|Hijos|Asociados|Hermanos|Hnos|Cousin|Fils|Sønner|Synové|Associados|Filhos|Daughters|Partners))`;
const WORD = String.raw`\p{Lu}[\p{L}\p{M}\d'’.&-]{0,30}`;
const pattern = new RegExp(
  String.raw`(?<![\p{L}\d])${WORD}(?:,?[ ](?:${WORD}|&|and|und|e|y|et|a|de|van|von|der|-)){0,4},?[ ]${FORM}(?![\p{L}\d])\.?`,
  "gu",
);
const small =
  /(?<![\p{L}\d])(?:[\p{L}\d'’.-]{2,30} ){1,4}(?:a\.s|s\.r\.o|v\.o\.s|v\.o\.f|b\.v|a\/s|s\.p\.a|s\.r\.l|s\.a|sp\. z o\.o|gmbh|inc|ltd|llc|sarl|plc)\.?(?![\p{L}\d])/gu;
/** A form behind a space: a text without one, or without a small one, has no match of the patterns above. */
const anyForm = new RegExp(`[ ]${FORM}`);
const anySmall =
  / (?:a\.s|s\.r\.o|v\.o\.s|v\.o\.f|b\.v|a\/s|s\.p\.a|s\.r\.l|s\.a|sp\. z|gmbh|inc|ltd|llc|sarl|plc)/;
const opening = /^(?:The|A|An|And|At|For|From|In|Is|My|Of|Our|Please|To|With|This|Mr|Mrs|Ms|Dr) /;

/** Names of firms by the legal form or family word that they end with. */
export const company: TextRecognizer = {
  entity: "ORGANIZATION",
  source: "ISO 20275:2017, entity legal forms",
  about: "name of a firm with its legal form",
  example: "Brandt & Weiss GmbH",
  recognize(text) {
    const matches: Match[] = [];
    if (anyForm.test(text))
      for (const hit of text.matchAll(pattern)) push(matches, hit.index, hit[0], 0.75);
    if (!anySmall.test(text)) return matches;
    // In small letters only the words right before the form are taken, short of what is a sentence.
    for (const hit of text.matchAll(small)) {
      if (hit[0] !== hit[0].toLowerCase()) continue;
      const words = hit[0].split(" ");
      const from =
        words.findLastIndex((word, i) => i < words.length - 1 && SENTENCE.test(word)) + 1;
      const shown = words.slice(from).join(" ");
      if (words.length - from < 2) continue;
      push(matches, hit.index + hit[0].length - shown.length, shown, 0.55);
    }
    return matches;
  },
};

const SENTENCE =
  /^(?:the|a|an|and|at|for|from|in|is|my|of|our|to|with|this|by|on|or|as|was|were|has|have|joined|left|pay|paid|near|about|asked|work|works|working|worked|hired|called|write|see|that|who|please)$/;

function push(matches: Match[], at: number, shown: string, score: number): void {
  const skip = opening.exec(shown)?.[0].length ?? 0;
  const value = shown.slice(skip);
  if (!value.includes(" ")) return;
  const start = at + skip;
  const end = start + value.length;
  matches.push({ start, end, entity: "ORGANIZATION", score, reasons: ["form: legal form"] });
}
