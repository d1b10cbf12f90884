import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { equalBytes } from "../../../pipeline/core/digest.ts";
import { decryptStream, inspectFile } from "../../../pipeline/crypto/age/file.ts";
import { generateHybrid } from "../../../pipeline/crypto/age/hybrid.ts";
import { CHUNK } from "../../../pipeline/crypto/age/stream.ts";
import { generateX25519 } from "../../../pipeline/crypto/age/x25519.ts";
import { createKeyring, openKeyring } from "../../../pipeline/crypto/keyring.ts";
import {
  inMemory,
  openBytes,
  openShard,
  reencryptShard,
  rewriteHeader,
  rotateShard,
  sealBytes,
  sealShard,
  shardRoot,
} from "../../../pipeline/crypto/shard.ts";
import { collect, flipped, pieces, sample, watched } from "./bytes.ts";
import { fails } from "./fails.ts";

const place = { dataset: "adult-3f9a", index: 7 };
const key = Buffer.alloc(32, 1);
const classic = await generateX25519();
const hybrid = await generateHybrid();
const keyring = await createKeyring("adult", [
  { kind: "keyfile", key },
  { kind: "recipient", recipient: classic.recipient },
  { kind: "recipient", recipient: hybrid.recipient },
]);
const small = await createKeyring("small", [{ kind: "keyfile", key }]);

const sizes = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1, 17 * CHUNK + 5];

describe("shard", () => {
  for (const size of sizes) {
    for (const engine of ["fast", "libsodium"] as const) {
      it(`of ${size} bytes opens as it was sealed, ${engine}`, async () => {
        const plain = sample(size);
        const file = await collect(sealShard(keyring, place, pieces(plain, 40_000), { engine }));
        const other = engine === "fast" ? "libsodium" : "fast";
        const opened = await openShard(keyring, place, inMemory(file), { engine: other });
        assert.equal(opened.byteLength, size);
        assert.ok(equalBytes(await collect(opened.read()), plain));
        for (const { identity } of [classic, hybrid]) {
          const stock = decryptStream(inMemory(file), { identities: [identity] });
          assert.ok(equalBytes(await collect(stock), plain));
        }
      });
    }
  }

  it("has the same payload whatever pieces it came in", async () => {
    const plain = sample(5 * CHUNK + 100);
    for (const size of [1000, CHUNK, CHUNK + 1, 3 * CHUNK, plain.length]) {
      const file = await collect(sealShard(small, place, pieces(plain, size)));
      const opened = await openShard(small, place, inMemory(file));
      assert.ok(equalBytes(await collect(opened.read()), plain));
    }
  });

  it("reads any range, decrypting only the chunks that hold it", async () => {
    const plain = sample(4 * CHUNK + 1234);
    const file = watched(await collect(sealShard(small, place, pieces(plain))));
    const opened = await openShard(small, place, file);
    const offset = fc.nat(plain.length + 10);
    await fc.assert(
      fc.asyncProperty(offset, offset, async (a, b) => {
        const [start, end] = [Math.min(a, b), Math.max(a, b)];
        file.reads.length = 0;
        const got = await collect(opened.read({ start, end }));
        assert.ok(equalBytes(got, plain.slice(start, end)));
        const bytes = file.reads.reduce((sum, [from, to]) => sum + to - from, 0);
        assert.ok(bytes <= (Math.ceil((end - start) / CHUNK) + 1) * (CHUNK + 16));
      }),
      { numRuns: 40 },
    );
  });

  it("opens in its own place alone", async () => {
    const file = await collect(sealShard(small, place, pieces(sample(10))));
    const elsewhere = [
      { ...place, index: 8 },
      { ...place, dataset: "adult-3f9b" },
    ];
    for (const wrong of elsewhere) {
      await fails("integrity", async () => openShard(small, wrong, inMemory(file)));
    }
    const stranger = await createKeyring("small", [{ kind: "keyfile", key }]);
    await fails("integrity", async () => openShard(stranger, place, inMemory(file)));
    for (const name of ["", "a b", "数据", "x".repeat(201)]) {
      const bad = { dataset: name, index: 0 };
      await fails("usage", async () => collect(sealShard(small, bad, pieces(sample(1)))));
    }
  });

  it("is refused with any byte changed", async () => {
    const file = await collect(sealShard(keyring, place, pieces(sample(20))));
    for (let at = 0; at < file.length; at++) {
      const changed = inMemory(flipped(file, at, at % 8));
      await assert.rejects(async () => openShard(keyring, place, changed), `byte ${at}`);
    }
  });

  it("is refused when a chunk of it was changed, moved or cut off", async () => {
    const plain = sample(3 * CHUNK);
    const file = await collect(sealShard(small, place, pieces(plain)));
    const { length } = await inspectFile(inMemory(file));
    const payload = length + 16;
    const sealed = CHUNK + 16;
    const chunk = (i: number): Uint8Array =>
      file.subarray(payload + i * sealed, payload + (i + 1) * sealed);
    const join = (...chunks: Uint8Array[]): Uint8Array =>
      Buffer.concat([file.subarray(0, payload), ...chunks]);
    for (const [what, bytes] of [
      ["last chunk gone", join(chunk(0), chunk(1))],
      ["all chunks gone", join()],
      ["order changed", join(chunk(1), chunk(0), chunk(2))],
      ["a chunk twice", join(chunk(0), chunk(0), chunk(1), chunk(2))],
      ["a chunk missing", join(chunk(0), chunk(2))],
      ["a byte missing", file.subarray(0, -1)],
      ["a byte more", Buffer.concat([file, Buffer.alloc(1)])],
      ["a bit of chunk 1", flipped(file, payload + sealed + 5)],
    ] as const) {
      await assert.rejects(
        async () => {
          const opened = await openShard(small, place, inMemory(bytes));
          await collect(opened.read());
        },
        { code: "integrity" },
        what,
      );
    }
  });

  it("opens after a rotation with a new header and the same payload", async () => {
    const rotated = await createKeyring("r", [{ kind: "keyfile", key }]);
    const plain = sample(CHUNK + 9);
    const file = await collect(sealShard(rotated, place, pieces(plain)));
    rotated.rotate();
    const { header, replaces } = await rewriteHeader(rotated, place, inMemory(file));
    const renewed = Buffer.concat([header, file.subarray(replaces)]);
    assert.equal(await shardRoot(place, inMemory(file)), "drk_1");
    assert.equal(await shardRoot(place, inMemory(renewed)), "drk_2");
    rotated.forget("drk_1");
    await fails("key", async () => openShard(rotated, place, inMemory(file)));
    const opened = await openShard(rotated, place, inMemory(renewed));
    assert.ok(equalBytes(await collect(opened.read()), plain));
  });
});

