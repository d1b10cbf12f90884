import type Sodium from "libsodium-wrappers";
import { PipelineError } from "../core/error.ts";

let loaded: typeof Sodium | undefined;

/**
 * Loads libsodium (WebAssembly, some 30 ms) on the first call. Whoever opens or makes a keyring has
 * waited for it already; only `sign` and its kin, which are synchronous, ask the caller to wait.
 */
export async function sodiumReady(): Promise<typeof Sodium> {
  if (loaded !== undefined) return loaded;
  const { default: library } = await import("libsodium-wrappers");
  await library.ready;
  loaded = library;
  return library;
}

/** libsodium for synchronous code; throws `internal` when nobody awaited `sodiumReady` before. */
export function sodium(): typeof Sodium {
  if (loaded === undefined) {
    throw new PipelineError("internal", "libsodium is used before sodiumReady was awaited");
  }
  return loaded;
}
