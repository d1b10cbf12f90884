import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import { PipelineError } from "../core/error.ts";
import { packageRoot } from "../core/package-root.ts";
import type { Tf } from "./tensors.ts";

/** What `npm run setup:tensorflow` has made. */
const place = new URL(".tensorflow/", packageRoot);

/** Whether `npm run setup:tensorflow` has been run here. */
export function libtensorflowPresent(): boolean {
  return existsSync(new URL("setup.json", place));
}

/**
 * Registers the backend `tensorflow` from the compiled binding; returns the version of libtensorflow.
 * The kernels are those of tfjs-node, on the core that everything else here uses.
 */
export function registerLibtensorflow(tf: Tf): string {
  beQuiet();
  const require = createRequire(new URL("tfjs-node/", place));
  const { tensorflow } = JSON.parse(readFileSync(new URL("setup.json", place), "utf8")) as {
    tensorflow: string;
  };
  if (tf.findBackendFactory("tensorflow") as unknown) return tensorflow;
  try {
    const binding = require(fileURLToPath(new URL("tfjs_binding.node", place))) as unknown;
    require("./dist/register_all_kernels.js");
    const { NodeJSKernelBackend } = require("./dist/nodejs_kernel_backend.js") as {
      NodeJSKernelBackend: new (binding: unknown, name: string) => never;
    };
    tf.registerBackend(
      "tensorflow",
      () => new NodeJSKernelBackend(binding, "@tensorflow/tfjs-node"),
    );
  } catch (cause) {
    throw new PipelineError("backend", "the compiled binding of libtensorflow does not load", {
      hint: "make it again: npm run setup:tensorflow -- --remove && npm run setup:tensorflow",
      cause,
    });
  }
  return tensorflow;
}

/** No advice about processors on stderr when libtensorflow is loaded; its warnings and errors stay. */
function beQuiet(): void {
  const library = fileURLToPath(new URL("quiet.node", place));
  if (process.env.TF_CPP_MIN_LOG_LEVEL !== undefined || !existsSync(library)) return;
  const { RTLD_NOW, RTLD_GLOBAL } = constants.dlopen;
  // For all, so that libtensorflow finds it before its own.
  process.dlopen({ exports: {} }, library, RTLD_NOW | RTLD_GLOBAL);
}
