import { selectBackend } from "../../../pipeline/train/backend.ts";
import type { Tensor } from "../../../pipeline/train/tensors.ts";
import { trainTabular } from "../../../pipeline/train/tabular.ts";
import { tabularDefaults } from "../../../pipeline/train/settings.ts";
import { cases as layerCases, inputsOf, objective, place } from "./gradient-cases.ts";
import { modelCases } from "./model-cases.ts";
import { contextOn, syntheticData } from "./fixtures.ts";

// Started by webgpu.test.ts with a software GPU in its environment, as the loader of Vulkan is found
// when the process starts. Prints one JSON object.
const results: Record<string, Record<string, number[]>> = {};
for (const name of ["cpu", "webgpu"] as const) {
  const { tf } = await selectBackend(name);
  const values: Record<string, number[]> = {};
  for (const one of [...layerCases, ...modelCases]) {
    const gradients = tf.tidy(() =>
      tf.grads((...x: Tensor[]) => objective(tf, one, x))(place(tf, one, inputsOf(one))),
    );
    const numbers: number[] = [];
    for (const gradient of gradients) numbers.push(...(await gradient.data()));
    tf.dispose(gradients);
    values[one.name] = numbers;
  }
  const settings = { ...tabularDefaults, hidden: [6], epochs: 2, batch_size: 100, dropout: 0 };
  const model = await trainTabular(syntheticData(400), settings, await contextOn(name));
  values["validation losses"] = model.history.map(({ validation }) => validation ?? NaN);
  values["tensors left"] = [tf.memory().numTensors];
  results[name] = values;
}
const { device, gpu } = await selectBackend("webgpu");
const auto = await selectBackend("auto");
process.stdout.write(JSON.stringify({ device, gpu, auto: auto.name, results }), () => {
  // Dawn's threads would keep the process alive.
  process.exit(0);
});
