import { spawn } from "node:child_process";
import { PipelineError } from "../core/error.ts";

/** The protocol's name, sent with every request; docs/key-commands.md describes it. */
const KEY_COMMAND_PROTOCOL = "probity-key-command 1";

/** What a request is about. The command binds the wrapped key to it where its provider can. */
export interface KeyCommandContext {
  readonly keyring: string;
  readonly slot: string;
}

export type KeyCommandRequest =
  | { readonly operation: "wrap"; readonly plaintext: string }
  | { readonly operation: "unwrap"; readonly wrapped: string; readonly version: string }
  | { readonly operation: "version" }
  | {
      readonly operation: "destroy";
      readonly wrapped: string;
      readonly version: string;
      readonly after_days?: number;
    };

const TIMEOUT_MS = 120_000;
const MAX_OUTPUT = 64 * 1024;

/**
 * Runs a key command once: the request as one JSON line on its stdin, its answer's string members as
 * a record. No shell is involved; stderr and the terminal are the command's own. Throws `key` when it
 * fails, takes over two minutes, or does not answer in the protocol.
 */
export async function runKeyCommand(
  argv: readonly string[],
  context: KeyCommandContext,
  request: KeyCommandRequest,
): Promise<Readonly<Record<string, string>>> {
  const output = await converse(
    argv,
    `${JSON.stringify({ protocol: KEY_COMMAND_PROTOCOL, ...request, context })}\n`,
  );
  let answer: unknown;
  try {
    answer = JSON.parse(output);
  } catch (cause) {
    throw failure(argv, "its answer is not JSON", cause);
  }
  if (typeof answer !== "object" || answer === null) throw failure(argv, "its answer is no object");
  const members = Object.entries(answer).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return Object.fromEntries(members);
}

/** A member of an answer that the protocol requires. */
export function required(
  argv: readonly string[],
  answer: Readonly<Record<string, string>>,
  member: string,
): string {
  const value = answer[member];
  if (value === undefined) throw failure(argv, `its answer has no ${member}`);
  return value;
}

async function converse(argv: readonly string[], input: string): Promise<string> {
  const [program, ...rest] = argv;
  if (program === undefined) throw new PipelineError("usage", "a key command has no program");
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, {
      stdio: ["pipe", "pipe", "inherit"],
      shell: false,
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
    const parts: Buffer[] = [];
    let bytes = 0;
    child.stdout.on("data", (part: Buffer) => {
      parts.push(part);
      bytes += part.length;
      if (bytes > MAX_OUTPUT) child.kill("SIGKILL");
    });
    // A command that answers without reading its input closes the pipe; its exit code tells.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    child.on("error", (cause) => {
      clearTimeout(timer);
      reject(failure(argv, "it cannot be started", cause));
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (bytes > MAX_OUTPUT) reject(failure(argv, "its answer is too long"));
      else if (code === 0) resolve(Buffer.concat(parts).toString("utf8"));
      else
        reject(
          failure(argv, signal === null ? `it exited with ${code ?? -1}` : `it got ${signal}`),
        );
    });
  });
}

function failure(argv: readonly string[], why: string, cause?: unknown): PipelineError {
  return new PipelineError("key", `the key command ${argv[0] ?? ""} failed: ${why}`, {
    hint: "docs/key-commands.md has the protocol",
    cause,
  });
}
