import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { selectBackend, type BackendName } from "../../../pipeline/train/backend.ts";
import type { Tensor } from "../../../pipeline/train/tensors.ts";
import { absent } from "./fixtures.ts";
import { cases as layerCases, type Case, inputsOf, objective, place } from "./gradient-cases.ts";
import { modelCases } from "./model-cases.ts";

const cases = [...layerCases, ...modelCases];
const gradientsOf = async (choice: BackendName, one: Case): Promise<Float32Array[]> => {
  const { tf } = await selectBackend(choice);
  return tf.tidy(() =>
    tf
      .grads((...x: Tensor[]) => objective(tf, one, x) as never)(place(tf, one, inputsOf(one)))
      .map((gradient) => gradient.dataSync<"float32">().slice()),
  );
};

for (const backend of ["cpu", "wasm", "native"] as const) {
  describe(
    `gradients against finite differences and plain JavaScript on ${backend}`,
    { skip: absent(backend) },
    () => {
      for (const one of cases) {
        it(one.name, async () => {
          const plain = await gradientsOf("cpu", one);
          const exact = await gradientsOf(backend, one);
          const { tf } = await selectBackend(backend);
          const values = inputsOf(one);
          const h = 1e-2;
          const valueAt = (i: number, j: number, shift: number): number =>
            tf.tidy(() => {
              const moved = values.map((x) => x.slice());
              moved[i]![j]! += shift;
              return objective(tf, one, place(tf, one, moved)).dataSync()[0]!;
            });
          for (const [i, gradient] of exact.entries()) {
            const every = Math.ceil(gradient.length / (one.sample ?? Infinity)) || 1;
            for (const [j, slope] of gradient.entries()) {
              const same = plain[i]![j]!;
              assert.ok(
                Math.abs(slope - same) < 1e-4 * (1 + Math.abs(same)),
                `input ${i} element ${j}: ${slope}, in plain JavaScript ${same}`,
              );
              if (j % every !== 0) continue;
              // Central differences of two widths cancel the error of third order.
              const wide = (valueAt(i, j, 2 * h) - valueAt(i, j, -2 * h)) / (4 * h);
              const narrow = (valueAt(i, j, h) - valueAt(i, j, -h)) / (2 * h);
              const slopeAbout = (4 * narrow - wide) / 3;
              assert.ok(
                Math.abs(slope - slopeAbout) < 4e-3 * (1 + Math.abs(slope)),
                `input ${i} element ${j}: ${slope} against ${slopeAbout}`,
              );
            }
          }
          assert.equal(tf.memory().numTensors, 0);
        });
      }
    },
  );
}
