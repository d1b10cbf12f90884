import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { sha256 } from "../../../pipeline/core/digest.ts";
import { trainLanguage } from "../../../pipeline/train/language.ts";
import { contextOn, stream } from "./fixtures.ts";

// Started by kill.test.ts, which kills it: trains a gpt with checkpoints in a file, says when it has
// written one, and at the end prints the digest of the model.
const file = process.argv[2]!;
const context = await contextOn("wasm", {
  workers: { count: 2, leastWork: 1 },
  checkpoint: {
    load: () => Promise.resolve(existsSync(file) ? readFileSync(file) : undefined),
    save(bytes) {
      writeFileSync(`${file}.new`, bytes);
      renameSync(`${file}.new`, file);
      process.stdout.write("saved\n");
      return Promise.resolve();
    },
  },
});
const model = await trainLanguage(
  {
    text: () => stream(["the cat sat on the mat. ".repeat(30)]),
    validation: () => stream(["the cat sat on a mat."]),
  },
  {
    kind: "gpt",
    tokenizer: "bpe",
    vocabulary: 270,
    context: 12,
    width: 16,
    layers: 1,
    heads: 2,
    batch_size: 4,
    accumulate: 2,
    dropout: 0.1,
    steps: 120,
    evaluate_every: 20,
    learning_rate: 0.01,
  },
  context,
);
process.stdout.write(`${sha256(model.serialize())}\n`);
