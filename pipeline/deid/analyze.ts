import { PipelineError } from "../core/error.ts";
import type { Span } from "../core/types.ts";
import { createContext, type ContextJudge } from "./context.ts";
import { compileCustom, type CustomRecognizer } from "./custom.ts";
import { recognizers, type RecognizerName } from "./recognizers/index.ts";
import { NO_CHANCE, numberKinds } from "./recognizers/number-kinds.ts";
import { scanCodes } from "./recognizers/codes.ts";
import { createWordScanner } from "./recognizers/word-list.ts";
import { loadNameFinders, type NameFinder } from "./recognizers/names.ts";
import type { Match } from "./recognizers/match.ts";
import type { TextRecognizer } from "./recognizers/recognizer.ts";
import { traits, traitsOf } from "./recognizers/traits.ts";
import { resolveSpans } from "./resolve.ts";
import { languagesOf, linesOf } from "./language.ts";
import { tableCells, type TableCell } from "./table-cells.ts";
import { segments } from "./segments.ts";
import { normalise } from "./view.ts";

export type { CustomRecognizer } from "./custom.ts";

export interface AnalyzerOptions {
  readonly mode: "balanced" | "high-recall";
  readonly language: "en" | "zh" | "auto";
  /** Only these entities; all where absent. */
  readonly entities?: readonly string[];
  /** Values that are never reported, compared without regard to case. */
  readonly allow?: readonly string[];
  /** Values that are always reported, as whole words. */
  readonly deny?: readonly { readonly value: string; readonly entity: string }[];
  readonly custom?: readonly CustomRecognizer[];
}

/** A find in the text as given. `recognizer` names what found it, `reasons` say why. */
export interface Detected extends Span {
  readonly recognizer: string;
  readonly reasons?: readonly string[];
}

export interface Context {
  /** The column or JSON key that holds the text. */
  readonly field?: string;
}

/** Finds personal data. Synchronous and pure once made. */
export interface Analyzer {
  /** Finds in order, none overlapping, with offsets in UTF-16 units of the text as given. */
  readonly analyze: (text: string, context?: Context) => readonly Detected[];
  /** The same finds, each with its reasons. */
  readonly explain: (text: string, context?: Context) => readonly Detected[];
}

/** Scores below are not reported. */
const thresholds = { balanced: 0.5, "high-recall": 0.35 } as const;

/** An analyzer with its lists compiled and its models loaded. Throws `policy` on a bad custom rule. */
export async function createAnalyzer(options: AnalyzerOptions): Promise<Analyzer> {
  const wanted = options.entities === undefined ? undefined : new Set(options.entities);
  const isWanted = (entity: string): boolean => wanted?.has(entity) ?? true;
  const named = (Object.entries(recognizers) as [RecognizerName, TextRecognizer][]).filter(
    ([, recognizer]) => isWanted(recognizer.entity),
  );
  await Promise.all(named.flatMap(([, recognizer]) => recognizer.load?.() ?? []));
  const custom = compileCustom(options.custom ?? [], options.deny ?? []);
  const patterns = named.filter(
    ([, recognizer]) => recognizer.code === undefined && recognizer.words === undefined,
  );
  const scanWords = createWordScanner(
    named.flatMap(([name, { words }]) =>
      words === undefined ? [] : [{ ...words, recognizer: name }],
    ),
  );
  const codes = named.flatMap(([name, recognizer]) =>
    recognizer.code === undefined ? [] : [{ ...recognizer.code, recognizer: name }],
  );
  const judges = new Map<string, ContextJudge>(
    named.map(([name, recognizer]) => [name, createContext(recognizer)]),
  );
  for (const rule of custom) judges.set(rule.name, createContext(rule));
  const finders = await loadFinders(options, isWanted);
  const allow = new Set((options.allow ?? []).map(fold));
  const threshold = thresholds[options.mode];

  const analyze = (text: string, context: Context, explained: boolean): readonly Detected[] => {
    if (typeof text !== "string")
      throw new PipelineError("internal", "cannot analyze what is no text");
    const found: Detected[] = [];
    for (const { start, text: part } of segments(text)) {
      analyzeSegment(part, context, (detected) => {
        found.push({ ...detected, start: detected.start + start, end: detected.end + start });
      });
    }
    const kept =
      allow.size === 0 ? found : found.filter((f) => !allow.has(fold(text.slice(f.start, f.end))));
    const resolved = resolveSpans(kept);
    return explained ? resolved : resolved.map(withoutReasons);
  };

  const analyzeSegment = (
    part: string,
    context: Context,
    emit: (detected: Detected) => void,
  ): void => {
    const view = normalise(part);
    const seen = view.text;
    const languages = options.language === "auto" ? languagesOf(seen) : [options.language];
    const keep = (name: string, judged: Match): void => {
      if (judged.score < threshold) return;
      const [start, end] = view.toSource(judged.start, judged.end);
      emit({ ...judged, start, end, recognizer: name });
    };
    const inNumbers: NumberMatch[] = [];
    const report = (name: string, match: Match): void => {
      if (numberKinds.has(name)) inNumbers.push({ name, match });
      else keep(name, judges.get(name)?.judge(seen, match, context.field) ?? match);
    };
    const hint = { languages };
    const has = traitsOf(seen);
    for (const [name, recognizer] of patterns) {
      if (recognizer.needs !== undefined && (recognizer.needs & has) === 0) continue;
      for (const match of recognizer.recognize(seen, hint)) report(name, match);
    }
    if ((has & traits.digit) !== 0) {
      scanCodes(seen, codes, (match, form) => {
        report((form as (typeof codes)[number]).recognizer, match);
      });
    }
    scanWords(seen, (match, form) => {
      report(form.recognizer, match);
    });
    for (const rule of custom) for (const match of rule.recognize(seen)) report(rule.name, match);
    judgeNumbers(seen, inNumbers, threshold, context.field, judges, keep);
    for (const language of languages) {
      const stretches =
        languages.length === 1 ? [{ start: 0, text: part }] : linesOf(part, language);
      for (const { start, text } of stretches) {
        for (const finder of finders[language]) {
          for (const match of finder.recognize(text)) {
            if (match.score < threshold || !isWanted(match.entity)) continue;
            emit({
              ...match,
              start: match.start + start,
              end: match.end + start,
              recognizer: finder.name,
            });
          }
        }
      }
    }
  };

  return {
    analyze: (text, context = {}) => analyze(text, context, false),
    explain: (text, context = {}) => analyze(text, context, true),
  };
}

