import { cpus } from "node:os";
import { inspectBackends, selectBackend, type BackendName } from "../../pipeline/train/backend.ts";
import { differentiate } from "../../pipeline/train/differentiate.ts";
import { restoreWasmKernels } from "../../pipeline/train/kernels/wasm.ts";
import { networks, type LanguageKind } from "../../pipeline/train/language.ts";
import { crossEntropy } from "../../pipeline/train/models/layers.ts";
import type { Network } from "../../pipeline/train/models/network.ts";
import { adamw, zeroMoments } from "../../pipeline/train/optimizer.ts";
import { seededRandom } from "../../pipeline/core/random.ts";
import { countParameters, disposeAll, toTensors } from "../../pipeline/train/tensors.ts";

// Time of one training step (forward, backward, AdamW) of the language models, of 16 sequences, on
// each backend that works here and on tfjs's wasm kernels as they come.
//
//   node dist/test/bench/train.js [seconds per case]

const BATCH = 16;
const seconds = Number(process.argv[2] ?? 5);
const cases: readonly {
  readonly kind: LanguageKind;
  readonly layers: number;
  readonly width: number;
  readonly context: number;
}[] = [
  { kind: "lstm-lm", layers: 1, width: 128, context: 64 },
  { kind: "gpt", layers: 2, width: 128, context: 64 },
  { kind: "gpt", layers: 4, width: 256, context: 128 },
  { kind: "gpt", layers: 6, width: 384, context: 128 },
];

async function measure(
  name: BackendName,
  untouched: boolean,
  { kind, layers, width, context }: (typeof cases)[number],
): Promise<void> {
  const { tf } = await selectBackend(name);
  if (untouched) restoreWasmKernels(tf);
  const network: Network = networks[kind];
  const shape = { vocabulary: 67, context, width, layers, heads: 4 };
  const weights = network.weights(shape, seededRandom("bench"));
  let parameters = toTensors(tf, weights);
  const moments = zeroMoments(tf, parameters);
  const ids = Int32Array.from({ length: BATCH * context }, (_, i) => (i * 31) % 67);
  const settings = {
    learningRate: 1e-3,
    weightDecay: 0.1,
    clipNorm: 1,
    warmupSteps: 1,
    totalSteps: 1e6,
  };
  const step = async (number: number): Promise<void> => {
    const { loss, gradients } = tf.tidy(() => {
      const block = { tokens: tf.tensor1d(ids, "int32"), batch: BATCH, time: context };
      const targets = tf.tensor1d(
        ids.map((id) => (id + 31) % 67),
        "int32",
      );
      return differentiate(tf, parameters, (named) =>
        tf.mean(
          crossEntropy(
            tf,
            network.logits(tf, named, shape, block, (x) => x),
            targets,
          ),
        ),
      );
    });
    parameters = adamw(tf, parameters, gradients, moments, number, settings);
    await loss.data();
    loss.dispose();
  };
  await step(0);
  const tensors = tf.memory().numTensors;
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  let steps = 0;
  do await step(++steps);
  while (performance.now() - began < 1000 * seconds);
  const wall = (performance.now() - began) / steps;
  const used = process.cpuUsage(cpu);
  const busy = (used.user + used.system) / 1000 / steps;
  const leak = tf.memory().numTensors - tensors;
  const columns = [
    kind.padEnd(8),
    `${(countParameters(weights) / 1e6).toFixed(2)}M`.padStart(7),
    `${BATCH} × ${context}`.padStart(9),
    (name + (untouched ? " as it comes" : "")).padEnd(18),
    `${wall.toFixed(0)} ms`.padStart(9),
    `${busy.toFixed(0)} ms`.padStart(9),
    ((1000 * BATCH * context) / wall).toFixed(0).padStart(9),
    String(leak).padStart(6),
  ];
  process.stdout.write(`${columns.join("  ")}\n`);
  disposeAll(parameters);
  disposeAll(moments.first);
  disposeAll(moments.second);
}

process.stdout.write(
  `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, Node ${process.version}\n`,
);
process.stdout.write(
  "model     params   sequences  backend              a step   processor  tokens/s  tensors grown\n",
);
const ready = (await inspectBackends()).filter(({ state }) => state === "ready");
for (const one of cases) {
  for (const { name, detail } of ready) {
    // Plain JavaScript and software GPUs take minutes for the larger ones and tell nothing new.
    const slow = name === "cpu" || /swiftshader|llvmpipe/i.test(detail);
    if (slow && one.width > 128) continue;
    await measure(name, false, one);
    if (name === "wasm") await measure(name, true, one);
  }
}
process.exit(0);
