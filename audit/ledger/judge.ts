import { equalBytes } from "../../pipeline/core/digest.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { Head } from "./heads.ts";
import type { LedgerProblem } from "./verdict.ts";

/** `size` counts the stored events, if they can be read, `read` those before a gap; `roots` has the root at each size up to `read`. */
export interface Judgement {
  readonly heads: readonly Head[];
  readonly roots: ReadonlyMap<number, Uint8Array | undefined>;
  readonly origin: string;
  readonly read: number;
  readonly size: number | undefined;
  readonly cutOff: boolean;
}

/** Holds the checkpoints against the present tree. `signed` is the size of the largest that fits it. */
export function judgeHeads({ heads, roots, origin, read, size, cutOff }: Judgement): {
  readonly problems: readonly LedgerProblem[];
  readonly signed: number;
} {
  const isFitting = (head: Head) => fits(head, roots);
  const signed = largest(heads.filter(isFitting));
  const problems = [
    ...strangers(heads, origin),
    ...beyond(heads, size, cutOff),
    ...setBack(heads),
    ...forks(heads, signed, isFitting),
  ];
  const wrong = heads.filter((head) => head.size <= read && head.size > signed && !isFitting(head));
  const first = wrong.sort((a, b) => a.size - b.size)[0];
  if (first !== undefined && !problems.some(({ fault }) => fault === "fork")) {
    problems.push({
      fault: "rewritten",
      message: `history was rewritten: the first ${first.size} events are not those that checkpoint ${first.size} was signed over`,
    });
  }
  return { problems, signed };
}

/** Whether the present events have the root of a checkpoint at its size. */
export function fits(
  head: Pick<Checkpoint, "size" | "root">,
  roots: ReadonlyMap<number, Uint8Array | undefined>,
): boolean {
  return equalBytes(head.root, roots.get(head.size) ?? Buffer.of());
}

/** The largest size, 0 when there is none. */
export function largest(sizes: readonly { readonly size: number }[]): number {
  return sizes.reduce((most, { size }) => Math.max(most, size), 0);
}

/** Holds the largest tree that the reader has seen against the present one. */
export function judgeMemory(
  seen: Checkpoint,
  roots: ReadonlyMap<number, Uint8Array | undefined>,
  size: number | undefined,
): LedgerProblem[] {
  if (size === undefined || (seen.size <= size && fits(seen, roots))) return [];
  if (seen.size <= size) {
    const message = `history was rewritten: the first ${seen.size} events are not those seen before`;
    return [{ fault: "rewritten", message }];
  }
  const message = `the ledger has ${size} events, but ${seen.size} were seen before`;
  return [{ fault: "older-copy", message }];
}

function strangers(heads: readonly Head[], origin: string): LedgerProblem[] {
  return heads
    .filter((head) => head.origin !== origin)
    .map((head) => ({
      fault: "checkpoint",
      message: `checkpoint ${head.source} is of the log ${head.origin}, not of ${origin}`,
    }));
}

function beyond(
  heads: readonly Head[],
  size: number | undefined,
  cutOff: boolean,
): LedgerProblem[] {
  if (size === undefined) return [];
  const top = largest(heads);
  if (top <= size) {
    if (!cutOff) return [];
    const message = `events after ${size - 1} were cut off: the stored tree goes on`;
    return [{ fault: "truncated", message }];
  }
  const isKnown = heads.some((head) => head.source === "the database" && head.size > size);
  const found = `the ledger has ${size} events, but a checkpoint was signed over ${top}`;
  return [
    cutOff || isKnown
      ? { fault: "truncated", message: `${found}: the events from ${size} on were cut off` }
      : { fault: "older-copy", message: `${found}: an older copy of the database was put back` },
  ];
}

// latest.note is what appending goes by, so an old one in its place hides newer checkpoints.
function setBack(heads: readonly Head[]): LedgerProblem[] {
  const latest = heads.find((head) => head.source === "latest.note");
  const top = largest(heads);
  if (latest === undefined) {
    if (heads.length === 0) return [];
    return [{ fault: "checkpoint", message: "latest.note is missing from the checkpoints" }];
  }
  if (latest.size === top) return [];
  return [
    {
      fault: "checkpoint",
      message: `latest.note is over ${latest.size} events, but a checkpoint was signed over ${top}: an older one was put back`,
    },
  ];
}

/*
 * One key signed two histories when two of its checkpoints have the same size and different roots, or
 * when the present tree holds one of them but not a smaller one.
 */
function forks(
  heads: readonly Head[],
  signed: number,
  isFitting: (head: Head) => boolean,
): LedgerProblem[] {
  const problems: LedgerProblem[] = [];
  const seen = new Map<number, Head>();
  for (const head of heads) {
    const other = seen.get(head.size);
    seen.set(head.size, other ?? head);
    const isTwin = other !== undefined && !equalBytes(other.root, head.root);
    if (!isTwin && (head.size > signed || isFitting(head))) continue;
    const message = isTwin
      ? `the ledger was forked: two checkpoints over ${head.size} events have different roots`
      : `the ledger was forked: no one history holds the checkpoints over ${head.size} and ${signed} events`;
    if (!problems.some((problem) => problem.message === message)) {
      problems.push({ fault: "fork", message });
    }
  }
  return problems;
}