interface NumberMatch {
  readonly name: string;
  readonly match: Match;
}

const LEAST_CELLS = 5;

/**
 * Judges numbers with what stands around them. In a table, the head of a column counts as a field's
 * name, and a few finds in a column of other numbers passed their checks by chance.
 */
function judgeNumbers(
  text: string,
  matches: readonly NumberMatch[],
  threshold: number,
  field: string | undefined,
  judges: ReadonlyMap<string, ContextJudge>,
  keep: (name: string, judged: Match) => void,
): void {
  if (matches.length === 0) return;
  const cellAt = tableCells(text);
  const columns = new Map<string, Set<number>>();
  const judged = matches.map(({ name, match }) => {
    const cell = cellAt(match.start);
    const found =
      cell === undefined
        ? (judges.get(name)?.judge(text, match, field) ?? match)
        : inCell(text, match, cell, cell.header ?? field, judges.get(name));
    const spoken = found.score > match.score;
    const low =
      !spoken && (inNumberTable(text, match) || match.end > (cell?.end ?? match.end))
        ? found.score / 2
        : found.score;
    if (cell !== undefined && low >= threshold) {
      const places = columns.get(cell.column);
      if (places === undefined) columns.set(cell.column, new Set([match.start]));
      else places.add(match.start);
    }
    return { name, found: { ...found, score: low }, cell, spoken };
  });
  for (const { name, found, cell, spoken } of judged) {
    const share = cell === undefined ? 1 : (columns.get(cell.column)?.size ?? 0) / cell.cells;
    const chance = cell !== undefined && cell.cells >= LEAST_CELLS && share < NO_CHANCE;
    if (spoken || !chance) keep(name, found);
  }
}

/** A match judged by its own cell and column alone: the words of a neighbour say nothing of it. */
function inCell(
  text: string,
  match: Match,
  { start, end }: TableCell,
  field: string | undefined,
  judge: ContextJudge | undefined,
): Match {
  const shifted = { ...match, start: match.start - start, end: match.end - start };
  const found = judge?.judge(text.slice(start, Math.max(end, match.end)), shifted, field);
  return found === undefined ? match : { ...found, start: match.start, end: match.end };
}

/** Whether a match stands among other numbers without a word: a cell of a table, right by chance. */
function inNumberTable(text: string, { start, end }: Match): boolean {
  const around = `${text.slice(Math.max(0, start - 40), start)} ${text.slice(end, end + 40)}`;
  if (/\p{L}/u.test(around)) return false;
  return (around.match(/\d+/g)?.length ?? 0) >= 3;
}

async function loadFinders(
  options: AnalyzerOptions,
  isWanted: (entity: string) => boolean,
): Promise<Readonly<Record<"en" | "zh", readonly NameFinder[]>>> {
  const needed = ["PERSON", "LOCATION", "ORGANIZATION"].some(isWanted);
  const load = (language: "en" | "zh"): Promise<readonly NameFinder[]> | readonly NameFinder[] =>
    needed && (options.language === language || options.language === "auto")
      ? loadNameFinders(language, options.mode)
      : [];
  return { en: await load("en"), zh: await load("zh") };
}

function withoutReasons({ start, end, entity, score, recognizer }: Detected): Detected {
  return { start, end, entity, score, recognizer };
}

function fold(value: string): string {
  return value.normalize("NFKC").toLowerCase().trim();
}
