// Vectors: https://github.com/C2SP/wycheproof/tree/main/testvectors_v1
import assert from "node:assert/strict";
import { createCipheriv, createDecipheriv } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { before, describe, it } from "node:test";
import { equalBytes, hmacSha256 } from "../../../pipeline/core/digest.ts";
import { PipelineError } from "../../../pipeline/core/error.ts";
import { packageRoot } from "../../../pipeline/core/package-root.ts";
import { verifyEd25519 } from "../../../pipeline/core/signature.ts";
import { aead, TAG, type Engine } from "../../../pipeline/crypto/aead.ts";
import { agree } from "../../../pipeline/crypto/age/x25519.ts";
import { hkdf, hkdfExpand, hkdfExtract } from "../../../pipeline/crypto/hkdf.ts";
import { publicKeyOf, sign } from "../../../pipeline/crypto/sign.ts";
import { sodiumReady } from "../../../pipeline/crypto/sodium.ts";

const folder = new URL("../shared/vectors/wycheproof/", packageRoot);
const skip = existsSync(folder) ? false : "shared/vectors/wycheproof is absent";

type Test = Readonly<Record<string, string>> & { readonly tcId: number; readonly size: number };
interface Group {
  readonly tests: readonly Test[];
  readonly tagSize?: number;
  readonly keySize?: number;
  readonly ivSize?: number;
  readonly publicKey?: { readonly pk: string };
}

function groups(name: string): readonly Group[] {
  const file = readFileSync(new URL(`${name}_test.json`, folder), "utf8");
  return (JSON.parse(file) as { readonly testGroups: readonly Group[] }).testGroups;
}

/** Hex of what an operation gives, undefined when it throws. */
function attempt(operation: () => Uint8Array): string | undefined {
  try {
    return Buffer.from(operation()).toString("hex");
  } catch {
    return undefined;
  }
}

const bytes = (hex: string | undefined): Buffer => Buffer.from(hex ?? "", "hex");

