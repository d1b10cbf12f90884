import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { canonicalJson } from "../../../pipeline/core/canonical-json.ts";
import { PipelineError } from "../../../pipeline/core/error.ts";
import { decryptStream } from "../../../pipeline/crypto/age/file.ts";
import { generateX25519 } from "../../../pipeline/crypto/age/x25519.ts";
import { createKeyring, openKeyring, slotsOf } from "../../../pipeline/crypto/keyring.ts";
import { inMemory, openBytes, sealBytes } from "../../../pipeline/crypto/shard.ts";
import { collect } from "./bytes.ts";

const key = Buffer.alloc(32, 4);
const mine = await generateX25519();
const keyring = await createKeyring("hostile", [
  { kind: "keyfile", key },
  { kind: "recipient", recipient: mine.recipient },
]);
const sealed = await sealBytes(keyring, "c", Buffer.from("plain"));
const file = Buffer.from(keyring.serialize());

/** A few bytes overwritten, inserted or cut, as an attacker or a broken disk would. */
const damage = (bytes: Buffer): fc.Arbitrary<Buffer> =>
  fc
    .tuple(fc.nat(bytes.length - 1), fc.nat(8), fc.uint8Array({ maxLength: 8 }))
    .map(([at, cut, put]) => Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + cut)]));

/** Every refusal is one of ours: anything else that escapes would be a bug. */
async function refusesOrEquals(action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (error) {
    assert.ok(error instanceof PipelineError, String(error));
    assert.notEqual(error.code, "internal");
  }
}

describe("hostile files", () => {
  it("that were age files are refused in our words, and never give other bytes", async () => {
    await fc.assert(
      fc.asyncProperty(damage(Buffer.from(sealed)), async (bytes) => {
        await refusesOrEquals(async () => {
          assert.equal(Buffer.from(await openBytes(keyring, "c", bytes)).toString(), "plain");
        });
        await refusesOrEquals(async () => {
          const by = { identities: [mine.identity] };
          assert.equal(
            Buffer.from(await collect(decryptStream(inMemory(bytes), by))).toString(),
            "plain",
          );
        });
      }),
      { numRuns: 300 },
    );
  });

  it("that were keyrings are refused in our words", async () => {
    await fc.assert(
      fc.asyncProperty(damage(file), async (bytes) => {
        await refusesOrEquals(async () => openKeyring(bytes, [{ kind: "keyfile", key }]));
      }),
      { numRuns: 100 },
    );
  });

  it("that are some JSON are refused in our words", async () => {
    const document = JSON.parse(file.toString()) as Record<string, unknown>;
    const members = Object.keys(document);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...members), fc.jsonValue(), async (member, value) => {
        const changed = Buffer.from(`${canonicalJson({ ...document, [member]: value })}\n`);
        await refusesOrEquals(async () => Promise.resolve(slotsOf(changed)));
        await refusesOrEquals(async () => openKeyring(changed, [{ kind: "keyfile", key }]));
      }),
      { numRuns: 200 },
    );
    for (const text of [
      "",
      "null\n",
      "[]\n",
      '{"a":"\\ud800"}\n',
      `${"[".repeat(1e6)}${"]".repeat(1e6)}\n`,
    ]) {
      await assert.rejects(async () => openKeyring(Buffer.from(text), []), { code: "format" });
    }
  });
});
