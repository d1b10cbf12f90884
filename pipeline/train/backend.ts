import { PipelineError } from "../core/error.ts";
import { startCpu, startTensorflow, startWasm, startWebgpu, type Started } from "./backends.ts";
import { useMixedPrecision } from "./kernels/mixed-precision.ts";
import type { Tf } from "./tensors.ts";

export type BackendName = "cuda" | "webgpu" | "native" | "wasm" | "cpu";
export type BackendChoice = "auto" | BackendName;

/** Where tensors live and are computed. One per process, as tfjs has one global engine. */
export interface Backend {
  readonly name: BackendName;
  /** The device as its driver names it, or the kind of processor code. */
  readonly device: string;
  readonly gpu: boolean;
  /** Why this one and not a faster one, for the report. */
  readonly why: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly tf: Tf;
}

export interface BackendState {
  readonly name: BackendName;
  readonly state: "ready" | "missing" | "failed";
  readonly detail: string;
  /** The command that gets it, or why there is nothing to do. */
  readonly how: string;
}

interface Candidate {
  readonly how: string;
  start(): Promise<Started>;
}

// In the order that `auto` tries them.
const candidates: Readonly<Record<BackendName, Candidate>> = {
  cuda: {
    how: "npm run setup:tensorflow -- --wheel FILE --sha256 HEX with a CUDA wheel of tensorflow, or npm install @tensorflow/tfjs-node-gpu with CUDA 11.2 and cuDNN 8",
    start: () => startTensorflow("gpu"),
  },
  webgpu: { how: "npm install webgpu, with a Vulkan, Metal or D3D12 driver", start: startWebgpu },
  native: {
    how: "npm run setup:tensorflow (Linux on x64, with python3, pip and g++), or npm install @tensorflow/tfjs-node-gpu",
    start: () => startTensorflow("cpu"),
  },
  wasm: { how: "part of the installation", start: startWasm },
  cpu: { how: "part of the installation", start: startCpu },
};
const order = Object.keys(candidates) as readonly BackendName[];

/**
 * The backend asked for, or with `auto` the fastest that works here. A software rasteriser is never
 * chosen by `auto`, as it is slower than wasm. Throws `backend` when the one asked for, or a GPU
 * where one is required, is not there.
 */
export async function selectBackend(
  choice: BackendChoice,
  options: { readonly requireGpu?: boolean } = {},
): Promise<Backend> {
  const requireGpu = options.requireGpu ?? false;
  const passedOver: string[] = [];
  for (const name of choice === "auto" ? order : [choice]) {
    const attempt = await attemptStart(name);
    if (typeof attempt === "string") {
      passedOver.push(`${name}: ${attempt}`);
    } else if (requireGpu && !attempt.gpu) {
      passedOver.push(`${name}: ${attempt.device} is not a GPU`);
    } else if (choice === "auto" && name === "webgpu" && !attempt.gpu) {
      passedOver.push(`webgpu: ${attempt.device} is a software rasteriser`);
    } else {
      const why = choice === "auto" ? ["first that works", ...passedOver].join("; ") : "asked for";
      // A former attempt may have left another backend active.
      await activate(attempt);
      return { name, why, ...attempt };
    }
  }
  throw new PipelineError(
    "backend",
    requireGpu && choice === "auto"
      ? `no GPU was found (${passedOver.join("; ")})`
      : `the backend ${choice} cannot be used (${passedOver.join("; ")})`,
    {
      hint:
        choice === "auto"
          ? "run `probity doctor`, or drop require_gpu"
          : `to get it: ${candidates[choice].how}; or choose backend: auto`,
    },
  );
}

/** What products of matrices are computed in. */
export type Precision = "full" | "mixed";

/**
 * Lets a backend compute its matrix products in half precision, until it is selected anew. Throws
 * `backend` where it cannot.
 */
export function setPrecision({ name, tf }: Backend, precision: Precision): void {
  if (precision === "full") return;
  if (name !== "native" && name !== "cuda") {
    throw new PipelineError("backend", `the backend ${name} has no mixed precision`, {
      hint: `native and cuda have; to get native: ${candidates.native.how}; or drop train.precision`,
    });
  }
  useMixedPrecision(tf);
}

/** The state of every backend, in the order of preference. Starts each one, which takes a second. */
export async function inspectBackends(): Promise<readonly BackendState[]> {
  const states: BackendState[] = [];
  for (const name of order) {
    const attempt = await attemptStart(name);
    const { how } = candidates[name];
    states.push(
      typeof attempt === "string"
        ? { name, state: isMissing(attempt) ? "missing" : "failed", detail: attempt, how }
        : { name, state: "ready", detail: attempt.device, how },
    );
  }
  return states;
}

async function activate({ tf, engine }: Started): Promise<void> {
  // A backend that fails makes setBackend answer false, and tfjs goes on in plain JavaScript.
  if (!(await tf.setBackend(engine)) || tf.getBackend() !== engine) {
    throw new PipelineError("backend", `tfjs could not start its backend ${engine}`);
  }
}

/** The started backend, or why it cannot be. */
async function attemptStart(name: BackendName): Promise<Started | string> {
  try {
    const started = await candidates[name].start();
    await activate(started);
    // The sum of a matrix product, as a driver may load and yet compute nothing.
    const { tf } = started;
    const probe = tf.tidy(() => tf.sum(tf.matMul(tf.ones([3, 5]), tf.ones([5, 2]))));
    const value = (await probe.data())[0];
    probe.dispose();
    return value === 30 ? started : "it computes wrong results";
  } catch (error) {
    return firstLine(error);
  }
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n", 1)[0] ?? "";
}

function isMissing(reason: string): boolean {
  return /cannot find (module|package)|not installed|there is no|no GPU adapter/i.test(reason);
}
