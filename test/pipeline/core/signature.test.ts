import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { verifyEd25519 } from "../../../pipeline/core/signature.ts";

// RFC 8032 section 7.1, tests 1 to 3.
const vectors = [
  [
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  ],
  [
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  ],
  [
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    "af82",
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  ],
] as const;

describe("verifyEd25519", () => {
  for (const [key, message, signature] of vectors) {
    const parts = [key, message, signature].map((hex) => Buffer.from(hex, "hex")) as [
      Buffer,
      Buffer,
      Buffer,
    ];
    it(`accepts the signature of ${message || "nothing"} and no other`, () => {
      assert.ok(verifyEd25519(...parts));
      const flipped = Buffer.from(parts[2]);
      flipped[7]! ^= 1;
      assert.ok(!verifyEd25519(parts[0], parts[1], flipped));
      assert.ok(!verifyEd25519(parts[0], Buffer.concat([parts[1], Buffer.from([0])]), parts[2]));
    });
  }

  it("answers false to keys and signatures of the wrong size", () => {
    assert.ok(!verifyEd25519(Buffer.alloc(31), Buffer.alloc(0), Buffer.alloc(64)));
    assert.ok(!verifyEd25519(Buffer.alloc(32), Buffer.alloc(0), Buffer.alloc(63)));
  });
});
