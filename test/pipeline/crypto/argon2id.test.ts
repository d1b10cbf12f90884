import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { argon2id, checkCost } from "../../../pipeline/crypto/argon2id.ts";
import { sodiumReady } from "../../../pipeline/crypto/sodium.ts";

describe("Argon2id", () => {
  // From @noble/hashes 2.4.0: argon2id(passphrase, salt, { t, m, p: 1, dkLen: 32, version: 0x13 }).
  const cases = [
    [1, 8, "7de86e0385a02537737e570ccc74a343686bc7edadf76ef2a82da9d390604cf2"],
    [3, 64, "5b146afb651b55e8becfbb029d8925bc68c356af7301b447e7631ba171b23dbf"],
    [2, 1024, "38cdbaceff438de5c8d4f4106ddd0406c412c824f149f08d58e562a792288539"],
  ] as const;
  for (const [passes, memoryKib, hex] of cases) {
    it(`gives what an independent implementation gives, ${memoryKib} KiB, ${passes} passes`, async () => {
      const passphrase = Buffer.from("correct horse 电池");
      const salt = Buffer.from("sixteen byte slt");
      const key = await argon2id(passphrase, salt, { memoryKib, passes });
      assert.equal(Buffer.from(key).toString("hex"), hex);
    });
  }

  it("bounds memory and passes", () => {
    for (const [memoryKib, passes] of [
      [7, 1],
      [8, 0],
      [1024 * 1024 + 1, 1],
      [8, 17],
      [NaN, 1],
      [8, 1.5],
    ] as const) {
      assert.throws(
        () => {
          checkCost({ memoryKib, passes });
        },
        { code: "format" },
      );
    }
  });
});

describe("keyed BLAKE2b", () => {
  it("gives what Python's hashlib gives", async () => {
    // hashlib.blake2b(b"probity/slot/v1\0k\0slot_1", key=bytes(range(32)), digest_size=32)
    const library = await sodiumReady();
    const key = Uint8Array.from({ length: 32 }, (_, i) => i);
    const hash = library.crypto_generichash(32, "probity/slot/v1\0k\0slot_1", key);
    assert.equal(
      Buffer.from(hash).toString("hex"),
      "ef536e712cb1e8d420118dfb25eeb2e37ab5113b0407ca2de3a4b2a134f66bf8",
    );
  });
});
