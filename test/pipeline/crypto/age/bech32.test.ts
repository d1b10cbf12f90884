import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { decodeBech32, encodeBech32 } from "../../../../pipeline/crypto/age/bech32.ts";

describe("Bech32", () => {
  // https://github.com/bitcoin/bips/blob/master/bip-0173.mediawiki#test-vectors
  const valid = [
    ["a", "A12UEL5L", ""],
    [
      "abcdef",
      "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
      "00443214c74254b635cf84653a56d7c675be77df",
    ],
    [
      "1",
      "11qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqc8247j",
      "00".repeat(51),
    ],
  ] as const;
  for (const [prefix, text, hex] of valid) {
    it(`reads ${text}`, () => {
      const bytes = decodeBech32(prefix, text);
      assert.equal(bytes === undefined ? undefined : Buffer.from(bytes).toString("hex"), hex);
    });
  }

  it("writes what it reads", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const text = encodeBech32("age", bytes);
        assert.deepEqual(decodeBech32("age", text), bytes);
        assert.deepEqual(decodeBech32("age", text.toUpperCase()), bytes);
        assert.equal(decodeBech32("ag", text), undefined);
      }),
    );
  });

  it("refuses any changed character", () => {
    const text = encodeBech32("age", new Uint8Array(32));
    for (let i = 0; i < text.length; i++) {
      const other = text[i] === "q" ? "p" : "q";
      assert.equal(decodeBech32("age", text.slice(0, i) + other + text.slice(i + 1)), undefined);
    }
    assert.equal(decodeBech32("age", text.replace("a", "A")), undefined, "mixed case");
  });
});
