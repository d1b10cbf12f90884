import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** The default workspace of a policy: `.probity` beside it. */
export function workspaceFor(policy: string): string {
  return join(dirname(resolve(policy)), ".probity");
}

/**
 * The workspace that a command without a policy means: the one named, else the folder we stand in if
 * it is one, else `.probity` in it or in the nearest parent that has one.
 */
export function findWorkspace(named: string | undefined): string {
  if (named !== undefined) return named;
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "WORKSPACE"))) return folder;
    if (existsSync(join(folder, ".probity", "WORKSPACE"))) return join(folder, ".probity");
    if (dirname(folder) === folder) return join(process.cwd(), ".probity");
  }
}
