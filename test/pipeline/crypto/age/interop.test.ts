import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { armor, Decrypter, Encrypter } from "age-encryption";
import { equalBytes } from "../../../../pipeline/core/digest.ts";
import { encodeArmor } from "../../../../pipeline/crypto/age/armor.ts";
import { decryptStream, encryptStream } from "../../../../pipeline/crypto/age/file.ts";
import { generateHybrid } from "../../../../pipeline/crypto/age/hybrid.ts";
import { CHUNK } from "../../../../pipeline/crypto/age/stream.ts";
import { generateX25519 } from "../../../../pipeline/crypto/age/x25519.ts";
import { createKeyring } from "../../../../pipeline/crypto/keyring.ts";
import { inMemory, sealShard } from "../../../../pipeline/crypto/shard.ts";
import { collect, pieces, sample } from "../bytes.ts";

const borders = [0, 1, 15, 16, 17, 63, 64, 1000].concat(
  [1, 2, 3].flatMap((n) => [-17, -16, -1, 0, 1, 16].map((d) => n * CHUNK + d)),
);
const mine = await generateX25519();
const quantum = await generateHybrid();
const passphrase = Buffer.from("a passphrase");
const seal = async (plain: Uint8Array, recipient: string): Promise<Uint8Array> =>
  collect(encryptStream(pieces(plain), { recipients: [recipient] }));
const open = async (file: Uint8Array, identity: string): Promise<Uint8Array> =>
  collect(decryptStream(inMemory(file), { identities: [identity] }));

const version = spawnSync("age", ["--version"], { encoding: "utf8" }).stdout as string | null;

describe("the age program", { skip: version === null ? "age is not installed" : false }, () => {
  const folder = mkdtempSync(join(tmpdir(), "probity-age-"));
  after(() => {
    rmSync(folder, { recursive: true });
  });
  const identity = join(folder, "identity");
  writeFileSync(identity, `${mine.identity}\n`, { mode: 0o600 });
  const age = (input: Uint8Array, ...args: string[]): Uint8Array => {
    const run = spawnSync("age", args, { input, maxBuffer: 1 << 24 });
    assert.equal(run.status, 0, run.stderr.toString());
    return run.stdout;
  };

  for (const size of borders) {
    it(`reads ours and we read its, ${size} bytes`, async () => {
      const plain = sample(size);
      assert.ok(equalBytes(age(await seal(plain, mine.recipient), "-d", "-i", identity), plain));
      assert.ok(equalBytes(await open(age(plain, "-r", mine.recipient), mine.identity), plain));
    });
  }

  it("reads our armor and we read its", async () => {
    const plain = sample(CHUNK + 1);
    const text = await collect(encodeArmor(pieces(await seal(plain, mine.recipient))));
    assert.ok(equalBytes(age(text, "-d", "-i", identity), plain));
    assert.ok(equalBytes(await open(age(plain, "-a", "-r", mine.recipient), mine.identity), plain));
  });

  it("reads a shard sealed to an age recipient", async () => {
    const keyring = await createKeyring("d", [{ kind: "recipient", recipient: mine.recipient }]);
    const plain = sample(3 * CHUNK);
    const shard = await collect(sealShard(keyring, { dataset: "d", index: 0 }, pieces(plain)));
    assert.ok(equalBytes(age(shard, "-d", "-i", identity), plain));
  });
});

describe("npm age-encryption", () => {
  for (const size of borders) {
    it(`reads ours and we read its, ${size} bytes`, async () => {
      const plain = sample(size);
      const decrypter = new Decrypter();
      decrypter.addIdentity(mine.identity);
      assert.ok(equalBytes(await decrypter.decrypt(await seal(plain, mine.recipient)), plain));
      const encrypter = new Encrypter();
      encrypter.addRecipient(mine.recipient);
      assert.ok(equalBytes(await open(await encrypter.encrypt(plain), mine.identity), plain));
    });
  }

  it("agrees on post-quantum recipients", async () => {
    const plain = sample(100);
    const decrypter = new Decrypter();
    decrypter.addIdentity(quantum.identity);
    assert.ok(equalBytes(await decrypter.decrypt(await seal(plain, quantum.recipient)), plain));
    const encrypter = new Encrypter();
    encrypter.addRecipient(quantum.recipient);
    assert.ok(equalBytes(await open(await encrypter.encrypt(plain), quantum.identity), plain));
  });

  it("agrees on passphrases and armor", async () => {
    const encrypter = new Encrypter();
    encrypter.setPassphrase(passphrase.toString());
    encrypter.setScryptWorkFactor(10);
    const text = armor.encode(await encrypter.encrypt(sample(100)));
    const file = inMemory(Buffer.from(text));
    const plain = await collect(decryptStream(file, { identities: [], passphrase }));
    assert.ok(equalBytes(plain, sample(100)));
    const decrypter = new Decrypter();
    decrypter.addPassphrase(passphrase.toString());
    const ours = await collect(
      encryptStream(pieces(plain), { recipients: [], passphrase, workFactor: 10 }),
    );
    assert.ok(equalBytes(await decrypter.decrypt(ours), plain));
  });
});
