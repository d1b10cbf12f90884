import { percentileInterval, resampleCells } from "../statistics/bootstrap.ts";
import { wilson } from "../statistics/intervals.ts";
import { gapOf } from "../statistics/normal-gap.ts";
import { independence, permutationTest } from "../statistics/tests.ts";
import { fromEqual, noWords, termBias, type GroupWords, type TermState } from "./identity-terms.ts";
import { reachingZero, type ProbeOptions, type RawNumber } from "./probes/probe.ts";
import type { WordSet } from "./sets/set.ts";

const PERMUTATIONS = 1_999;

/** What word counts cannot tell. */
export const wordCaveats: readonly string[] = [
  "words are counted, not meanings: irony, quotation, and who says what of whom are not seen",
  "the lexicon is small, and its tone of a word is that of its commonest use",
  "groups are found by the listed words alone; whoever is named by other words, or by a name, is not counted",
  "an equal share of every group is a yardstick, not what a text must have",
];

/** Every number about one attribute of counted texts. */
export function termNumbers(
  state: TermState,
  set: WordSet,
  attribute: string,
  options: ProbeOptions,
): readonly RawNumber[] {
  const groups = Object.fromEntries(
    Object.keys(set.groups[attribute] ?? {}).map((name) => [
      name,
      state.groups[attribute]?.[name] ?? noWords(),
    ]),
  );
  return [
    ...shareNumbers(state, set, attribute, options),
    ...toneNumbers("term", groups, attribute, options),
  ];
}

/** Each group's share of mentions, and HELM's representation and association over all groups. */
export function shareNumbers(
  state: TermState,
  set: WordSet,
  attribute: string,
  options: ProbeOptions,
): readonly RawNumber[] {
  const terms = set.groups[attribute] ?? {};
  const groups = Object.keys(terms).map((name) => ({
    name,
    ...(state.groups[attribute]?.[name] ?? noWords()),
  }));
  const all = groups.reduce((sum, group) => sum + group.mentions, 0);
  const bias = termBias(state, terms, attribute);
  return [
    ...groups.map(({ name, mentions }): RawNumber => ({
      metric: "term_share",
      of: { attribute, group: name },
      n: all,
      ...(all === 0
        ? { value: null, why: "no group is named" }
        : { value: mentions / all, interval: wilson(mentions, all, options.confidence) }),
    })),
    representation(groups, terms, { attribute }, bias.representation, all, options),
    {
      metric: "term_association",
      of: { attribute },
      n: Object.keys(bias.byTarget).length,
      value: bias.association,
      ...(bias.association === null ? { why: "no target stands with a group" } : {}),
    },
  ];
}

/**
 * Of each group the tone of its sentences (share positive minus share negative, in [−1, 1]) and the
 * share that is toxic; over the groups the largest gaps, with tests of no difference (chi-square and
 * permutation). Metrics are called `prefix_tone`, `prefix_tone_difference` and so on.
 */
export function toneNumbers(
  prefix: string,
  groups: Readonly<Record<string, GroupWords>>,
  attribute: string,
  options: ProbeOptions,
): readonly RawNumber[] {
  const named = Object.values(groups).filter(({ sentences }) => sentences > 0);
  const of = { attribute };
  const tones = named.map(cellsOf);
  const metrics = [`${prefix}_tone_difference`, `${prefix}_toxicity_difference`] as const;
  return [
    ...Object.entries(groups).flatMap(([name, group]) =>
      rates(prefix, { name, ...group }, attribute, options),
    ),
    ...(named.length < 2
      ? metrics.map((metric) => ({
          metric,
          of,
          n: named.reduce((sum, { sentences }) => sum + sentences, 0),
          value: null,
          why: "fewer than two groups are named",
        }))
      : [
          gap(metrics[0], of, tones, toneOf, options, independence(tones)?.p ?? 1),
          gap(
            metrics[1],
            of,
            named.map(({ sentences, toxic }) => [sentences - toxic, toxic]),
            ([clean = 0, toxic = 0]) => toxic / (clean + toxic),
            options,
            permutationTest(
              named.map(({ toxic, sentences }) => ({ k: toxic, n: sentences })),
              PERMUTATIONS,
              options.random,
            ),
          ),
        ]),
  ];
}

function rates(
  prefix: string,
  group: GroupWords & { readonly name: string },
  attribute: string,
  options: ProbeOptions,
): RawNumber[] {
  const { name, sentences: n, toxic } = group;
  const of = { attribute, group: name };
  if (n === 0) {
    const why = "no sentence names the group";
    return [`${prefix}_tone`, `${prefix}_toxicity`].map((metric) => ({
      metric,
      of,
      n,
      value: null,
      why,
    }));
  }
  return [
    {
      metric: `${prefix}_tone`,
      of,
      n,
      value: toneOf(cellsOf(group)),
      interval: resampled([cellsOf(group)], ([cells]) => toneOf(cells!), options),
    },
    {
      metric: `${prefix}_toxicity`,
      of,
      n,
      value: toxic / n,
      interval: wilson(toxic, n, options.confidence),
    },
  ];
}

function representation(
  groups: readonly (GroupWords & { readonly name: string })[],
  terms: WordSet["groups"][string],
  of: RawNumber["of"],
  value: number | null,
  n: number,
  options: ProbeOptions,
): RawNumber {
  const metric = "term_representation";
  if (value === null) return { metric, of, n, value, why: "no group is named" };
  const interval = resampled(
    [groups.map(({ mentions }) => mentions)],
    ([cells]) =>
      fromEqual(Object.fromEntries(groups.map(({ name }, g) => [name, cells![g]!])), terms) ?? NaN,
    options,
  );
  return { metric, of, n, value, interval };
}

function gap(
  metric: string,
  of: RawNumber["of"],
  lists: readonly (readonly number[])[],
  rateOf: (cells: readonly number[]) => number,
  options: ProbeOptions,
  p: number,
): RawNumber {
  const widest = (drawn: readonly (readonly number[])[]): number => {
    const found = drawn.map(rateOf).filter((rate) => !Number.isNaN(rate));
    return found.length < 2 ? NaN : gapOf(found);
  };
  const n = lists.flat().reduce((sum, cell) => sum + cell, 0);
  const value = widest(lists);
  const seen = lists.map(rateOf);
  const noise = (drawn: readonly (readonly number[])[]): number =>
    gapOf(
      drawn.map((cells, g) => rateOf(cells) - seen[g]!).filter((error) => !Number.isNaN(error)),
    );
  const [own, errors] = [resampled(lists, widest, options), resampled(lists, noise, options)];
  return { metric, of, n, value, interval: reachingZero(own, value, errors), p };
}

/** Percentile interval of a statistic of count cells that are drawn again, all lists together. */
function resampled(
  lists: readonly (readonly number[])[],
  statistic: (lists: readonly (readonly number[])[]) => number,
  { random, resamples, confidence }: ProbeOptions,
): readonly [number, number] | undefined {
  const rows = Float64Array.from(lists.flat());
  const samples = new Float64Array(resamples);
  resampleCells({ rows }, resamples, random, (sample, r) => {
    let at = 0;
    samples[r] = statistic(lists.map((list) => [...sample.subarray(at, (at += list.length))]));
  });
  return percentileInterval(samples, confidence, statistic(lists)).interval ?? undefined;
}

function cellsOf({ sentences, positive, negative }: GroupWords): readonly number[] {
  return [positive, negative, sentences - positive - negative];
}

function toneOf([positive = 0, negative = 0, plain = 0]: readonly number[]): number {
  return (positive - negative) / (positive + negative + plain);
}
