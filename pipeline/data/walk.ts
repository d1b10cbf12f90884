import { readdir, realpath, stat } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { PipelineError } from "../core/error.ts";
import { reasonOf } from "./input.ts";

export interface FoundFile {
  readonly path: string;
  /** Relative to the folder walked, with `/` between its parts. */
  readonly name: string;
}

/**
 * The files under a folder, sorted by name, hidden ones left out. A symbolic link is followed if it
 * ends inside `within`; one that leads outside, back to a folder above it, or nowhere is an error.
 */
export async function filesUnder(folder: string, within: string): Promise<FoundFile[]> {
  const root = await real(within, within);
  const found: FoundFile[] = [];
  await visit(folder, folder, root, [], found);
  if (found.length === 0) throw new PipelineError("source", `${folder} holds no files`);
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Throws `source` if a path, links resolved, is not inside `within`. */
export async function assertInside(path: string, within: string): Promise<void> {
  const [actual, root] = await Promise.all([real(path, path), real(within, within)]);
  if (!isInside(actual, root)) {
    throw new PipelineError("source", `${path} leads outside ${within} through a symbolic link`);
  }
}

async function visit(
  folder: string,
  top: string,
  root: string,
  above: readonly string[],
  found: FoundFile[],
): Promise<void> {
  const actual = await real(folder, folder);
  if (!isInside(actual, root)) {
    throw new PipelineError("source", `${folder} leads outside ${root} through a symbolic link`);
  }
  if (above.includes(actual)) {
    throw new PipelineError("source", `${folder} is a symbolic link to a folder above it: a loop`);
  }
  for (const name of await readdir(folder)) {
    if (name.startsWith(".")) continue;
    const path = join(folder, name);
    const facts = await stat(path).catch((cause: unknown) => {
      throw new PipelineError("source", `cannot read ${path}: ${reasonOf(cause)}`, { cause });
    });
    if (facts.isDirectory()) {
      await visit(path, top, root, [...above, actual], found);
    } else if (facts.isFile()) {
      if (!isInside(await real(path, path), root)) {
        throw new PipelineError("source", `${path} leads outside ${root} through a symbolic link`);
      }
      found.push({ path, name: relative(top, path).split(sep).join("/") });
    } else {
      throw new PipelineError("source", `${path} is neither a file nor a folder`);
    }
  }
}

async function real(path: string, shown: string): Promise<string> {
  return realpath(resolve(path)).catch((cause: unknown) => {
    throw new PipelineError("source", `cannot read ${shown}: ${reasonOf(cause)}`, { cause });
  });
}

function isInside(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}
