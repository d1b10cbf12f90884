import { spawnSync } from "node:child_process";
import { availableParallelism, cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { packageRoot } from "../../pipeline/core/package-root.ts";
import { seededRandom } from "../../pipeline/core/random.ts";
import {
  inspectBackends,
  selectBackend,
  setPrecision,
  type BackendName,
} from "../../pipeline/train/backend.ts";
import { restoreWasmKernels } from "../../pipeline/train/kernels/wasm.ts";
import { networks, type LanguageKind } from "../../pipeline/train/language.ts";
import type { Network } from "../../pipeline/train/models/network.ts";
import { nextToken } from "../../pipeline/train/objectives/next-token.ts";
import { adamw, zeroMoments } from "../../pipeline/train/optimizer.ts";
import { gradientsOf } from "../../pipeline/train/parallel/gradients.ts";
import { matrixSize } from "../../pipeline/train/parallel/parts.ts";
import { countParameters, disposeAll, toTensors } from "../../pipeline/train/tensors.ts";

// Time of one training step (forward, backward, clipping, AdamW) of the language models, of 16
// sequences: on each backend that works here, on tfjs's wasm kernels as they come, and in PyTorch on
// the processor where PROBITY_PYTHON, or python3, has it.
//
//   node dist/test/bench/train.js [seconds per case] [kind or number of a case] [backend]

const BATCH = 16;
const VOCABULARY = 67;
const seconds = Number(process.argv[2] ?? 5);
const threads = availableParallelism();
const all: readonly {
  readonly kind: LanguageKind;
  readonly layers: number;
  readonly width: number;
  readonly context: number;
  readonly heads: number;
}[] = [
  { kind: "lstm-lm", layers: 1, width: 128, context: 64, heads: 4 },
  { kind: "gpt", layers: 2, width: 128, context: 64, heads: 4 },
  { kind: "gpt", layers: 4, width: 256, context: 128, heads: 4 },
  { kind: "gpt", layers: 6, width: 384, context: 128, heads: 4 },
];
const [, , , wantedCase, wantedBackend] = process.argv;
const cases = all.filter(
  ({ kind }, i) => wantedCase === undefined || wantedCase === kind || wantedCase === String(i),
);
type Case = (typeof all)[number];

interface Way {
  readonly name: BackendName;
  /** tfjs's own kernels. */
  readonly untouched?: boolean;
  readonly workers?: number;
  readonly mixed?: boolean;
}

async function measure({ name, untouched, workers = 1, mixed }: Way, one: Case): Promise<void> {
  const backend = await selectBackend(name);
  const { tf } = backend;
  if (mixed) setPrecision(backend, "mixed");
  if (untouched) restoreWasmKernels(tf);
  const { kind, context } = one;
  const network: Network = networks[kind];
  const shape = { vocabulary: VOCABULARY, ...one };
  const weights = network.weights(shape, seededRandom("bench"));
  let parameters = toTensors(tf, weights);
  const moments = zeroMoments(tf, parameters);
  const tokens = Int32Array.from({ length: BATCH * context }, (_, i) => (i * 31) % VOCABULARY);
  const targets = tokens.map((id) => (id + 31) % VOCABULARY);
  const windows = { batch: BATCH, time: context, tokens, targets };
  const work = BATCH * context * matrixSize(weights, ["positions", "embedding"]);
  const gradients = gradientsOf(
    {
      objective: nextToken(network, shape, (named) => named),
      spec: { kind: "next-token", network: kind, shape },
      ...{ rows: BATCH, work: untouched ? 0 : work, dropout: 0 },
    },
    backend,
    { count: workers },
  );
  const settings = {
    ...{ learningRate: 1e-3, weightDecay: 0.1, clipNorm: 1 },
    ...{ warmupSteps: 1, totalSteps: 1e6 },
  };
  const random = seededRandom("dropout");
  const step = async (number: number): Promise<void> => {
    const { loss, gradients: found } = await gradients.of(parameters, windows, random);
    parameters = adamw(tf, parameters, found, moments, number, settings);
    await loss.data();
    loss.dispose();
  };
  for (let i = 0; i < 3; i++) await step(i);
  const tensors = tf.memory().numTensors;
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  const times: number[] = [];
  do {
    const start = performance.now();
    await step(3 + times.length);
    times.push(performance.now() - start);
  } while (performance.now() - began < 1000 * seconds || times.length < 3);
  const used = process.cpuUsage(cpu);
  const leak = tf.memory().numTensors - tensors;
  times.sort((a, b) => a - b);
  const way = untouched
    ? " as it comes"
    : mixed
      ? ", mixed"
      : workers > 1
        ? `, ${workers} threads`
        : "";
  print(one, countParameters(weights), name + way, {
    ms: times[times.length >> 1]!,
    best: times[0]!,
    busy: (used.user + used.system) / 1000 / times.length,
    leak,
  });
  await gradients.close();
  disposeAll(parameters);
  disposeAll(moments.first);
  disposeAll(moments.second);
}

function print(
  { kind, context }: Case,
  parameters: number,
  way: string,
  result: { ms: number; best: number; busy: number; leak?: number },
): void {
  const columns = [
    kind.padEnd(8),
    `${(parameters / 1e6).toFixed(2)}M`.padStart(7),
    `${BATCH} × ${context}`.padStart(9),
    way.padEnd(18),
    `${result.ms.toFixed(0)} ms`.padStart(9),
    `${result.best.toFixed(0)} ms`.padStart(9),
    `${result.busy.toFixed(0)} ms`.padStart(9),
    ((1000 * BATCH * context) / result.ms).toFixed(0).padStart(9),
    (result.leak === undefined ? "" : String(result.leak)).padStart(6),
  ];
  process.stdout.write(`${columns.join("  ")}\n`);
}

function measurePytorch(one: Case): void {
  const python = process.env.PROBITY_PYTHON ?? "python3";
  if (spawnSync(python, ["-c", "import torch"]).status !== 0) {
    process.stdout.write(`PyTorch is absent: ${python} cannot import torch (set PROBITY_PYTHON)\n`);
    return;
  }
  const script = fileURLToPath(new URL("test/bench/pytorch_step.py", packageRoot));
  const settings = { seconds, threads, batch: BATCH, vocabulary: VOCABULARY, cases: [one] };
  const { stdout, stderr } = spawnSync(python, [script, JSON.stringify(settings)], {
    encoding: "utf8",
  });
  if (stdout === "") throw new Error(stderr);
  const result = JSON.parse(stdout) as Record<"ms" | "best" | "busy" | "parameters", number>;
  print(one, result.parameters, `PyTorch, ${threads} threads`, result);
}

process.stdout.write(
  `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, Node ${process.version}\n`,
);
process.stdout.write(
  "model     params   sequences  where                  median       best  processor  tokens/s  tensors grown\n",
);
const ready = (await inspectBackends()).filter(({ state }) => state === "ready");
for (const one of cases) {
  for (const { name, detail } of ready) {
    if (wantedBackend !== undefined && wantedBackend !== name) continue;
    // Slow ways take minutes for the larger models and tell nothing new.
    const slow = name === "cpu" || /swiftshader|llvmpipe/i.test(detail);
    if (slow && one.width > 128) continue;
    await measure({ name }, one);
    if (name === "native") await measure({ name, mixed: true }, one);
    if (name !== "wasm") continue;
    if (threads > 1) await measure({ name, workers: threads }, one);
    if (one.width <= 128) await measure({ name, untouched: true }, one);
  }
  if (wantedBackend === undefined || wantedBackend === "pytorch") measurePytorch(one);
}
process.exit(0);
