import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seededRandom, systemRandom, uniform } from "../../../pipeline/core/random.ts";
import type { Batch } from "../../../pipeline/core/types.ts";
import { selectBackend } from "../../../pipeline/train/backend.ts";
import { adversaryShare, opposed } from "../../../pipeline/train/adversary.ts";
import type { FairnessSettings } from "../../../pipeline/train/fair-loss.ts";
import { trainTabular } from "../../../pipeline/train/tabular.ts";
import { loadModel } from "../../../pipeline/train/load-model.ts";

// A label that follows `x`, which is higher for group a, and `z`, which is not: without help, a is
// selected more often.
const draws = seededRandom("people");
const people = Array.from({ length: 1200 }, (_, i) => {
  const group = i % 2;
  const x = uniform(draws) * 2 - 1 + (group === 0 ? 0.6 : -0.6);
  const z = uniform(draws) * 2 - 1;
  return { group, x, z, y: x + z + 0.6 * (uniform(draws) - 0.5) > 0 ? "1" : "0" };
});
const batch: Batch = {
  rows: people.length,
  columns: {
    x: people.map(({ x }) => x),
    z: people.map(({ z }) => z),
    y: people.map(({ y }) => y),
  },
};
const group = Float32Array.from(people, (person) => person.group);

async function gapOf(fairness?: FairnessSettings): Promise<number> {
  const backend = await selectBackend("cpu");
  const model = await trainTabular(
    {
      columns: [
        { name: "x", type: "decimal" },
        { name: "z", type: "decimal" },
      ],
      label: { column: "y", favourable: "1" },
      train: () => once({ batch, group }),
      validation: () => once(batch),
    },
    {
      kind: "logistic",
      hidden: [],
      epochs: 12,
      batch_size: 200,
      learning_rate: 0.1,
      weight_decay: 0,
      patience: 12,
      ...(fairness === undefined ? {} : { fairness }),
    },
    {
      backend,
      random: seededRandom("train"),
      entropy: systemRandom(),
      signal: new AbortController().signal,
      progress: () => undefined,
    },
  );
  const attached = await loadModel(model.attach({ note: "kept" }).serialize(), backend);
  assert.ok("score" in attached && "attached" in attached);
  assert.deepEqual(attached.attached, { note: "kept" });
  const scores = await attached.score(batch);
  const mean = (g: number): number => {
    const own = [...scores].filter((_, i) => people[i]!.group === g);
    return own.reduce((sum, score) => sum + score, 0) / own.length;
  };
  return Math.abs(mean(0) - mean(1));
}

async function* once<T>(value: T): AsyncGenerator<T> {
  yield await Promise.resolve(value);
}

describe("training against differences between groups", () => {
  it("brings mean scores together, by a penalty and by an adversary", async () => {
    const plain = await gapOf();
    assert.ok(plain > 0.4, String(plain));
    const about = { constraint: "demographic_parity", groups: 2 } as const;
    assert.ok((await gapOf({ ...about, kind: "penalty", strength: 10 })) < plain / 2);
    const hidden = await gapOf({ ...about, kind: "adversarial", strength: 1 });
    assert.ok(hidden < plain / 2, String(hidden));
  });

  it("takes every constraint", async () => {
    for (const constraint of ["equalized_odds", "equal_opportunity"] as const)
      for (const kind of ["penalty", "adversarial"] as const)
        assert.ok(Number.isFinite(await gapOf({ constraint, kind, groups: 2, strength: 1 })));
  });
});

describe("adversarial debiasing", () => {
  it("takes away from a step all that would help the adversary, and goes against it", async () => {
    const { tf } = await selectBackend("cpu");
    const random = seededRandom("gradients");
    const drawn = (shape: [number, number]) =>
      tf.tensor2d(
        Array.from({ length: shape[0] * shape[1] }, () => uniform(random) - 0.5),
        shape,
      );
    const own = { w0: drawn([3, 2]), b0: drawn([1, 2]) };
    const other = { w0: drawn([3, 2]), b0: drawn([1, 2]), "adversary/b": drawn([1, 2]) };
    const flat = (named: Readonly<Record<string, { dataSync(): ArrayLike<number> }>>) =>
      ["w0", "b0"].flatMap((name) => Array.from(named[name]!.dataSync()));
    const [g, h] = [flat(own), flat(other)];
    const mine = Array.from(other["adversary/b"].dataSync());
    const dot = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
    const { gradients } = opposed(
      tf,
      { loss: tf.scalar(1), gradients: own },
      { loss: tf.scalar(2), gradients: other },
      0.7,
    );
    const found = flat(gradients);
    const expected = g.map((x, i) => x - (dot(g, h) / dot(h, h) + 0.7) * h[i]!);
    found.forEach((x, i) => {
      assert.ok(Math.abs(x - expected[i]!) < 1e-6);
    });
    assert.ok(Math.abs(dot(found, h) + 0.7 * dot(h, h)) < 1e-6);
    assert.deepEqual(Array.from(gradients["adversary/b"]!.dataSync()), mine);
  });

  it("begins without the adversary and has it whole after a third", () => {
    assert.deepEqual(
      [0, 1 / 6, 1 / 3, 1].map((done) => adversaryShare(2, done)),
      [0, 1, 2, 2],
    );
  });
});
