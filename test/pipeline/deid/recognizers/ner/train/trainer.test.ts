import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gaussian, seededRandom } from "../../../../../../pipeline/core/random.ts";
import {
  marginals,
  newLattice,
  pairs,
  TAGS,
} from "../../../../../../pipeline/deid/recognizers/ner/lattice.ts";
import { quantise } from "../../../../../../pipeline/deid/recognizers/ner/train/quantise.ts";
import {
  activate,
  dropout,
  emit,
  favouringPeople,
  goldScore,
  mean,
  train,
  type ActiveRows,
  type Trained,
} from "../../../../../../pipeline/deid/recognizers/ner/train/trainer.ts";

// Three tokens, "B-PERSON E-PERSON O", with edge units around them and one joint feature each.
const window = {
  n: 3,
  units: Int32Array.of(0, 0, 1, 2, 1, 0, 0),
  joint: Int32Array.of(9, 10, 11),
  tags: Uint8Array.of(1, 3, 0),
};
const units = [[0], [1, 2], [3, 4, 5]].map((rows) =>
  Array.from({ length: 5 }, (_, slot) => Int32Array.from(rows, (row) => (row + slot) % 12)),
);

describe("the trainer", () => {
  const random = seededRandom("gradient");
  const weights = Float32Array.from({ length: 16 * TAGS }, () => gaussian(random));
  const transition = Float64Array.from({ length: TAGS * TAGS }, () => gaussian(random));
  const active: ActiveRows = { rows: new Int32Array(8), ends: [] };
  const lattice = newLattice(4);

  function loss(): number {
    emit(window, active, weights, lattice);
    const log = marginals(lattice, 3, transition.map(Math.exp), true);
    return log - goldScore(window, lattice, transition);
  }

  it("descends along the gradient that finite differences give", () => {
    activate(window, units, [0], dropout(random, 0, 0), active);
    loss();
    const gradient = new Float64Array(weights.length);
    for (let t = 0, k = 0; t < 3; t++) {
      for (; k < active.ends[t]!; k++) {
        for (let tag = 0; tag < TAGS; tag++) {
          const right = window.tags[t] === tag ? 1 : 0;
          gradient[active.rows[k]! * TAGS + tag]! += lattice.posterior[t * TAGS + tag]! - right;
        }
      }
    }
    const pairGradient = lattice.pairSums.slice();
    pairGradient[1 * TAGS + 3]! -= 1;
    pairGradient[3 * TAGS]! -= 1;
    const step = 2 ** -7;
    for (let i = 0; i < weights.length; i += 3) {
      const old = weights[i]!;
      weights[i] = old + step;
      const above = loss();
      weights[i] = old - step;
      const slope = (above - loss()) / (2 * step);
      weights[i] = old;
      assert.ok(Math.abs(slope - gradient[i]!) < 2e-3, `weight ${i}: ${slope} and ${gradient[i]!}`);
    }
    for (const pair of pairs) {
      const old = transition[pair]!;
      transition[pair] = old + step;
      const above = loss();
      transition[pair] = old - step;
      const slope = (above - loss()) / (2 * step);
      transition[pair] = old;
      assert.ok(Math.abs(slope - pairGradient[pair]!) < 2e-3);
    }
  });

  it("learns a window by heart, the same way each time", () => {
    const run = (): { weights: Float32Array; losses: number[] } => {
      const losses: number[] = [];
      const { weights: learnt } = train([{ ...window, joint: window.joint.slice() }], units, [0], {
        bits: 4,
        least: 1,
        epochs: 20,
        rate: 0.1,
        dropout: 0.1,
        hidden: 0.1,
        certain: 0.01,
        decay: 0,
        random: seededRandom("by heart"),
        progress: (_, nats) => void losses.push(nats),
      });
      return { weights: learnt, losses };
    };
    const [first, second] = [run(), run()];
    assert.deepEqual(first, second);
    assert.ok(first.losses.at(-1)! < first.losses[0]! / 4);
  });

  it("takes the mean of models weight by weight", () => {
    const model = (weight: number): Trained => ({
      weights: Float32Array.of(weight, 1),
      transition: Float64Array.of(2 * weight),
    });
    assert.deepEqual(mean([model(1), model(2), model(6)]), {
      weights: Float32Array.of(3, 1),
      transition: Float64Array.of(6),
    });
  });

  it("favours people where their names begin, and nowhere else", () => {
    const transition = Float64Array.from({ length: TAGS * TAGS }, () => 1);
    const { transition: raised } = favouringPeople({ weights, transition }, 0.5);
    // From outside: to begin and single of a person, and not to those of a place; never from within a name.
    assert.deepEqual([raised[1], raised[4], raised[5], raised[8]], [1.5, 1.5, 1, 1]);
    assert.deepEqual([raised[0], raised[TAGS + 1], raised[TAGS + 3]], [1, 1, 1]);
    assert.equal(raised[3 * TAGS + 4], 1.5);
    assert.equal(transition[1], 1);
  });

  it("hides what a token is from its own features and from those that join it with others", () => {
    const kind = 1 << 28;
    const marked = units.map((slots) => slots.map((rows) => rows.map((row) => row | kind)));
    const all = { pool: new Uint8Array(1 << 20).fill(1), draw: () => 0 };
    const rowsWith = (hiding: number, joined: number): number => {
      const noise = { ...all, hiding: new Uint8Array(1 << 20).fill(hiding) };
      activate(window, marked, [joined], noise, active);
      return active.ends.at(-1)!;
    };
    const everything = rowsWith(0, 0);
    assert.equal(rowsWith(2, 0), everything);
    assert.equal(rowsWith(1, 0), 3);
    assert.equal(rowsWith(1, 1 << 4), 0);
    assert.equal(rowsWith(2, 1 << 4), everything);
    assert.equal(rowsWith(2, 2 << 4), everything - 3);
  });

  it("keeps weights within half a step when it makes bytes of them", () => {
    const small = new Float32Array(16 * TAGS);
    small.set([0.5, -0.25, 0.01, -0.49], 5 * TAGS);
    small.set([0.001], 6 * TAGS);
    const { rows, weights: bytes, scale } = quantise(small);
    assert.deepEqual([...rows], [1 << 5, 0]);
    bytes.forEach((byte, i) => {
      assert.ok(Math.abs(byte * scale - small[5 * TAGS + i]!) <= scale / 2 + 1e-6);
    });
  });
});
