import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What the key management service of the tests remembers. */
export interface ProviderState {
  latest: number;
  destroyed: { readonly version: string; readonly at: string }[];
  log: string[];
}

// XOR under the key of a version, the context kept beside it.
const program = `import { readFileSync, writeFileSync } from "node:fs";
const file = process.argv[2];
const kms = JSON.parse(readFileSync(file, "utf8"));
const { operation, context, ...r } = JSON.parse(readFileSync(0, "utf8"));
const mask = (v, b64) => Buffer.from(Buffer.from(b64, "base64").map((b) => b ^ Number(v))).toString("base64");
const binding = JSON.stringify(context);
const answers = {
  wrap: () => ({ wrapped: JSON.stringify([binding, mask(kms.latest, r.plaintext)]), version: String(kms.latest) }),
  unwrap: () => {
    const [bound, masked] = JSON.parse(r.wrapped);
    const gone = kms.destroyed.some((one) => one.version === r.version && Date.parse(one.at) <= Date.now());
    if (bound !== binding || gone) process.exit(1);
    return { plaintext: mask(r.version, masked) };
  },
  version: () => ({ version: String(kms.latest) }),
  destroy: () => {
    const at = new Date(Date.now() + 864e5 * (r.after_days ?? 0)).toISOString();
    kms.destroyed.push({ version: r.version, at });
    return { destroyed: at };
  },
};
const answer = answers[operation]();
kms.log.push(operation);
writeFileSync(file, JSON.stringify(kms));
process.stdout.write(JSON.stringify(answer));
`;

/** A key management service in one file, as a key command: `argv` runs it, `state` is what it keeps. */
export interface Provider {
  readonly argv: readonly string[];
  state(): ProviderState;
  /** A new key version, which wraps from now on. */
  rotate(): void;
}

/** Writes the program and its first key version into a folder. */
export function writeProvider(folder: string): Provider {
  const [script, file] = [join(folder, "kms.mjs"), join(folder, "kms.json")];
  writeFileSync(script, program);
  writeFileSync(file, JSON.stringify({ latest: 1, destroyed: [], log: [] }));
  const state = (): ProviderState => JSON.parse(readFileSync(file, "utf8")) as ProviderState;
  return {
    argv: [process.execPath, script, file],
    state,
    rotate: () => {
      const now = state();
      writeFileSync(file, JSON.stringify({ ...now, latest: now.latest + 1 }));
    },
  };
}
