import { PipelineError } from "../core/error.ts";
import {
  selectBackend,
  setPrecision,
  type Backend,
  type Precision,
  type BackendChoice,
  type BackendName,
} from "./backend.ts";

/** Where to go on when a backend dies: these are part of the installation. */
const after: Readonly<Record<BackendName, BackendName | undefined>> = {
  cuda: "wasm",
  webgpu: "wasm",
  native: "wasm",
  wasm: "cpu",
  cpu: undefined,
};

/**
 * Trains on the chosen backend. When that dies (a lost device, memory that cannot be had) `attempt` is
 * called again with the next one if the policy allows it, and finds the last checkpoint; else it
 * throws `backend`. Our own errors pass: they say what is wrong with the data or the settings.
 */
export async function trainOn<T>(
  choice: BackendChoice,
  options: {
    readonly requireGpu: boolean;
    readonly fallback: boolean;
    readonly precision?: Precision;
  },
  attempt: (backend: Backend) => Promise<T>,
): Promise<{ readonly result: T; readonly backend: Backend }> {
  let backend = await selectBackend(choice, options);
  setPrecision(backend, options.precision ?? "full");
  for (;;) {
    try {
      return { result: await attempt(backend), backend };
    } catch (error) {
      if (error instanceof PipelineError) throw error;
      const reason = (error instanceof Error ? error.message : String(error)).split("\n", 1)[0]!;
      const died = `the backend ${backend.name} died in training: ${reason}`;
      const next = after[backend.name];
      if (!options.fallback || options.requireGpu || next === undefined) {
        throw new PipelineError("backend", died, {
          cause: error,
          hint: "start the run again: it goes on from the last checkpoint; train.fallback: true lets it go on by itself on wasm",
        });
      }
      const other = await selectBackend(next);
      backend = { ...other, why: `${died}; went on from the last checkpoint on ${next}` };
    }
  }
}
