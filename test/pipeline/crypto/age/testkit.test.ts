// Vectors: https://github.com/C2SP/CCTV/tree/main/age (form described in its README).
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { inflateSync } from "node:zlib";
import { PipelineError } from "../../../../pipeline/core/error.ts";
import { equalBytes } from "../../../../pipeline/core/digest.ts";
import { packageRoot } from "../../../../pipeline/core/package-root.ts";
import { aead } from "../../../../pipeline/crypto/aead.ts";
import { decodeArmor, encodeArmor } from "../../../../pipeline/crypto/age/armor.ts";
import {
  inspectFile,
  openFile,
  openFileStream,
  type Inspection,
} from "../../../../pipeline/crypto/age/file.ts";
import { serializeHeader } from "../../../../pipeline/crypto/age/header.ts";
import { identityOf } from "../../../../pipeline/crypto/age/keys.ts";
import type { Identity } from "../../../../pipeline/crypto/age/recipient.ts";
import { scryptIdentity } from "../../../../pipeline/crypto/age/scrypt.ts";
import { PAYLOAD_SALT, payloadKey, sealAll } from "../../../../pipeline/crypto/age/stream.ts";
import { inMemory } from "../../../../pipeline/crypto/shard.ts";
import { collect, pieces } from "../bytes.ts";

/** What became of the 143 files; each is decrypted, inspected and, where it can be, written again. */
const EXPECTED: Readonly<Record<string, number>> = {
  "decrypt: success": 26,
  "decrypt: no match": 13,
  "decrypt: header failure": 62,
  "decrypt: HMAC failure": 1,
  "decrypt: payload failure": 19,
  "decrypt: armor failure": 22,
  "inspect: the same header": 94,
  "inspect: another MAC": 1,
  "inspect: refused": 26,
  "inspect: not armor": 22,
  "written again": 19,
  "written again, armor": 7,
};

const folder = new URL("../shared/vectors/age-testkit/", packageRoot);
const present = existsSync(folder);

interface Vector {
  readonly expect: string;
  readonly payload: string | undefined;
  readonly fileKey: Uint8Array;
  readonly identities: readonly Identity[];
  readonly file: Uint8Array;
  readonly armored: boolean;
}

describe("age vectors", { skip: present ? false : "shared/vectors/age-testkit is absent" }, () => {
  const names = present ? readdirSync(folder) : [];
  const counts: Record<string, number> = {};
  const count = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1;
  };

  for (const name of names) {
    it(name, async () => {
      const vector = parse(readFileSync(new URL(name, folder)));
      const stream = await outcome(vector.file, async (file, emit) => {
        const bytes = vector.armored ? decodeArmor(pieces(file, 1000)) : pieces(file, 1000);
        for await (const piece of openFileStream(vector.identities, bytes)) emit(piece);
      });
      assert.equal(stream.result, vector.expect);
      if (vector.payload !== undefined) assert.equal(stream.payload, vector.payload);

      const small = Math.max(1, Math.ceil(vector.file.length / 2000));
      const slow = await outcome(vector.file, async (file, emit) => {
        const bytes = vector.armored ? decodeArmor(pieces(file, small)) : pieces(file, small);
        for await (const p of openFileStream(vector.identities, bytes, "libsodium")) emit(p);
      });
      assert.deepEqual(slow, stream, "libsodium and small pieces give the same");

      const random = await outcome(vector.file, async (file, emit) => {
        const bytes = vector.armored ? await collect(decodeArmor(pieces(file, 4096))) : file;
        const opened = await openFile(vector.identities, inMemory(bytes));
        for await (const piece of opened.read()) emit(piece);
      });
      assert.equal(random.result, vector.expect, "random access agrees");

      count(`decrypt: ${vector.expect}`);
      count(`inspect: ${await inspectAgain(vector)}`);
      if (vector.expect !== "success") return;
      await writeAgain(vector);
      count(vector.armored ? "written again, armor" : "written again");
    });
  }

  it("has all 143, none of them left out", () => {
    assert.equal(names.length, 143);
    assert.deepEqual(counts, EXPECTED);
  });
});

