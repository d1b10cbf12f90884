import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { openCatalog } from "../../audit/ledger/catalog.ts";
import { tombstoneEvent } from "../../audit/ledger/tombstone.ts";
import { canonicalJson, type Json } from "../core/canonical-json.ts";
import { PipelineError } from "../core/error.ts";
import type { Keyring } from "../crypto/keyring.ts";
import { erasureReach, type ErasureReach } from "./erasure-class.ts";
import { readIfPresent, writeFileAtomically } from "./files.ts";
import { ledgerOrigin, recordEvents, workspaceLedger } from "./ledger.ts";
import type { ProjectSigner } from "./signer.ts";
import { readManifest } from "./store.ts";
import { existingSubjectKeys } from "./subjects.ts";
import type { Workspace } from "./workspace.ts";

/** What an erasure did, and what it could not reach. */
export interface ErasureReport extends ErasureReach {
  readonly dataset: string;
  /** False when the person had no key: never in the dataset, or erased before. */
  readonly erased: boolean;
  /** Hex of the blind index: what the ledger calls the person. */
  readonly subject: string;
  /** Place of the signed tombstone in the ledger; absent when there was nothing to erase. */
  readonly event?: number;
  /** Shards whose cells of this person are unreadable now; none was rewritten. */
  readonly shards: number;
  /** Models that learned from the dataset: erasing data does not change them. */
  readonly models: readonly {
    readonly digest: string;
    readonly kind: string;
    readonly run: string;
  }[];
  /** When rows or the vault of the dataset were written to a file outside. */
  readonly exports: readonly {
    readonly at: string;
    readonly what: string;
    readonly reason?: string;
  }[];
  /** Copies of the workspace that were made known: they still have the key. */
  readonly backups: readonly { readonly path: string; readonly at: string }[];
}

/**
 * Erases one person from a dataset: the person's key is overwritten, the others of its bucket get a new
 * bucket key, and a signed tombstone goes into the ledger. Nothing else is rewritten, and everything
 * sealed under the key is unreadable from then on. A call after a kill goes on.
 */
export async function eraseSubject(
  workspace: Workspace,
  keyring: Keyring,
  signer: ProjectSigner,
  subject: string,
): Promise<ErasureReport> {
  const subjects = await existingSubjectKeys(workspace, keyring);
  if (subjects === undefined) {
    throw new PipelineError("usage", `the dataset ${keyring.id} has no keys per person`, {
      hint: "a policy with seal.subject_keys: true keeps one for everybody in it",
    });
  }
  let erased: boolean;
  let index: string;
  const pending = join(workspace.keys, `${keyring.id}.erasing.json`);
  try {
    index = Buffer.from(subjects.keys.blindIndex(subject)).toString("hex");
    const before = await readIfPresent(pending);
    const isUnfinished = before?.toString() === canonicalJson({ subject: index });
    if (subjects.keys.has(subject))
      await writeFileAtomically(pending, canonicalJson({ subject: index }));
    erased = subjects.keys.erase(subject).erased || isUnfinished;
  } finally {
    subjects.close();
  }
  const now = new Date();
  const reach = erasureReach(keyring, eventsOf(workspace, "keys"), now);
  let event: number | undefined;
  if (erased) {
    const origin = ledgerOrigin(workspace, signer.name);
    const subject = Buffer.from(index, "hex");
    const erasure = { dataset: keyring.id, subject, ...reach, at: now.toISOString() };
    const tombstone = tombstoneEvent(origin, erasure, signer);
    event = recordEvents(workspace, signer, [tombstone]);
    await rm(pending, { force: true });
  }
  return {
    dataset: keyring.id,
    erased,
    subject: index,
    ...reach,
    ...(event === undefined ? {} : { event }),
    ...(await beyondReach(workspace, keyring)),
  };
}

/** Blind indexes, in hex, of everybody who was erased from a dataset. */
export function erasedFrom(workspace: Workspace, dataset: string): ReadonlySet<string> {
  const events = eventsOf(workspace, "erased").filter((event) => event.dataset === dataset);
  return new Set(events.map(({ subject }) => textOf(subject)));
}

/** The events of one kind in the ledger, oldest first. */
export function eventsOf(
  workspace: Workspace,
  kind: string,
): readonly Readonly<Record<string, Json | undefined>>[] {
  if (!existsSync(workspace.ledger)) return [];
  const ledger = workspaceLedger(workspace);
  const found: Readonly<Record<string, Json | undefined>>[] = [];
  try {
    for (const { leaf } of ledger.events()) {
      const text = Buffer.from(leaf).toString();
      if (!text.includes(`"kind":"${kind}"`)) continue;
      const event = JSON.parse(text) as Record<string, Json>;
      if (event.kind === kind) found.push(event);
    }
    return found;
  } finally {
    ledger.close();
  }
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

async function beyondReach(
  workspace: Workspace,
  keyring: Keyring,
): Promise<Pick<ErasureReport, "shards" | "models" | "exports" | "backups">> {
  const manifest = await readManifest(workspace.dataset(keyring.id), keyring);
  const catalog = openCatalog(workspace.catalog);
  try {
    const trained = new Set(
      catalog
        .edges()
        .filter(({ from, kind }) => from === manifest?.digest && kind === "train")
        .map(({ to }) => to),
    );
    return {
      shards: manifest?.shards.length ?? 0,
      models: catalog
        .listModels()
        .filter(({ digest }) => trained.has(digest))
        .map(({ digest, kind, run }) => ({ digest, kind, run })),
      exports: eventsOf(workspace, "opened")
        .filter(({ dataset, exported }) => dataset === keyring.id && exported === true)
        .map(({ at, what, reason }) => ({
          at: textOf(at),
          what: textOf(what),
          ...(typeof reason === "string" ? { reason } : {}),
        })),
      backups: eventsOf(workspace, "backup").map(({ path, at }) => ({
        path: textOf(path),
        at: textOf(at),
      })),
    };
  } finally {
    catalog.close();
  }
}
