import type { Json } from "../../pipeline/core/canonical-json.ts";
import type { Digest } from "../../pipeline/core/types.ts";
import { openIfSetUp } from "./database.ts";
import { ledgerSchema } from "./tree-store.ts";

/** What one run has taken of a dataset's privacy budget. `reserved` until its training has ended. */
export interface RunSpending {
  readonly run: string;
  readonly state: "reserved" | "spent";
  readonly epsilon: number;
  readonly delta: number;
}

/** The sums over all runs, by basic composition: ε and δ add up (Dwork et al. 2006). */
export interface Spending {
  readonly epsilon: number;
  readonly delta: number;
  readonly runs: readonly RunSpending[];
}

/** The event that is written before the first step of private training on `source` is taken. */
export function reservation(spending: {
  readonly run: string;
  readonly source: Digest;
  readonly epsilon: number;
  readonly delta: number;
}): Json {
  return { kind: "privacy-reserved", ...spending };
}

/** The event that is written when private training has ended; it takes the reservation's place. */
export function expense(spending: {
  readonly run: string;
  readonly source: Digest;
  readonly model: Digest;
  readonly epsilon: number;
  readonly delta: number;
  readonly accountant: string;
}): Json {
  return { kind: "privacy-spent", ...spending };
}

/**
 * What the runs of a ledger have spent on the source with this digest, however it was de-identified.
 * A run that reserved and never ended counts in full: some of its models may have been seen. A ledger
 * that was never written has spent nothing. It reads without the right to write, so it needs no key.
 */
export function spendingOn(database: string, source: Digest): Spending {
  const runs = new Map<string, RunSpending>();
  const db = openIfSetUp(database, ledgerSchema);
  if (db === undefined) return { epsilon: 0, delta: 0, runs: [] };
  try {
    const leaves = db.prepare<[], Uint8Array>("SELECT leaf FROM event ORDER BY position").pluck();
    for (const leaf of leaves.iterate()) {
      const event = privacyEvent(leaf);
      if (event?.source !== source) continue;
      const { run, epsilon, delta } = event;
      const before = runs.get(run);
      const state = event.kind === "privacy-spent" ? "spent" : "reserved";
      if (state === "spent" || before === undefined) runs.set(run, { run, state, epsilon, delta });
    }
  } finally {
    db.close();
  }
  const all = [...runs.values()];
  return {
    epsilon: all.reduce((sum, { epsilon }) => sum + epsilon, 0),
    delta: all.reduce((sum, { delta }) => sum + delta, 0),
    runs: all,
  };
}

interface PrivacyEvent {
  readonly kind: "privacy-reserved" | "privacy-spent";
  readonly run: string;
  readonly source: string;
  readonly epsilon: number;
  readonly delta: number;
}

// The kind stands in the bytes as canonical JSON has it, so most events need no parsing.
const KIND = Buffer.from('"kind":"privacy-');

function privacyEvent(leaf: Uint8Array): PrivacyEvent | undefined {
  const bytes = Buffer.from(leaf.buffer, leaf.byteOffset, leaf.byteLength);
  if (!bytes.includes(KIND)) return undefined;
  const event = JSON.parse(bytes.toString()) as Partial<PrivacyEvent>;
  const whole =
    (event.kind === "privacy-reserved" || event.kind === "privacy-spent") &&
    typeof event.run === "string" &&
    typeof event.source === "string" &&
    typeof event.epsilon === "number" &&
    typeof event.delta === "number";
  return whole ? (event as PrivacyEvent) : undefined;
}
