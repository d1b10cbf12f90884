import { spawnSync } from "node:child_process";
import { generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { openLedger, type Ledger, type LedgerOptions } from "../../../audit/ledger/log.ts";
import { encodeVerifierKey, type NoteSigner } from "../../../audit/ledger/note.ts";

export const origin = "example.com/ledger";

/** A fresh Ed25519 key under a name. */
export function newSigner(name = origin): NoteSigner & { readonly verifierKey: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  return {
    name,
    publicKey: raw,
    sign: (message) => sign(null, message, privateKey),
    verifierKey: encodeVerifierKey(name, raw),
  };
}

/** An empty folder that is removed when the tests of the file are done. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "probity-ledger-"));
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

export type Paths = Pick<LedgerOptions, "database" | "checkpoints">;

/** Where a ledger stands in a workspace. */
export function pathsIn(folder: string): Paths {
  return { database: join(folder, "ledger.db"), checkpoints: join(folder, "checkpoints") };
}

/** Opens the ledger, hands it to `work` and closes it. */
export function withLedger<T>(paths: Paths, signer: NoteSigner, work: (ledger: Ledger) => T): T {
  const ledger = openLedger({ ...paths, origin, signer });
  try {
    return work(ledger);
  } finally {
    ledger.close();
  }
}

/** `count` small events that differ. */
export function someEvents(count: number, from = 0): { kind: string; number: number }[] {
  return Array.from({ length: count }, (_, i) => ({ kind: "test", number: from + i }));
}

/** False where a program can be run, else why the tests that need it are skipped. */
export function hasTool(program: string, ...args: readonly string[]): false | string {
  const { error } = spawnSync(program, args, { stdio: "ignore" });
  return error === undefined ? false : `${program} is not installed`;
}
