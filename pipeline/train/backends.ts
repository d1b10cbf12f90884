import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus } from "node:os";
import { PipelineError } from "../core/error.ts";
import { registerGradients } from "./gradients.ts";
import { useFullPrecision } from "./kernels/mixed-precision.ts";
import { registerNativeKernels } from "./kernels/native-lstm.ts";
import { registerWasmKernels } from "./kernels/wasm.ts";
import { libtensorflowPresent, registerLibtensorflow } from "./libtensorflow.ts";
import { vulkanLoaderPresent } from "./vulkan.ts";
import type { Tf } from "./tensors.ts";

/** A backend that tfjs has loaded. `engine` is the name that tfjs knows it by. */
export interface Started {
  readonly tf: Tf;
  readonly engine: string;
  readonly device: string;
  readonly gpu: boolean;
  readonly versions: Readonly<Record<string, string>>;
}

// What drivers call a GPU that is a program: Mesa's, Google's and Microsoft's.
const SOFTWARE_GPU = /swiftshader|llvmpipe|lavapipe|softpipe|software|warp|basic render/i;
const require = createRequire(import.meta.url);

/** Plain JavaScript: always there, and the reference that tests compare with. */
export async function startCpu(): Promise<Started> {
  const tf = await loadCore();
  await import("@tensorflow/tfjs-backend-cpu");
  return { tf, engine: "cpu", device: "JavaScript", gpu: false, versions: { tfjs: versionOf(tf) } };
}

/** WebAssembly with SIMD on one thread, so that sums have one order and a seed one result. */
export async function startWasm(): Promise<Started> {
  const tf = await loadCore();
  const wasm = await import("@tensorflow/tfjs-backend-wasm");
  wasm.setThreadsCount(1);
  if (!(await tf.setBackend("wasm"))) throw new PipelineError("backend", "wasm does not start");
  registerWasmKernels(tf);
  return {
    tf,
    engine: "wasm",
    device: `WebAssembly SIMD on ${processor()}`,
    gpu: false,
    versions: { tfjs: versionOf(tf), wasm: wasm.version_wasm },
  };
}

/** Dawn through the package `webgpu`. */
export async function startWebgpu(): Promise<Started> {
  if (!vulkanLoaderPresent()) throw new PipelineError("backend", "there is no Vulkan loader");
  const dawn = await importOptional<{
    create(flags: readonly string[]): Gpu;
    globals: Record<string, unknown>;
  }>("webgpu");
  const tf = await loadCore();
  const gpu = (sharedGpu ??= dawn.create([]));
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) throw new PipelineError("backend", "no GPU adapter was found");
  // tfjs looks for the browser's globals once, when its module is loaded.
  Object.assign(globalThis, dawn.globals);
  Object.defineProperty(globalThis, "navigator", {
    value: { gpu, userAgent: "node", platform: process.platform },
    configurable: true,
    writable: true,
  });
  await import("@tensorflow/tfjs-backend-webgpu");
  const { info } = adapter;
  const device = info.description || info.device || info.vendor || "unnamed adapter";
  return {
    tf,
    engine: "webgpu",
    device,
    gpu: !SOFTWARE_GPU.test(`${info.vendor} ${info.architecture} ${device}`),
    versions: { tfjs: versionOf(tf), webgpu: packageVersion("webgpu") },
  };
}

/**
 * libtensorflow through what `npm run setup:tensorflow` made, `@tensorflow/tfjs-node-gpu` or
 * `tfjs-node`, on a GPU or on the processor.
 */
export async function startTensorflow(kind: "gpu" | "cpu"): Promise<Started> {
  const tf = await loadCore();
  const binding = libtensorflowPresent()
    ? { version: { libtensorflow: registerLibtensorflow(tf) } }
    : await importFirst(["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"]);
  if (!(await tf.setBackend("tensorflow"))) {
    throw new PipelineError("backend", "libtensorflow does not start");
  }
  registerNativeKernels(tf);
  useFullPrecision(tf);
  const gpu = (tf.backend() as { isUsingGpuDevice?: boolean }).isUsingGpuDevice === true;
  if (kind === "gpu" && !gpu) throw new PipelineError("backend", "libtensorflow finds no GPU");
  return {
    tf,
    engine: "tensorflow",
    device: gpu ? "CUDA GPU" : processor(),
    gpu,
    versions: { tfjs: versionOf(tf), ...binding.version },
  };
}

interface Gpu {
  requestAdapter(options: object): Promise<null | { readonly info: AdapterInfo }>;
}
interface AdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
}

// Dawn's instance must outlive every device made from it.
let sharedGpu: Gpu | undefined;

async function loadCore(): Promise<Tf> {
  const tf = await import("@tensorflow/tfjs-core");
  // Also silences the advice that tfjs prints on Node.
  tf.enableProdMode();
  registerGradients(tf);
  return tf;
}

function versionOf(tf: Tf): string {
  return tf.version_core;
}

async function importFirst(
  names: readonly string[],
): Promise<{ readonly version?: Record<string, string> }> {
  let reason: unknown;
  for (const name of names) {
    try {
      return await importOptional<{ version?: Record<string, string> }>(name);
    } catch (error) {
      reason ??= error;
    }
  }
  throw reason;
}

/** Imports a package that need not be installed; its types are not needed to build. */
async function importOptional<T>(name: string): Promise<T> {
  try {
    return (await import(name)) as T;
  } catch (cause) {
    const absent = (cause as { code?: string }).code === "ERR_MODULE_NOT_FOUND";
    const why = absent ? "is not installed" : "does not load on this machine";
    throw new PipelineError("backend", `the package ${name} ${why}`, { cause });
  }
}

function packageVersion(name: string): string {
  try {
    // Its exports hide package.json, which stands beside the entry point.
    const file = new URL("package.json", `file://${require.resolve(name)}`);
    return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
  } catch {
    return "unknown";
  }
}

function processor(): string {
  return cpus()[0]?.model.trim() ?? process.arch;
}
