import type { Span } from "../../core/types.ts";
import { chineseNames } from "./names-zh.ts";
import { loadNameModel } from "./ner/index.ts";
import type { Match } from "./match.ts";

/** A finder of names for a language: what the analyzer calls. */
export interface NameFinder {
  readonly name: string;
  recognize(text: string): readonly Match[];
}

/** What is taken off the model's score of "no name" when nothing should be missed. */
const RECALL_BIAS = 1.5;

/**
 * The finders of a language in a mode, loaded once. The learned model decides; titles and words
 * before a name speak where it found nothing, and compromise joins as one voter in the mode of high
 * recall. Without weights the rules and compromise stand in.
 */
export async function loadNameFinders(
  language: "en" | "zh",
  mode: "balanced" | "high-recall",
): Promise<readonly NameFinder[]> {
  const model = await loadNameModel(language);
  const cues = language === "en" ? englishNames : chineseNames;
  const finders: NameFinder[] = [];
  if (model === undefined) {
    finders.push({ name: `name_cues_${language}`, recognize: (text) => cues(text, true) });
  } else {
    const options = { recallBias: mode === "balanced" ? 0 : RECALL_BIAS };
    finders.push({
      name: `names_${language}`,
      recognize(text) {
        const decided = model.recognize(text, options).map(asDecided);
        return [...decided, ...cues(text, false).filter((cue) => isFree(cue, decided))];
      },
    });
  }
  const voter = language === "en" && (mode === "high-recall" || model === undefined);
  return voter ? [...finders, await compromiseVoter(0.5)] : finders;
}

/**
 * The model has decided already: its probability orders finds and does not drop them. Above 0.7
 * stand the rules that looked at the whole, an address around a place for one.
 */
function asDecided(span: Span): Match {
  const reasons = [`model: probability ${span.score.toFixed(2)}`];
  return { ...span, score: 0.5 + span.score / 5, reasons };
}

/** Whether a match overlaps none of the spans, which are in order and disjoint. */
function isFree({ start, end }: Span, spans: readonly Span[]): boolean {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (spans[middle]!.end <= start) low = middle + 1;
    else high = middle;
  }
  return low === spans.length || spans[low]!.start >= end;
}

const WORD = String.raw`\p{Lu}[\p{L}\p{M}]{0,24}(?:['’-]\p{L}[\p{L}\p{M}]{1,24})?`;
const NAME = String.raw`${WORD}(?:[ ](?:(?:de|da|di|del|dos|van|von|der|den|la|le|bin|ibn|al|el|ter)[ ]){0,2}(?:${WORD}|\p{Lu}\.)){0,3}`;
/** What stands before a name, the name with what must follow it, and why. */
const cues: readonly (readonly [before: RegExp, name: RegExp, why: string])[] = [
  [
    /\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Madam|Dame|Rev|Fr|Hon|Judge|Officer|Sgt|Capt|Lt|Col|Gen)\.?[ ]/g,
    new RegExp(NAME, "uy"),
    "title before it",
  ],
  [
    /(?:\b[Mm]y name is|\bI am|\bI'm|\b[Tt]his is|\b[Nn]ame ?:|\bcalled|\b[Pp]atient(?! ?:)|\b[Dd]ear|\b[Ss]incerely,\s|\b[Rr]egards,\s|\b[Ss]igned,?\s|\b[Cc]ontact:?)[ ]?/g,
    new RegExp(NAME, "uy"),
    "words before it",
  ],
  [
    // A line of a form; in a conversation the words behind "Patient:" are what was said.
    /(?:^|\n)[ \t]*(?:Patient|Patient[ ][Nn]ame|Client|Customer|Applicant|Member|Employee|Student|Guardian|Attn|To|From) ?:[ ]{0,3}/g,
    new RegExp(String.raw`${NAME}(?=[ \t]*(?:$|[\n\r,;(<]))`, "uy"),
    "label of the line",
  ],
];
/** Words that start with a capital in English and are no names. */
const common =
  /^(?:Hello|Hi|Hey|Thank|Thanks|Good|Yes|Yeah|No|Please|Okay|Ok|Sure|Well|Sorry|What|When|Where|Why|How|Can|Could|Would|Do|Did|Does|Is|Are|Was|If|But|And|Or|On|In|At|To|For|From|The|A|An|I|It|We|You|He|She|They|This|That|These|Those|My|Our|Your|His|Her|Sir|Madam|Mr|Mrs|Ms|Dr|Team|All|Everyone|Customer|Not|Very|So|Just|Also|January|February|March|April|May|June|July|August|September|October|November|December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)$/;

function englishNames(text: string): Match[] {
  const matches: Match[] = [];
  for (const [before, name, why] of cues) {
    // In two steps: a pattern that begins with letters of the alphabet is found far faster than a name.
    before.lastIndex = 0;
    for (let cue = before.exec(text); cue !== null; cue = before.exec(text)) {
      const start = before.lastIndex;
      name.lastIndex = start;
      const hit = name.exec(text);
      before.lastIndex = hit === null ? cue.index + 1 : name.lastIndex;
      if (hit === null || common.test(hit[0].split(" ")[0]!)) continue;
      matches.push({ ...person(start, start + hit[0].length, 0.75), reasons: [why] });
    }
  }
  return matches;
}

async function compromiseVoter(score: number): Promise<NameFinder> {
  const nlp = (await import("compromise/three")).default;
  const kinds = [
    ["PERSON", (doc: ReturnType<typeof nlp>) => doc.people()],
    ["LOCATION", (doc: ReturnType<typeof nlp>) => doc.places()],
    ["ORGANIZATION", (doc: ReturnType<typeof nlp>) => doc.organizations()],
  ] as const;
  return {
    name: "compromise",
    recognize(text) {
      const matches: Match[] = [];
      // Its time grows faster than the text, so it sees one paragraph at a time.
      for (let from = 0; from < text.length;) {
        const to = paragraphEnd(text, from);
        const paragraph = text.slice(from, to);
        const doc = nlp(paragraph);
        for (const [entity, of] of kinds) {
          for (const { text: said, offset } of of(doc).json({
            offset: true,
          }) as readonly Offset[]) {
            const span = checked(paragraph, said, offset);
            if (span === undefined) continue;
            const [start, end] = [from + span.start, from + span.end];
            matches.push({ start, end, entity, score, reasons: ["compromise"] });
          }
        }
        from = to;
      }
      return matches;
    },
  };
}

const PARAGRAPH = 2000;

/** Where the paragraph that begins at a place ends, at most 2,000 characters on. */
function paragraphEnd(text: string, from: number): number {
  const line = text.indexOf("\n", from);
  const end = line < 0 ? text.length : line + 1;
  if (end - from <= PARAGRAPH) return end;
  const space = text.lastIndexOf(" ", from + PARAGRAPH);
  return space > from ? space + 1 : from + PARAGRAPH;
}

interface Offset {
  readonly text: string;
  readonly offset?: { readonly start: number; readonly length: number };
}

/** compromise misplaces about one match in a hundred: it counts only where the text agrees. */
function checked(
  text: string,
  said: string,
  offset: Offset["offset"],
): { start: number; end: number } | undefined {
  if (offset === undefined) return undefined;
  const name = said.replace(/^[\s\p{P}]+|[\s\p{P}]+$/gu, "").replace(/['’]s$/u, "");
  if (name === "") return undefined;
  const at = text.indexOf(name, offset.start);
  if (at < 0 || at > offset.start + 3) return undefined;
  return { start: at, end: at + name.length };
}

function person(start: number, end: number, score: number): Match {
  return { start, end, entity: "PERSON", score };
}
