import { wilson } from "../../../audit/statistics/intervals.ts";
import type { Digest, Estimate, Evidence, Span } from "../../core/types.ts";
import type { PlantedSpan } from "../../data/truth.ts";

/** Per kind: `[spans covered completely, spans, characters covered, characters]`. */
export type RecallCounts = Record<string, [number, number, number, number]>;

/** The neutral element of `mergeRecall`. */
export function emptyRecall(): RecallCounts {
  return {};
}

/** Counts which planted spans of one cell the found spans cover, whatever kind they were taken for. */
export function observeRecall(
  counts: RecallCounts,
  planted: readonly PlantedSpan[],
  found: readonly Span[],
): void {
  for (const { start, end, entity } of planted) {
    const covered = coveredLength(start, end, found);
    const cell = (counts[entity] ??= [0, 0, 0, 0]);
    cell[0] += covered === end - start ? 1 : 0;
    cell[1] += 1;
    cell[2] += covered;
    cell[3] += end - start;
  }
}

/** Adds `other` to `counts`. */
export function mergeRecall(counts: RecallCounts, other: RecallCounts): void {
  for (const [entity, numbers] of Object.entries(other)) {
    const cell = (counts[entity] ??= [0, 0, 0, 0]);
    numbers.forEach((n, i) => (cell[i] = (cell[i] ?? 0) + n));
  }
}

/**
 * `planted_recall`: share of planted values of which no character was left, in all and per kind, with
 * the 95 % Wilson interval (Wilson 1927); `planted_character_recall` the same for characters.
 */
export function recallEvidence(counts: RecallCounts, subject: Digest): Evidence[] {
  const entities = Object.keys(counts).sort();
  if (entities.length === 0) return [];
  const total = emptyRecall();
  for (const entity of entities) mergeRecall(total, { all: counts[entity] ?? [0, 0, 0, 0] });
  const all = total.all ?? [0, 0, 0, 0];
  return [
    { kind: "measured", subject, metric: "planted_recall", estimate: share(all[0], all[1]) },
    {
      kind: "measured",
      subject,
      metric: "planted_character_recall",
      estimate: { value: all[2] / all[3], n: all[3] },
    },
    ...entities.map((entity): Evidence => {
      const [hits, n] = counts[entity] ?? [0, 0];
      return {
        kind: "measured",
        subject,
        metric: "planted_recall",
        by: ["entity"],
        group: { entity },
        estimate: share(hits, n),
      };
    }),
  ];
}

function coveredLength(start: number, end: number, found: readonly Span[]): number {
  let covered = 0;
  let from = start;
  for (const span of [...found].sort((a, b) => a.start - b.start)) {
    const left = Math.max(from, span.start);
    const right = Math.min(end, span.end);
    if (right > left) {
      covered += right - left;
      from = right;
    }
  }
  return covered;
}

function share(hits: number, n: number): Estimate {
  if (n === 0) return { value: null, n, why: "nothing was planted" };
  return { value: hits / n, n, interval: wilson(hits, n, 0.95) };
}
