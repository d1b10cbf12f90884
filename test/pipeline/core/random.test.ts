import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  below,
  gaussian,
  keyedRandom,
  seededRandom,
  shuffle,
  systemRandom,
  uniform,
} from "../../../pipeline/core/random.ts";
import type { Random } from "../../../pipeline/core/types.ts";

const draw = (random: Random, n: number): number[] =>
  Array.from({ length: n }, () => random.uint32());

describe("random streams", () => {
  it("repeat for a seed, differ between seeds", () => {
    assert.deepEqual(draw(seededRandom("a"), 3000), draw(seededRandom("a"), 3000));
    assert.notDeepEqual(draw(seededRandom("a"), 4), draw(seededRandom("b"), 4));
  });

  it("fork independently of how much the parent was used", () => {
    const used = seededRandom("a");
    draw(used, 100);
    assert.deepEqual(draw(used.fork("x"), 8), draw(seededRandom("a").fork("x"), 8));
    assert.notDeepEqual(draw(used.fork("x"), 8), draw(used.fork("y"), 8));
  });

  it("keep the seeded and the keyed kind apart", () => {
    const key = Buffer.alloc(32, 1);
    assert.notDeepEqual(draw(keyedRandom(key), 4), draw(seededRandom(key.toString("binary")), 4));
  });

  it("never replay the system's", () => {
    const random = systemRandom();
    assert.notDeepEqual(draw(random, 4), draw(random, 4));
    assert.equal(random.fork("x"), random);
  });

  it("are uniform: χ² of 16 cells over 160,000 draws stays below its 99.99 % point", () => {
    const random = seededRandom("uniform");
    const cells = new Array<number>(16).fill(0);
    for (let i = 0; i < 160_000; i++) cells[below(random, 16)]!++;
    const chi = cells.reduce((sum, n) => sum + (n - 10_000) ** 2 / 10_000, 0);
    assert.ok(chi < 44.26, `χ² = ${chi}`);
  });

  it("give normal numbers with mean 0 and variance 1", () => {
    const random = seededRandom("normal");
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < 100_000; i++) {
      const z = gaussian(random);
      sum += z;
      squares += z * z;
    }
    assert.ok(Math.abs(sum / 100_000) < 0.015);
    assert.ok(Math.abs(squares / 100_000 - 1) < 0.02);
  });

  it("give numbers in [0, 1) and permutations", () => {
    const random = seededRandom("shuffle");
    for (let i = 0; i < 1000; i++) {
      const u = uniform(random);
      assert.ok(u >= 0 && u < 1);
    }
    const items = shuffle(
      random,
      Array.from({ length: 100 }, (_, i) => i),
    );
    assert.deepEqual(
      items.toSorted((a, b) => a - b),
      Array.from({ length: 100 }, (_, i) => i),
    );
  });
});