describe("many shards", () => {
  it("keep their bytes in a rewrap, their payload in a rotation, their plaintext in both", async () => {
    const ring = await createKeyring("m", [{ kind: "keyfile", key }]);
    const files: Uint8Array[] = [];
    for (let index = 0; index < 100; index++) {
      files.push(await collect(sealShard(ring, { ...place, index }, pieces(sample(index * 50)))));
    }
    await ring.rewrap();
    const reopened = await openKeyring(ring.serialize(), [{ kind: "keyfile", key }]);
    reopened.rotate();
    for (const [index, file] of files.entries()) {
      const where = { ...place, index };
      const rotated = await collect(rotateShard(reopened, where, inMemory(file)));
      const [old, now] = await Promise.all(
        [file, rotated].map(async (f) => inspectFile(inMemory(f))),
      );
      assert.ok(equalBytes(file.subarray(old!.length), rotated.subarray(now!.length)));
      const renewed = await collect(reencryptShard(reopened, where, inMemory(rotated)));
      assert.equal(await shardRoot(where, inMemory(renewed)), "drk_2");
      assert.notDeepEqual(renewed.subarray(-16), rotated.subarray(-16));
      const opened = await openShard(reopened, where, inMemory(renewed));
      assert.ok(equalBytes(await collect(opened.read()), sample(index * 50)));
    }
  });
});

describe("sealed bytes", () => {
  it("open under their context alone", async () => {
    const plain = sample(100_000);
    const sealed = await sealBytes(small, "model 9f2c 权重", plain);
    assert.ok(equalBytes(await openBytes(small, "model 9f2c 权重", sealed), plain));
    await fails("integrity", async () => openBytes(small, "model 9f2c", sealed));
    const shard = await collect(sealShard(small, place, pieces(plain)));
    await fails("format", async () => openBytes(small, "model", shard));
    await fails("integrity", async () => openBytes(small, "model 9f2c 权重", sealed.slice(0, -1)));
  });

  it("open with an age identity of a recipient slot", async () => {
    const sealed = await sealBytes(keyring, "x", sample(10));
    const stock = decryptStream(inMemory(sealed), { identities: [classic.identity] });
    assert.ok(equalBytes(await collect(stock), sample(10)));
  });
});
