import type { Batch, Cell } from "../../pipeline/core/types.ts";
import { columnOf } from "../statistics/columns.ts";
import { cellName } from "../statistics/group-key.ts";

/** Decisions that change when only a protected value does. */
export interface Flips {
  /** Rows with a value in the column. */
  readonly rows: number;
  /** Rows whose decision differs for at least one other value. */
  readonly changed: number;
  /** Rows by own value and value put in its place: how many gained and lost a favourable decision. */
  readonly moves: readonly {
    readonly from: string;
    readonly to: string;
    readonly rows: number;
    readonly gained: number;
    readonly lost: number;
  }[];
}

/**
 * Counterfactual flip test: gives every row each other value of a protected column in turn and asks
 * the model again. It finds only what the model reads from the column itself; proxies stay as they
 * are. `decide` returns ones and zeros for a batch. `values` are put in as given, and are all that
 * the column may hold.
 */
export async function flipTest(
  batch: Batch,
  column: string,
  values: readonly Cell[],
  decide: (batch: Batch) => Promise<ArrayLike<number>>,
): Promise<Flips> {
  const own = columnOf(batch, column).map(cellName);
  const before = await decide(batch);
  const changed = new Set<number>();
  const moves = new Map<
    string,
    { from: string; to: string; rows: number; gained: number; lost: number }
  >();
  for (const value of values) {
    const to = cellName(value);
    if (to === null) continue;
    const cells = own.map((): Cell => value);
    const after = await decide({
      rows: batch.rows,
      columns: { ...batch.columns, [column]: cells },
    });
    own.forEach((from, i) => {
      if (from === null || from === to) return;
      const key = JSON.stringify([from, to]);
      const move = moves.get(key) ?? { from, to, rows: 0, gained: 0, lost: 0 };
      moves.set(key, move);
      move.rows++;
      if (after[i] === before[i]) return;
      changed.add(i);
      if (after[i]! > before[i]!) move.gained++;
      else move.lost++;
    });
  }
  return {
    rows: own.filter((name) => name !== null).length,
    changed: changed.size,
    moves: [...moves.values()],
  };
}
