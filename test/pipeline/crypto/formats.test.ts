// A reader written from docs/formats.md alone, with node:crypto and nothing of ours.
import assert from "node:assert/strict";
import {
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
} from "node:crypto";
import { describe, it } from "node:test";
import { decodeBech32 } from "../../../pipeline/crypto/age/bech32.ts";
import { generateX25519 } from "../../../pipeline/crypto/age/x25519.ts";
import { createKeyring } from "../../../pipeline/crypto/keyring.ts";
import { sealShard } from "../../../pipeline/crypto/shard.ts";
import { collect, pieces, sample } from "./bytes.ts";

interface Lock {
  readonly share: string;
  readonly sealed: string;
}
interface KeyringJson {
  readonly id: string;
  readonly roots: readonly {
    readonly id: string;
    readonly salt: string;
    readonly sealed: string;
  }[];
  readonly slots: readonly { readonly id: string; readonly lock: Lock }[];
  readonly mac: string;
}

const bytes = (base64: string): Buffer => Buffer.from(base64, "base64");
const hkdf = (secret: Uint8Array, salt: Uint8Array, info: string, length = 32): Buffer =>
  Buffer.from(hkdfSync("sha256", secret, salt, info, length));
const none = Buffer.alloc(0);

function open(key: Uint8Array, sealed: Uint8Array, nonce = Buffer.alloc(12)): Buffer {
  const decipher = createDecipheriv("chacha20-poly1305", key, nonce, { authTagLength: 16 });
  decipher.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
}

function x25519(scalar: Uint8Array, point: Uint8Array): Buffer {
  const pkcs8 = Buffer.concat([Buffer.from("302e020100300506032b656e04220420", "hex"), scalar]);
  const spki = Buffer.concat([Buffer.from("302a300506032b656e032100", "hex"), point]);
  return diffieHellman({
    privateKey: createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" }),
    publicKey: createPublicKey({ key: spki, format: "der", type: "spki" }),
  });
}

describe("docs/formats.md", () => {
  it("is enough to read a keyring and a shard", async () => {
    const { identity, recipient } = await generateX25519();
    const keyring = await createKeyring("adult", [{ kind: "recipient", recipient }]);
    const plain = sample(70_000);
    const file = Buffer.from(
      await collect(sealShard(keyring, { dataset: "adult", index: 7 }, pieces(plain))),
    );
    const text = Buffer.from(keyring.serialize()).toString("utf8");

    const json = JSON.parse(text) as KeyringJson;
    const { id: slot, lock } = json.slots[0]!;
    const scalar = decodeBech32("age-secret-key-", identity)!;
    const point = decodeBech32("age", recipient)!;
    const shared = x25519(scalar, bytes(lock.share));
    const info = `probity/slot/v1\0${json.id}\0${slot}`;
    const wrap = hkdf(shared, Buffer.concat([bytes(lock.share), point]), info, 64).subarray(0, 32);
    const key = open(wrap, bytes(lock.sealed));

    const withoutMac = text.trimEnd().replace(`"mac":"${json.mac}",`, "");
    const macKey = hkdf(key, none, `probity/keyring-mac/v1\0${json.id}`);
    assert.deepEqual(createHmac("sha256", macKey).update(withoutMac).digest(), bytes(json.mac));
    const root = json.roots[0]!;
    const rootInfo = `probity/root/v1\0${json.id}\0${root.id}`;
    const rootKey = open(hkdf(key, bytes(root.salt), rootInfo), bytes(root.sealed));

    const headerEnd = file.indexOf("\n", file.indexOf("\n--- ") + 1) + 1;
    const header = file.subarray(0, headerEnd).toString("latin1");
    const [, stanza, body] = header.split("\n");
    const [, type, dataset, index, rootId, salt] = stanza!.split(" ");
    assert.deepEqual([type, dataset, index, rootId], ["probity/shard-v1", "adult", "7", "drk_1"]);
    const wrapInfo = [type, dataset, index, rootId].join("\0");
    const fileKey = open(hkdf(rootKey, bytes(salt!), wrapInfo), bytes(body!));
    const payloadKey = hkdf(fileKey, file.subarray(headerEnd, headerEnd + 16), "payload");
    const payload = file.subarray(headerEnd + 16);
    const first = open(payloadKey, payload.subarray(0, 65_552));
    const nonce = Buffer.alloc(12);
    [nonce[10], nonce[11]] = [1, 1];
    const second = open(payloadKey, payload.subarray(65_552), nonce);
    assert.deepEqual(Buffer.concat([first, second]), Buffer.from(plain));
  });
});
