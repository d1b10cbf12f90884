import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { verifyEd25519 } from "../../../pipeline/core/signature.ts";
import { createSigningKey, publicKeyOf, sign } from "../../../pipeline/crypto/sign.ts";
import { sodiumReady } from "../../../pipeline/crypto/sodium.ts";
import { flipped, sample } from "./bytes.ts";

await sodiumReady();

describe("signing key", () => {
  const { publicKey, secretKey } = createSigningKey();

  it("signs what the core verifies, and nothing else", () => {
    for (const message of [new Uint8Array(0), sample(1000)]) {
      const signature = sign(secretKey, message);
      assert.ok(verifyEd25519(publicKey, message, signature));
      assert.ok(!verifyEd25519(publicKey, message, flipped(signature, 10)));
      assert.ok(!verifyEd25519(publicKey, sample(999), signature));
    }
  });

  it("has one public key", () => {
    assert.deepEqual(publicKeyOf(secretKey), publicKey);
  });
});
