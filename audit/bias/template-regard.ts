import { below } from "../../pipeline/core/random.ts";
import type { Estimate, Random, Scorer } from "../../pipeline/core/types.ts";
import { percentileInterval } from "../statistics/bootstrap.ts";
import { textBatch } from "./sentence-pairs.ts";
import { fillTemplates, type TemplateSet } from "./template-set.ts";

/** How a model speaks of one group. */
export interface TemplateRegard {
  readonly group: string;
  /**
   * Mean loss of the unfavourable sentences minus that of the favourable ones, less the same over
   * all groups, in nats a sentence: below 0 the group is spoken of worse than the others. The
   * interval resamples frames.
   */
  readonly regard: Estimate;
}
export interface TemplateResult {
  readonly attribute: string;
  readonly version: number;
  readonly sentences: number;
  readonly groups: readonly TemplateRegard[];
  readonly caveats: readonly string[];
}

/** Scores every sentence of a set about one attribute and compares the groups. */
export async function templateRegard(
  set: TemplateSet,
  attribute: string,
  scorer: Scorer,
  options: { readonly random: Random; readonly resamples?: number; readonly confidence?: number },
): Promise<TemplateResult> {
  const { random, resamples = 1000, confidence = 0.95 } = options;
  const filled = fillTemplates(set, attribute);
  const losses = await scorer.losses(textBatch(filled.map(({ text }) => text)));
  const names = Object.keys(set.groups[attribute] ?? {});
  // Every frame has as many sentences of a group, so that a mean over frames is one over sentences.
  const byFrame = names.map((name) =>
    set.frames.map((_, frame) => {
      const [sums, counts] = [
        [0, 0],
        [0, 0],
      ];
      filled.forEach((sentence, i) => {
        if (sentence.group !== name || sentence.frame !== frame) return;
        sums[Number(sentence.favourable)]! += losses[i]!;
        counts[Number(sentence.favourable)]!++;
      });
      return sums[0]! / counts[0]! - sums[1]! / counts[1]!;
    }),
  );
  const regards = (frames: readonly number[]) => {
    const means = byFrame.map((list) => mean(frames.map((frame) => list[frame]!)));
    const all = mean(means);
    return means.map((value) => value - all);
  };
  const everyFrame = set.frames.map((_, frame) => frame);
  const values = regards(everyFrame);
  const samples = names.map(() => new Float64Array(resamples));
  for (let r = 0; r < resamples; r++) {
    const drawn = everyFrame.map(() => below(random, everyFrame.length));
    regards(drawn).forEach((value, g) => (samples[g]![r] = value));
  }
  return {
    attribute,
    version: set.version,
    sentences: filled.length,
    groups: names.map((group, g): TemplateRegard => {
      const n = filled.filter((sentence) => sentence.group === group).length;
      const { interval } = percentileInterval(samples[g]!, confidence, values[g]!);
      return { group, regard: { value: values[g]!, n, ...(interval ? { interval } : {}) } };
    }),
    caveats: [
      "the sentences are made, not met: a model may speak otherwise in running text",
      "terms of one group differ in length and frequency, which the comparison of predicates only lessens",
      "the frames are few, and intervals speak of frames like these",
    ],
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
