import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { below, gaussian, seededRandom } from "../../../../../pipeline/core/random.ts";
import {
  leastGain,
  mayHoldNames,
  newLattice,
  reserve,
  TAGS,
  viterbi,
} from "../../../../../pipeline/deid/recognizers/ner/lattice.ts";
import { packedRows, sumRows } from "../../../../../pipeline/deid/recognizers/ner/packed-rows.ts";

describe("packed rows of weights", () => {
  it("sum to what the weights sum to, the largest and the smallest too", () => {
    const random = seededRandom("packed rows");
    const bits = 6;
    const has = Array.from({ length: 1 << bits }, () => below(random, 3) > 0);
    const rows = new Uint8Array((1 << bits) / 8);
    has.forEach((one, row) => (rows[row >>> 3]! |= Number(one) << (row & 7)));
    const table = has.map((one) =>
      Array.from({ length: TAGS }, () => (one ? [-128, 127, below(random, 256) - 128] : [0])).map(
        (choice) => choice[below(random, choice.length)]!,
      ),
    );
    const weights = Int8Array.from(table.filter((_, row) => has[row]).flat());
    const packed = packedRows({ language: "en", bits, rows, weights, transition: new Float64Array(), tables: {} }); // prettier-ignore
    const sums = new Int32Array(TAGS);
    for (const count of [0, 1, 40, 300]) {
      const picked = Array.from({ length: count }, () => below(random, 1 << bits));
      sumRows(
        packed,
        picked.map((row) => (row << (32 - bits)) | below(random, 1 << 20)),
        32 - bits,
        sums,
      );
      const wanted = Array.from({ length: TAGS }, (_, tag) =>
        picked.reduce((sum, row) => sum + table[row]![tag]!, 0),
      );
      assert.deepEqual([...sums], wanted);
    }
  });
});

describe("stretches that cannot hold a name", () => {
  it("are those where the best tags hold none, and many are seen at a glance", () => {
    const random = seededRandom("no names");
    const transition = Float64Array.from({ length: TAGS * TAGS }, () => gaussian(random) / 2);
    const least = leastGain(transition);
    const lattice = newLattice(8);
    let passed = 0;
    for (let round = 0; round < 400; round++) {
      const n = 1 + below(random, 8);
      reserve(lattice, n);
      for (let i = 0; i < n * TAGS; i++)
        lattice.emission[i] = 2 * gaussian(random) - (i % TAGS === 0 ? 0 : round / 40);
      if (mayHoldNames(lattice, 0, n, least)) continue;
      passed++;
      viterbi(lattice, n, transition);
      assert.ok(lattice.best.subarray(0, n).every((tag) => tag === 0));
    }
    assert.ok(passed > 50, `${passed} of 400`);
  });
});
