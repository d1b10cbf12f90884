import { PipelineError } from "../core/error.ts";
import type { Partial } from "../core/partial.ts";
import type { Batch, ColumnType, Digest, Profiled, Role } from "../core/types.ts";
import type { Column } from "./contract.ts";
import {
  countDistinct,
  distinctCount,
  mergeDistinct,
  noneDistinct,
  type Distinct,
} from "./distinct.ts";

/** Some rows of the source and the place of the first of them, from 0. */
export interface ProfileInput {
  readonly batch: Batch;
  readonly first: number;
}

export interface ProfileOptions {
  /** Names the kinds of personal data in a text, as entities; a name counts once for a cell. */
  readonly detect: (text: string, column: string) => readonly string[];
  /** A 32-bit number kept secret where the states leave this machine. */
  readonly seed: number;
  /** Rows of which every cell is looked at; default 2,000. */
  readonly everyRow?: number;
  /** After them, one row in so many; default 100. */
  readonly oneIn?: number;
}

/** What was seen of one column: counts and hashes, no cell. */
interface ColumnProfile {
  readonly type: ColumnType;
  rows: number;
  missing: number;
  distinct: Distinct;
  /** Cells looked at for personal data, and how many of them hold each kind. */
  sampled: number;
  entities: Record<string, number>;
}

export type ProfileState = Record<string, ColumnProfile>;

/**
 * Profiles rows with these columns. Which cells are looked at depends on their place in the source
 * alone, so any split gives the same state.
 */
export function profiler(
  columns: readonly Column[],
  options: ProfileOptions,
): Partial<ProfileState, ProfileInput> {
  const { detect, seed, everyRow = 2000, oneIn = 100 } = options;
  return {
    empty: () => Object.fromEntries(columns.map(({ name, type }) => [name, emptyColumn(type)])),
    observe(state, { batch, first }) {
      for (const { name } of columns) {
        const column = state[name];
        const cells = batch.columns[name];
        if (cells === undefined || column === undefined) {
          throw new PipelineError("internal", `cannot profile rows without column ${name}`);
        }
        column.rows += batch.rows;
        for (const cell of cells) if (cell === null) column.missing++;
        countDistinct(column.distinct, cells, seed);
        for (const [i, cell] of cells.entries()) {
          const row = first + i;
          if (cell === null || (row >= everyRow && (row - everyRow) % oneIn !== 0)) continue;
          column.sampled++;
          for (const entity of new Set(detect(String(cell), name))) {
            column.entities[entity] = (column.entities[entity] ?? 0) + 1;
          }
        }
      }
      return state;
    },
    merge(state, other) {
      for (const [name, column] of Object.entries(state)) {
        const more = other[name];
        if (more?.type !== column.type) {
          throw new PipelineError("internal", "cannot merge profiles of different columns");
        }
        column.rows += more.rows;
        column.missing += more.missing;
        column.sampled += more.sampled;
        mergeDistinct(column.distinct, more.distinct);
        for (const [entity, cells] of Object.entries(more.entities)) {
          column.entities[entity] = (column.entities[entity] ?? 0) + cells;
        }
      }
      return state;
    },
  };
}

/**
 * One record per column, in order. `entities` is the share of the cells looked at, in the order of
 * their names. A column the policy does not name is `other`.
 */
export function profileEvidence(
  state: ProfileState,
  roles: Readonly<Record<string, Role>>,
  subject: Digest,
): Profiled[] {
  return Object.entries(state).map(([column, seen]) => ({
    kind: "profiled",
    subject,
    column,
    role: Object.hasOwn(roles, column) ? roles[column]! : "other",
    type: seen.type,
    rows: seen.rows,
    missing: seen.missing,
    // An estimate may pass what is possible.
    distinct: Math.min(distinctCount(seen.distinct), seen.rows - seen.missing),
    entities: Object.fromEntries(
      Object.entries(seen.entities)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([entity, cells]) => [entity, cells / seen.sampled]),
    ),
  }));
}

function emptyColumn(type: ColumnType): ColumnProfile {
  return { type, rows: 0, missing: 0, distinct: noneDistinct(), sampled: 0, entities: {} };
}
