import { flipTest } from "../../../audit/fairness/counterfactual.ts";
import { columnOf } from "../../../audit/statistics/columns.ts";
import { cellName } from "../../../audit/statistics/group-key.ts";
import { wilson } from "../../../audit/statistics/intervals.ts";
import type { Batch, Cell, Digest, Evidence } from "../../core/types.ts";
import type { Decider } from "../mitigation/decide.ts";
import type { AuditParams } from "./audit-params.ts";

/** Rows asked again: enough for an interval of half a percent, at a bounded cost. */
const MOST_ROWS = 20_000;

export interface FlipAudit {
  observe(batch: Batch): Promise<void>;
  evidence(subject: Digest, split: string): readonly Evidence[];
}

interface Tally {
  readonly attribute: string;
  readonly values: Map<string, Cell>;
  rows: number;
  changed: number;
  readonly moves: Map<string, { rows: number; gained: number; lost: number }>;
}

/**
 * Counterfactual flips of each protected attribute. A model whose features and decision rules do not
 * read one cannot change with it: its rate is 0 without asking. Proxies stay as they are.
 */
export function flipAudit(
  decider: Decider,
  features: readonly string[],
  params: AuditParams,
): FlipAudit {
  const reads = new Set([
    ...features,
    ...(decider.mitigation?.decision || decider.mitigation?.repair ? decider.mitigation.by : []),
  ]);
  const attributes = params.checks.flips ? [...new Set(params.by.flat())] : [];
  const unread = attributes.filter((name) => !reads.has(name));
  let rows = 0;
  const tallies = attributes
    .filter((name) => reads.has(name))
    .map((attribute): Tally => {
      return { attribute, values: new Map(), rows: 0, changed: 0, moves: new Map() };
    });
  return {
    async observe(batch) {
      rows += batch.rows;
      for (const tally of tallies) {
        if (tally.rows >= MOST_ROWS) continue;
        for (const cell of columnOf(batch, tally.attribute)) {
          const value = cellName(cell);
          if (value !== null) tally.values.set(value, cell);
        }
        const found = await flipTest(
          batch,
          tally.attribute,
          [...tally.values.values()],
          async (changed) => (await decider.decide(changed)).decisions,
        );
        tally.rows += found.rows;
        tally.changed += found.changed;
        for (const { from, to, rows, gained, lost } of found.moves) {
          const key = JSON.stringify([from, to]);
          const sum = tally.moves.get(key) ?? { rows: 0, gained: 0, lost: 0 };
          tally.moves.set(key, {
            rows: sum.rows + rows,
            gained: sum.gained + gained,
            lost: sum.lost + lost,
          });
        }
      }
    },
    evidence: (subject, split) => [
      ...unread.map((attribute): Evidence => ({
        kind: "measured",
        subject,
        metric: "flip_rate",
        by: [attribute],
        split,
        estimate: { value: 0, n: rows, interval: [0, 0], why: "the model does not read it" },
      })),
      ...tallies.flatMap(({ attribute, rows, changed, moves }): Evidence[] => [
        {
          kind: "measured",
          subject,
          metric: "flip_rate",
          by: [attribute],
          split,
          estimate:
            rows === 0
              ? { value: null, n: 0, why: "no row has a value" }
              : {
                  value: changed / rows,
                  n: rows,
                  interval: wilson(changed, rows, params.confidence),
                },
        },
        {
          kind: "tabled",
          subject,
          table: "flips",
          by: [attribute],
          split,
          columns: ["from", "to", "rows", "gained", "lost"],
          rows: [...moves].map(([key, move]) => {
            const [from, to] = JSON.parse(key) as [string, string];
            return [from, to, move.rows, move.gained, move.lost];
          }),
          notes: [
            "decisions that change when only this value does; what other columns tell of it stays",
          ],
        },
      ]),
    ],
  };
}
