import { equalBytes } from "../../pipeline/core/digest.ts";
import type { Database } from "./database.ts";
import type { Frontier } from "./frontier.ts";
import { leafHash } from "./merkle.ts";
import { completedNodes, sizeReader } from "./tree-store.ts";
import { isKeyEvent, type KeyEvent } from "./trust.ts";
import type { LedgerProblem } from "./verdict.ts";

const PAGE = 1024;
const MAX_PROBLEMS = 100;

type EventRow = [position: number, leaf: unknown, hash: unknown];

/** What reading the events found. */
export interface Scan {
  readonly problems: readonly LedgerProblem[];
  /** The events before this one are whole. */
  readonly intact: number;
  /** Number of stored events, those after a gap included; undefined when the file cannot be read. */
  readonly size: number | undefined;
  /** Whether the tables hold traces of events after the last one. */
  readonly cutOff: boolean;
  /** The events that may concern keys. */
  readonly keyEvents: readonly KeyEvent[];
}

/**
 * Puts every event on `frontier`, in order, and fills in the root at each size that `roots` asks for.
 * Stops at the first missing event, because no tree can be computed over a gap.
 */
export function scanEvents(
  db: Database,
  frontier: Frontier,
  roots: Map<number, Uint8Array | undefined>,
): Scan {
  const problems: LedgerProblem[] = [];
  const keyEvents: KeyEvent[] = [];
  let intact: number | undefined;
  const report = (fault: LedgerProblem["fault"], message: string, at = frontier.size) => {
    intact ??= at;
    if (problems.length < MAX_PROBLEMS) problems.push({ fault, message });
  };
  const nodes = nodeStream(db);
  const keepRoot = () => {
    if (roots.has(frontier.size)) roots.set(frontier.size, frontier.root());
  };
  keepRoot();
  try {
    for (const [position, leaf, stored] of eventStream(db)) {
      if (position !== frontier.size) {
        report("missing", `${eventsNamed(frontier.size, position)} missing from the ledger`);
        break;
      }
      if (leaf instanceof Uint8Array && isKeyEvent(leaf)) keyEvents.push({ index: position, leaf });
      const completed = frontier.push(checkedLeaf(position, leaf, stored, report));
      completed.forEach((hash, level) => {
        if (!isHash(nodes.next(), hash)) {
          const first = position + 1 - 2 ** (level + 1);
          report(
            "tree",
            `the stored tree over events ${first} to ${position} is not theirs`,
            first,
          );
        }
      });
      keepRoot();
    }
  } catch (error) {
    report("damaged", `the ledger cannot be read from event ${frontier.size} on: ${reason(error)}`);
  }
  const has = (fault: LedgerProblem["fault"]) =>
    problems.some((problem) => problem.fault === fault);
  const size = has("damaged") ? undefined : has("missing") ? sizeReader(db)() : frontier.size;
  const cutOff = size === frontier.size && nodes.last() > completedNodes(size);
  return { problems, intact: intact ?? frontier.size, size, cutOff, keyEvents };
}

// The hash to build on: the stored one where the leaf was changed, so that the rest is still checked.
function checkedLeaf(
  position: number,
  leaf: unknown,
  stored: unknown,
  report: (fault: LedgerProblem["fault"], message: string) => void,
): Uint8Array {
  const computed = leafHash(leaf instanceof Uint8Array ? leaf : Buffer.from(String(leaf)));
  if (isHash(stored, computed)) return computed;
  report("changed", `event ${position} was changed: its bytes do not give the hash stored for it`);
  return stored instanceof Uint8Array && stored.length === 32 ? stored : computed;
}

function* eventStream(db: Database): IterableIterator<EventRow> {
  const page = db
    .prepare<[number, number], EventRow>(
      "SELECT position, leaf, hash FROM event WHERE position >= ? ORDER BY position LIMIT ?",
    )
    .raw();
  let next = Number.MIN_SAFE_INTEGER;
  for (;;) {
    const rows = page.all(next, PAGE);
    yield* rows;
    if (rows.length < PAGE) return;
    next = rows.at(-1)![0] + 1;
  }
}

function nodeStream(db: Database): { next(): unknown; last(): number } {
  const page = db
    .prepare("SELECT hash FROM node WHERE id >= ? AND id < ? + 1024 ORDER BY id")
    .pluck();
  let rows: unknown[] = [];
  let first = 1;
  let used = 0;
  return {
    next() {
      if (used === PAGE || rows.length === 0) {
        first += used;
        used = 0;
        rows = page.all(first, first);
      }
      return rows[used++];
    },
    last: () => Number(db.prepare("SELECT coalesce(max(id), 0) FROM node").pluck().get()),
  };
}

function isHash(stored: unknown, computed: Uint8Array): boolean {
  return stored instanceof Uint8Array && equalBytes(stored, computed);
}

function eventsNamed(from: number, to: number): string {
  if (to < from) return `the position before event ${from} is taken twice: events are`;
  return to - from === 1 ? `event ${from} is` : `events ${from} to ${to - 1} are`;
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
