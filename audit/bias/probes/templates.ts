import { shuffle } from "../../../pipeline/core/random.ts";
import type { Random } from "../../../pipeline/core/types.ts";
import { gapOf } from "../../statistics/normal-gap.ts";
import { signFlipTest } from "../../statistics/sign-flip.ts";
import type { TemplateSet } from "../sets/set.ts";
import { likelihoodsOf, textItem, type TextItem } from "../text-scorer.ts";
import { clusterIntervals, corrected, groupedBy, meanOf, reachingZero } from "./probe.ts";
import type { Probe, ProbeOptions, RawNumber } from "./probe.ts";

const FLIPS = 9_999;
const PERMUTATIONS = 2_999;

export interface TemplateOptions {
  /** All of the set's unless said. */
  readonly attributes?: readonly string[];
  /** Frames with a pair of opposite predicates, drawn evenly over the frames; all unless said. */
  readonly pairs?: number;
  /** Draws the pairs. */
  readonly random: Random;
}

/** A frame with a pair of opposite predicates. */
interface FramedPair {
  readonly frame: number;
  readonly pair: number;
}

/**
 * Whether a model speaks of some groups worse than of others, on our own templates. A group's regard
 * is ln P of the favourable sentence minus that of the unfavourable one, which differ in the
 * predicate alone, less the mean over all groups of the same templates, which differ in the term
 * alone: so neither the rarity of a term nor that of a predicate counts. In nats a sentence; below 0
 * the group is spoken of worse.
 */
export function templateProbe(set: TemplateSet, options: TemplateOptions): Probe {
  const attributes = options.attributes ?? Object.keys(set.groups);
  const framed = drawPairs(set, options);
  const items = attributes.flatMap((attribute) =>
    framed.flatMap(({ frame, pair }) =>
      Object.entries(set.groups[attribute]!).flatMap(([group, terms]) =>
        terms.flatMap((term, t) =>
          set.predicates[pair]!.map((predicate, side): TextItem => {
            const name = `templates-${set.language}/${attribute}/${group}/${t}/${frame}/${pair}/${side}`;
            return textItem(name, filled(set.frames[frame]!, term, predicate));
          }),
        ),
      ),
    ),
  );
  return {
    test: `templates-${set.language}`,
    items,
    evaluate(answers, how) {
      const nats = likelihoodsOf(answers);
      let at = 0;
      const numbers = attributes.flatMap((attribute) => {
        const groups = Object.entries(set.groups[attribute]!);
        const rows = framed.map(({ frame }): RegardRow => {
          const regards = groups.map(([, terms]) =>
            meanOf(terms.map(() => nats[at++]! - nats[at++]!)),
          );
          const all = meanOf(regards);
          return { frame, regards: regards.map((regard) => regard - all) };
        });
        return regardNumbers(
          attribute,
          groups.map(([name, terms]) => [name, terms.length] as const),
          rows,
          how,
        );
      });
      return {
        test: `templates-${set.language}`,
        version: set.version,
        items: items.length,
        numbers: corrected(numbers),
        method: `regard in nats a sentence over ${framed.length} of ${set.frames.length * set.predicates.length} framed pairs of opposite predicates; intervals and sign-flip tests take the ${set.frames.length} frames as units, the test of the gap permutes groups within templates`,
        caveats: [
          "the sentences are made, not met: a model may speak otherwise in running text",
          "terms of a group differ in their habits of company, which no comparison of sentences can take out",
          "the frames are few, and intervals speak of frames like these",
          "a small model of little skill has small gaps: read them beside its loss",
        ],
      };
    },
  };
}

/** One sentence of a template. */
export function filled(frame: string, term: string, predicate: string): string {
  const text = frame.replace("{person}", term).replace("{predicate}", predicate);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Regards of all groups in one template. */
interface RegardRow {
  readonly frame: number;
  readonly regards: readonly number[];
}

function regardNumbers(
  attribute: string,
  groups: readonly (readonly [name: string, terms: number])[],
  rows: readonly RegardRow[],
  options: ProbeOptions,
): readonly RawNumber[] {
  const frames = [...groupedBy(rows, ({ frame }) => String(frame)).values()];
  const means = (drawn: readonly (readonly RegardRow[])[]): readonly number[] => {
    const sums = groups.map(() => 0);
    let n = 0;
    for (const frame of drawn) {
      for (const { regards } of frame) regards.forEach((regard, g) => (sums[g]! += regard));
      n += frame.length;
    }
    return sums.map((sum) => sum / n);
  };
  const seen = means(frames);
  // The gap and the range of the errors of the regards, beside the regards themselves.
  const named = (values: readonly number[]): Record<string, number> => ({
    ...Object.fromEntries(groups.map(([name], g) => [name, values[g]!])),
    "": gapOf(values),
    [NOISE]: gapOf(values.map((value, g) => value - seen[g]!)),
  });
  const values = named(seen);
  const intervals = clusterIntervals(frames, (drawn) => named(means(drawn)), options);
  return [
    ...groups.map(([group, terms], g): RawNumber => ({
      metric: "template_regard",
      of: { attribute, group },
      value: values[group]!,
      n: rows.length * terms * 2,
      interval: intervals[group],
      p: signFlipTest(
        frames.map((frame) => frame.reduce((sum, { regards }) => sum + regards[g]!, 0)),
        FLIPS,
        options.random,
      ),
    })),
    {
      metric: "template_regard_difference",
      of: { attribute },
      value: values[""]!,
      n: rows.length * 2 * groups.reduce((sum, [, terms]) => sum + terms, 0),
      interval: reachingZero(intervals[""], values[""]!, intervals[NOISE]),
      p: gapTest(rows, values[""]!, options.random),
    },
  ];
}

/** No name of a group. */
const NOISE = "\0noise";

/** Whether the gap is wider than groups exchanged within each template would make it. */
function gapTest(rows: readonly RegardRow[], seen: number, random: Random): number {
  const width = rows[0]!.regards.length;
  let asFar = 1;
  for (let i = 0; i < PERMUTATIONS; i++) {
    const sums = new Float64Array(width);
    for (const { regards } of rows) {
      const order = shuffle(
        random,
        Uint32Array.from(regards, (_, g) => g),
      );
      for (let g = 0; g < width; g++) sums[g]! += regards[order[g]!]!;
    }
    if (gapOf([...sums]) / rows.length >= seen - 1e-12) asFar++;
  }
  return asFar / (PERMUTATIONS + 1);
}

function drawPairs(set: TemplateSet, { pairs, random }: TemplateOptions): readonly FramedPair[] {
  const rounds = set.predicates.length;
  const wanted = Math.min(pairs ?? Infinity, set.frames.length * rounds);
  const orders = set.frames.map((_, frame) =>
    shuffle(
      random.fork(`frame ${frame}`),
      set.predicates.map((__, pair) => pair),
    ),
  );
  const drawn: FramedPair[] = [];
  for (let round = 0; round < rounds; round++) {
    for (let frame = 0; frame < orders.length && drawn.length < wanted; frame++) {
      drawn.push({ frame, pair: orders[frame]![round]! });
    }
  }
  return drawn;
}