describe("Wycheproof", { skip }, () => {
  before(async () => sodiumReady());

  for (const engine of ["fast", "libsodium"] as const satisfies readonly Engine[]) {
    it(`ChaCha20-Poly1305, ${engine}: all without associated data`, async () => {
      const cipher = await aead(engine);
      let done = 0;
      for (const test of groups("chacha20_poly1305").flatMap((g) => g.tests)) {
        if (test.aad !== "" || test.iv?.length !== 24) continue;
        const [key, iv, msg] = [bytes(test.key), bytes(test.iv), bytes(test.msg)];
        const sealed = Buffer.concat([bytes(test.ct), bytes(test.tag)]);
        const opened = cipher.open(key, iv, sealed);
        if (test.result === "valid") {
          assert.ok(opened !== undefined && equalBytes(opened, msg), `${test.tcId}`);
          const out = new Uint8Array(msg.length + TAG);
          cipher.seal(key, iv, msg, out, 0);
          assert.ok(equalBytes(out, sealed), `${test.tcId}`);
        } else assert.equal(opened, undefined, `${test.tcId}`);
        done++;
      }
      assert.equal(done, 45);
    });
  }

  it("ChaCha20-Poly1305 with associated data: both libraries below the engines", async () => {
    const library = await sodiumReady();
    const tests = groups("chacha20_poly1305").flatMap((g) => g.tests);
    for (const test of tests) {
      const [key, iv, aad] = [bytes(test.key), bytes(test.iv), bytes(test.aad)];
      const [ct, tag] = [bytes(test.ct), bytes(test.tag)];
      const expected = test.result === "valid" ? test.msg : undefined;
      const viaNode = attempt(() => {
        const decipher = createDecipheriv("chacha20-poly1305", key, iv, { authTagLength: TAG });
        decipher.setAuthTag(tag);
        decipher.setAAD(aad, { plaintextLength: ct.length });
        return Buffer.concat([decipher.update(ct), decipher.final()]);
      });
      const viaSodium = attempt(() =>
        library.crypto_aead_chacha20poly1305_ietf_decrypt(
          null,
          Buffer.concat([ct, tag]),
          aad,
          iv,
          key,
        ),
      );
      assert.equal(viaSodium, expected, `${test.tcId}`);
      // Node pads short nonces with zeros as RFC 7539 never meant; ours are always 12 bytes.
      if (iv.length === 12) assert.equal(viaNode, expected, `${test.tcId}`);
    }
    assert.equal(tests.length, 325);
  });

  it("XChaCha20-Poly1305, as sealed cells use it", async () => {
    const library = await sodiumReady();
    const tests = groups("xchacha20_poly1305").flatMap((g) => g.tests);
    for (const test of tests) {
      const opened = attempt(() =>
        library.crypto_aead_xchacha20poly1305_ietf_decrypt(
          null,
          Buffer.concat([bytes(test.ct), bytes(test.tag)]),
          bytes(test.aad),
          bytes(test.iv),
          bytes(test.key),
        ),
      );
      assert.equal(opened, test.result === "valid" ? test.msg : undefined, `${test.tcId}`);
    }
    assert.equal(tests.length, 315);
  });

  it("X25519", () => {
    const ours = groups("x25519").flatMap((g) => g.tests);
    for (const test of ours) {
      const shared = bytes(test.shared);
      const run = (): Uint8Array => agree(bytes(test.private), bytes(test.public));
      if (shared.every((b) => b === 0)) {
        assert.throws(run, (e) => e instanceof PipelineError && e.code === "format");
      } else if (test.result === "valid") {
        assert.ok(equalBytes(run(), shared), `${test.tcId}`);
      } else {
        // "acceptable": a point that one may refuse, but must not get wrong.
        try {
          assert.ok(equalBytes(run(), shared), `${test.tcId}`);
        } catch (e) {
          assert.ok(e instanceof PipelineError, `${test.tcId}`);
        }
      }
    }
    assert.equal(ours.length, 518);
  });

  it("AES-256-GCM with nonces of 12 bytes, as scratch space uses it", () => {
    let done = 0;
    for (const { tests, keySize, ivSize } of groups("aes_gcm")) {
      if (keySize !== 256 || ivSize !== 96) continue;
      for (const test of tests) {
        const [key, iv, aad, msg] = [test.key, test.iv, test.aad, test.msg].map(bytes);
        const opened = attempt(() => {
          const decipher = createDecipheriv("aes-256-gcm", key!, iv!);
          decipher.setAAD(aad!).setAuthTag(bytes(test.tag));
          return Buffer.concat([decipher.update(bytes(test.ct)), decipher.final()]);
        });
        assert.equal(opened, test.result === "valid" ? test.msg : undefined, `${test.tcId}`);
        done++;
        if (test.result !== "valid") continue;
        const cipher = createCipheriv("aes-256-gcm", key!, iv!).setAAD(aad!);
        const sealed = Buffer.concat([cipher.update(msg!), cipher.final(), cipher.getAuthTag()]);
        assert.equal(sealed.toString("hex"), `${test.ct}${test.tag}`, `${test.tcId}`);
      }
    }
    assert.equal(done, 66);
  });

  it("Ed25519: verification, and our signatures where the message is valid", () => {
    let done = 0;
    for (const { tests, publicKey } of groups("ed25519")) {
      for (const test of tests) {
        const valid = verifyEd25519(bytes(publicKey?.pk), bytes(test.msg), bytes(test.sig));
        assert.equal(valid, test.result === "valid", `${test.tcId}`);
        done++;
      }
    }
    assert.equal(done, 151);
    // RFC 8032 section 7.1, test 2.
    const seed = bytes("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
    const secret = Buffer.concat([seed, publicKeyOf(seed)]);
    assert.equal(
      Buffer.from(sign(secret, bytes("72"))).toString("hex"),
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    );
  });

  it("HKDF-SHA-256", () => {
    const tests = groups("hkdf_sha256").flatMap((g) => g.tests);
    assert.equal(tests.length, 86);
    for (const test of tests) {
      const [ikm, salt, info] = [bytes(test.ikm), bytes(test.salt), bytes(test.info)];
      if (test.result !== "valid") {
        // It asks for more than 255 blocks.
        assert.throws(() => hkdf(ikm, salt, info, test.size));
        continue;
      }
      assert.ok(equalBytes(hkdf(ikm, salt, info, test.size), bytes(test.okm)), `${test.tcId}`);
      if (test.size > 32) continue;
      const halves = hkdfExpand(hkdfExtract(salt, ikm), info, test.size);
      assert.ok(equalBytes(halves, bytes(test.okm)), `${test.tcId}`);
    }
  });

  it("HMAC-SHA-256", () => {
    let done = 0;
    for (const { tests, tagSize } of groups("hmac_sha256")) {
      for (const test of tests) {
        const tag = hmacSha256(bytes(test.key), bytes(test.msg)).subarray(0, tagSize! / 8);
        const same = equalBytes(tag, bytes(test.tag));
        assert.equal(same, test.result === "valid", `${test.tcId}`);
        done++;
      }
    }
    assert.equal(done, 174);
  });

  it("has no file that is neither used above nor left out for a reason", () => {
    const used =
      "aes_gcm chacha20_poly1305 ed25519 hkdf_sha256 hmac_sha256 x25519 xchacha20_poly1305";
    // AEGIS-256 is nowhere in what we write; neither libsodium's nor OpenSSL's is called.
    const leftOut = ["aegis256"];
    assert.deepEqual(
      readdirSync(folder).sort(),
      [...used.split(" "), ...leftOut].map((name) => `${name}_test.json`).sort(),
    );
  });
});
