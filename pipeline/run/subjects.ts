import { existsSync } from "node:fs";
import { join } from "node:path";
import { openSubjects } from "../../audit/ledger/subjects.ts";
import { PipelineError } from "../core/error.ts";
import type { Keyring } from "../crypto/keyring.ts";
import {
  createSubjectSecrets,
  openSubjectKeys,
  type SubjectKeys,
} from "../crypto/subjects/subject-keys.ts";
import { readIfPresent, writeFileAtomically } from "./files.ts";
import { saveKeyring } from "./keys.ts";
import type { Workspace } from "./workspace.ts";

/** The keys of a dataset's people, with the database that they lie in. */
export interface OpenSubjects {
  readonly keys: SubjectKeys;
  close(): void;
}

/** The database of a dataset's sealed subject keys. */
export function subjectDatabase(workspace: Workspace, dataset: string): string {
  return join(workspace.keys, `${dataset}.subjects.db`);
}

/** Opens the keys of a dataset's people, making the files when they are absent. */
export async function subjectKeys(workspace: Workspace, keyring: Keyring): Promise<OpenSubjects> {
  const file = secretsFile(workspace, keyring.id);
  let secrets = await readIfPresent(file);
  if (secrets === undefined) {
    if (existsSync(subjectDatabase(workspace, keyring.id))) {
      throw new PipelineError("integrity", `${file} is missing beside the subject keys it opens`);
    }
    secrets = Buffer.from(await createSubjectSecrets(keyring, keyring.id));
    await writeFileAtomically(file, secrets);
  }
  const store = openSubjects(subjectDatabase(workspace, keyring.id));
  try {
    const keys = await openSubjectKeys(keyring, keyring.id, secrets, store);
    return {
      keys,
      close: () => {
        keys.close();
        store.close();
      },
    };
  } catch (error) {
    store.close();
    throw error;
  }
}

/** The keys of a dataset's people; undefined when its policy kept none. */
export async function existingSubjectKeys(
  workspace: Workspace,
  keyring: Keyring,
): Promise<OpenSubjects | undefined> {
  const isThere = existsSync(secretsFile(workspace, keyring.id));
  return isThere ? subjectKeys(workspace, keyring) : undefined;
}

/** Changes a keyring, and seals what the subject keys hang on as the keyring then asks. */
export async function resealSubjects(
  workspace: Workspace,
  keyring: Keyring,
  change: () => Promise<void>,
): Promise<void> {
  const subjects = await existingSubjectKeys(workspace, keyring);
  try {
    await change();
    if (subjects === undefined) return;
    const sealed = await subjects.keys.reseal(keyring);
    await writeFileAtomically(secretsFile(workspace, keyring.id), sealed);
  } finally {
    subjects?.close();
  }
}

/**
 * From now on the vault of a keyring opens only with slots of two different owners. Throws `usage`
 * when all slots have one owner. After a kill one owner cannot open the vault any more, and a call with
 * the secrets of two goes on.
 */
export async function requireTwoOwners(workspace: Workspace, keyring: Keyring): Promise<void> {
  await resealSubjects(workspace, keyring, async () => {
    keyring.requireTwoOwners();
    await saveKeyring(workspace, keyring);
  });
}

function secretsFile(workspace: Workspace, dataset: string): string {
  return join(workspace.keys, `${dataset}.subjects.age`);
}
