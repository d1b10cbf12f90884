import { createRequire } from "node:module";
import { inspectBackends } from "../../train/backend.ts";
import { sodiumReady } from "../../crypto/sodium.ts";
import { parseArguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { defaultKeyFile } from "../secrets.ts";
import { programVersion } from "../version.ts";
import { existsSync, statSync } from "node:fs";

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly how?: string;
}

export const command: Command = {
  help: `Usage:  probity doctor [--json]

Check this machine: Node, native modules, the key file, and each compute backend with the way to
get the ones that are missing. Exit code 3 when something that every run needs is broken.

Example:  probity doctor`,

  async run(argv, terminal) {
    const args = parseArguments(argv, { json: "boolean" });
    const checks: Check[] = [nodeCheck(), sqliteCheck(), await sodiumCheck(), keyFileCheck()];
    const backends = await inspectBackends();
    if (args.json) terminal.json({ probity: programVersion(), checks, backends });
    else {
      terminal.out(`probity ${programVersion()}`);
      for (const { ok, name, detail, how } of checks) {
        terminal.out(
          `${ok ? "✓" : "✗"} ${name.padEnd(10)} ${detail}${how === undefined ? "" : `\n             ${how}`}`,
        );
      }
      terminal.out("compute backends");
      for (const { name, state, detail, how } of backends) {
        terminal.out(
          `${state === "ready" ? "✓" : "·"} ${name.padEnd(10)} ${detail}${state === "ready" || how === "" ? "" : `\n             ${how}`}`,
        );
      }
    }
    return checks.every((check) => check.ok) ? 0 : 3;
  },
};

function nodeCheck(): Check {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  return {
    name: "node",
    ok,
    detail: process.version,
    ...(ok ? {} : { how: "install Node 20.19 or newer" }),
  };
}

function sqliteCheck(): Check {
  try {
    const Database = createRequire(import.meta.url)("better-sqlite3") as new (path: string) => {
      prepare(sql: string): { pluck(): { get(): unknown } };
      close(): void;
    };
    const database = new Database(":memory:");
    const version = String(database.prepare("select sqlite_version()").pluck().get());
    database.close();
    return { name: "sqlite", ok: true, detail: version };
  } catch {
    return {
      name: "sqlite",
      ok: false,
      detail: "better-sqlite3 does not load",
      how: "npm rebuild better-sqlite3 (needs python3, make and g++)",
    };
  }
}

async function sodiumCheck(): Promise<Check> {
  const sodium = await sodiumReady();
  return { name: "libsodium", ok: true, detail: sodium.SODIUM_VERSION_STRING };
}

function keyFileCheck(): Check {
  const path = process.env.PROBITY_KEY_FILE ?? defaultKeyFile();
  if (!existsSync(path))
    return { name: "key file", ok: true, detail: `${path} is made by the first run that needs it` };
  const open = (statSync(path).mode & 0o077) !== 0;
  return open
    ? {
        name: "key file",
        ok: false,
        detail: `${path} can be read by others`,
        how: `chmod 600 ${path}`,
      }
    : { name: "key file", ok: true, detail: path };
}