/**
 * Inspects a file without any key and writes its header again: the same bytes, but for the MAC of the
 * one file that has a wrong one. A header is only refused where decrypting refuses it.
 */
async function inspectAgain({ file, fileKey, armored, expect }: Vector): Promise<string> {
  let binary: Uint8Array;
  try {
    binary = armored ? await collect(decodeArmor(pieces(file, 500))) : file;
  } catch {
    assert.equal(expect, "armor failure");
    return "not armor";
  }
  let inspected: Inspection;
  try {
    inspected = await inspectFile(inMemory(binary));
  } catch (error) {
    assert.ok(error instanceof PipelineError && error.code === "format");
    assert.equal(expect, "header failure");
    return "refused";
  }
  const { header, length } = inspected;
  const again = Buffer.from(serializeHeader(header.stanzas, fileKey)).toString("latin1");
  const before = Buffer.from(binary.subarray(0, length)).toString("latin1");
  if (again === before) return "the same header";
  const body = again.slice(0, again.lastIndexOf("---"));
  assert.equal(body, before.slice(0, before.lastIndexOf("---")));
  return "another MAC";
}

/** Takes a file apart and puts it together again from its file key: the same bytes come out. */
async function writeAgain({ file, fileKey, armored }: Vector): Promise<void> {
  const binary = armored ? await collect(decodeArmor(pieces(file, 500))) : file;
  const { header, length } = await inspectFile(inMemory(binary));
  const salt = binary.subarray(length, length + PAYLOAD_SALT);
  const headerBytes = serializeHeader(header.stanzas, fileKey);
  assert.ok(equalBytes(headerBytes, binary.subarray(0, length)));
  const identity: Identity = { unwrap: async () => Promise.resolve(Uint8Array.from(fileKey)) };
  const opened = await openFile([identity], inMemory(binary));
  const plain = await collect(opened.read());
  const payload = sealAll(await aead(), payloadKey(fileKey, salt), plain);
  const again = Buffer.concat([headerBytes, salt, payload]);
  assert.ok(equalBytes(again, binary));
  if (armored) {
    const text = await collect(encodeArmor(pieces(again, 333)));
    const trimmed = Buffer.from(file).toString("latin1").trim().replaceAll("\r\n", "\n");
    assert.equal(Buffer.from(text).toString("latin1").trim(), trimmed);
  }
}

async function outcome(
  file: Uint8Array,
  read: (file: Uint8Array, emit: (piece: Uint8Array) => void) => Promise<void>,
): Promise<{ readonly result: string; readonly payload: string }> {
  const hash = createHash("sha256");
  let result = "success";
  try {
    await read(file, (piece) => hash.update(piece));
  } catch (error) {
    assert.ok(error instanceof PipelineError, String(error));
    result = resultOf(error);
  }
  return { result, payload: hash.digest("hex") };
}

function resultOf({ code, message }: PipelineError): string {
  if (code === "key") return "no match";
  if (code === "integrity") {
    return message.startsWith("the header") ? "HMAC failure" : "payload failure";
  }
  assert.equal(code, "format");
  return message.includes("armor") ? "armor failure" : "header failure";
}

function parse(bytes: Buffer): Vector {
  const end = bytes.indexOf("\n\n");
  const fields = bytes
    .subarray(0, end)
    .toString("utf8")
    .split("\n")
    .map((line) => {
      const colon = line.indexOf(": ");
      return [line.slice(0, colon), line.slice(colon + 2)] as const;
    });
  const all = (key: string): string[] => fields.filter(([k]) => k === key).map(([, v]) => v);
  const body = bytes.subarray(end + 2);
  return {
    expect: all("expect")[0]!,
    payload: all("payload")[0],
    fileKey: Buffer.from(all("file key")[0]!, "hex"),
    identities: [
      ...all("identity").map(identityOf),
      ...all("passphrase").map((p) => scryptIdentity(Buffer.from(p))),
    ],
    armored: all("armored")[0] === "yes",
    file: all("compressed")[0] === "zlib" ? inflateSync(body) : body,
  };
}
