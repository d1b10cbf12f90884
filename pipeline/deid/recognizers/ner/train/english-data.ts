import { below, pick } from "../../../../core/random.ts";
import type { Random } from "../../../../core/types.ts";
import { readExamples, type Example, type Mark } from "./corpus.ts";
import { demonyms, englishLexicon } from "./english-lexicon.ts";
import { englishTemplates } from "./english-templates.ts";
import { nameless } from "./nameless-sentences.ts";
import type { Values } from "./english-values.ts";
import { bodiesOf, fill, recased, renamed } from "./generate.ts";
import { namePools } from "./names.ts";
import type { Sources } from "./sources.ts";

const labels = { PERSON: 0, LOCATION: 1, ORG: 2 } as const;
const GENERATED = 30_000;
const nationalities = new Set(demonyms.map((word) => word.toLowerCase()));

/** What a language's model is made of, besides weights. */
export interface TrainingData {
  readonly examples: readonly Example[];
  readonly tables: Readonly<Record<string, Uint8Array>>;
}

/** The English training texts, real ones and made-up ones, and the look-up tables. */
export async function englishData(sources: Sources, random: Random): Promise<TrainingData> {
  const read = (name: string): Example[] =>
    readExamples(new URL(`data/ner/train/${name}.jsonl.gz`, sources.shared), labels);
  const wiki = read("wikigold");
  const tweets = [
    ...read("btc-partial").map(withoutHandles).map(withoutExtras),
    ...read("wnut17-train"),
  ];
  const silver = read("lifebench-silver")
    .map(tidied)
    .filter((_, i) => i % 8 === 0);
  const real = [...wiki, ...tweets, ...silver];
  const pools = await namePools();
  const { tables, values } = englishLexicon(
    sources,
    pools,
    real.map(({ text }) => text),
  );
  const fork = random.fork("english text");
  const made = generated(values, fork);
  const shuffled = [[...wiki, ...wiki, ...wiki], tweets].flatMap((corpus) => {
    const bodies = bodiesOf(corpus);
    return corpus.map((example) => renamed(example, values, fork, bodies));
  });
  const examples = [...wiki, ...wiki, ...real, ...shuffled, ...made];
  return { examples: examples.map((example) => restyled(example, fork)), tables };
}

function generated(values: Values, random: Random): Example[] {
  return Array.from({ length: GENERATED }, () => {
    const parts = below(random, 3) === 0 ? 2 + below(random, 2) : 1;
    const pieces = Array.from({ length: parts }, () =>
      fill(pick(random, below(random, 7) === 0 ? nameless : englishTemplates), values, random),
    );
    return joined(pieces, below(random, 2) === 0 ? "\n" : " ");
  });
}

function joined(pieces: readonly Example[], gap: string): Example {
  let text = "";
  const marks = pieces.flatMap((piece, i) => {
    if (i > 0) text += gap;
    const moved = piece.marks.map((mark) => ({
      ...mark,
      start: mark.start + text.length,
      end: mark.end + text.length,
    }));
    text += piece.text;
    return moved;
  });
  return { text, marks };
}

// Some texts in capitals or small letters, so that names are found there too.
function restyled(example: Example, random: Random): Example {
  const draw = below(random, 100);
  const how = draw < 7 ? "upper" : draw < 15 ? "lower" : draw < 17 ? "title" : undefined;
  return how === undefined ? example : (recased(example, how) ?? example);
}

// Account names are found by rule, not by this model.
function withoutHandles(example: Example): Example {
  const isHandle = (at: number): boolean =>
    example.text[at] === "@" || example.text[at - 1] === "@";
  return { text: example.text, marks: example.marks.filter(({ start }) => !isHandle(start)) };
}

const TITLE =
  /^(?:President|Prime Minister|Premier|Minister|PM|MP|Senator|Sen|Governor|Gov|Mayor|Judge|Mr|Mrs|Ms|Dr)\.? (?=\p{Lu})/u;

// This corpus alone has nationalities ("Iraqi") for places and offices ("President") in names, and not always.
function withoutExtras({ text, marks }: Example): Example {
  const isDemonym = ({ start, end, kind }: Mark): boolean =>
    kind === labels.LOCATION && nationalities.has(text.slice(start, end).toLowerCase());
  return {
    text,
    marks: marks
      .filter((mark) => !isDemonym(mark))
      .map((mark) => {
        const title =
          mark.kind === labels.PERSON ? TITLE.exec(text.slice(mark.start, mark.end)) : null;
        return { ...mark, start: mark.start + (title?.[0].length ?? 0) };
      }),
  };
}

// The silver labels hold titles, long addresses and common nouns: keep what is a name.
function tidied(example: Example): Example {
  const marks = example.marks.flatMap(({ start, end, kind }) => {
    let value = example.text.slice(start, end);
    const title =
      /^(?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor|Doctor|Teacher|Manager|Director)\.?\s+/.exec(value);
    const from = kind === 0 && title !== null ? start + title[0].length : start;
    value = example.text.slice(from, end);
    const comma = kind === 0 ? -1 : value.indexOf(", ");
    const to = comma > 0 ? from + comma : end;
    const name = example.text.slice(from, to);
    const isName =
      kind === 0
        ? /^\p{Lu}[^\s]*(\s\p{Lu}[^\s]*){0,3}$/u.test(name)
        : /^\p{Lu}/u.test(name) && name.length < 50;
    return isName ? [{ start: from, end: to, kind }] : [];
  });
  return { text: example.text, marks };
}
