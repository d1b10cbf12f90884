import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seededRandom } from "../../../pipeline/core/random.ts";
import { selectBackend } from "../../../pipeline/train/backend.ts";
import { networks, type LanguageKind } from "../../../pipeline/train/language.ts";
import type { Network } from "../../../pipeline/train/models/network.ts";
import { disposeAll, toTensors } from "../../../pipeline/train/tensors.ts";

const shape = { vocabulary: 11, context: 9, width: 8, layers: 2, heads: 2 };
const text = [3, 1, 4, 1, 5, 9, 2, 6, 5];

for (const kind of Object.keys(networks) as LanguageKind[]) {
  describe(`reading with ${kind}`, () => {
    for (const parts of [[9], [1, 1, 1, 1, 1, 1, 1, 1, 1], [4, 5], [2, 3, 4]]) {
      it(`in parts of ${parts.join(", ")} ends with the logits of the whole text`, async () => {
        const { tf } = await selectBackend("wasm");
        const network: Network = networks[kind];
        const parameters = toTensors(tf, network.weights(shape, seededRandom(kind)));
        const reader = network.reader(tf, parameters, shape);
        let last = new Float32Array();
        let at = 0;
        for (const count of parts) {
          last = Float32Array.from(await reader.read(text.slice(at, at + count)));
          at += count;
        }
        const all = tf.tidy(() => {
          const block = { tokens: tf.tensor1d(text, "int32"), batch: 1, time: text.length };
          const logits = network.logits(tf, parameters, shape, block, (x) => x);
          return logits.dataSync().slice(-shape.vocabulary);
        });
        for (const [i, logit] of last.entries()) {
          assert.ok(Math.abs(logit - all[i]!) < 1e-5, `logit ${i}: ${logit}, not ${all[i]}`);
        }
        reader.dispose();
        disposeAll(parameters);
        assert.equal(tf.memory().numTensors, 0);
      });
    }
  });
}
