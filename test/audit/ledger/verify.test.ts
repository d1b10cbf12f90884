import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { describe, it } from "node:test";
import { openLedger } from "../../../audit/ledger/log.ts";
import { encodeEcdsaKey, keyId } from "../../../audit/ledger/note.ts";
import { verifyBundle, type BundleFiles } from "../../../audit/ledger/verify.ts";
import { canonicalJson } from "../../../pipeline/core/canonical-json.ts";
import { sha256 } from "../../../pipeline/core/digest.ts";
import { newFolder, newSigner, origin, pathsIn, someEvents } from "./fixture.ts";

const signer = newSigner();
const TYPE = "application/vnd.in-toto+json";
type Files = Record<string, Buffer>;
const SHARD = "datasets/d1/shards/00000.age";

const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" });
const spki = p256.publicKey.export({ format: "der", type: "spki" });
const secondKey = encodeEcdsaKey(signer.name, spki);

// The bundle with an ECDSA signature beside the other.
function withSecondSignature(files: Files): Files {
  const { payload, payloadType, signatures } = JSON.parse(String(files["report.dsse.json"])) as {
    payload: string;
    payloadType: string;
    signatures: object[];
  };
  const bytes = Buffer.from(payload, "base64");
  const message = Buffer.concat([
    Buffer.from(`DSSEv1 ${TYPE.length} ${TYPE} ${bytes.length} `),
    bytes,
  ]);
  const keyid = secondKey.split("+").slice(0, 2).join("+");
  const sig = sign("sha256", message, p256.privateKey).toString("base64");
  const envelope = { payload, payloadType, signatures: [...signatures, { keyid, sig }] };
  return {
    ...files,
    "report.dsse.json": Buffer.from(`${JSON.stringify(envelope, null, 2)}\n`),
    "signing.pub": Buffer.from(`${signer.verifierKey}\n${secondKey}\n`),
  };
}

// A bundle as a run publishes it, with a record cut down to what the verifier looks at.
function bundleOf(
  by = signer,
  change: (statement: Record<string, unknown>) => object = (s) => s,
): Files {
  const record = { id: "run-1", name: "test", verdict: "block" };
  const files: Files = {
    "report.json": Buffer.from(JSON.stringify(record, null, 2)),
    "report.html": Buffer.from("<!doctype html><title>report</title>"),
    [SHARD]: Buffer.from("sealed"),
  };
  const subject = Object.entries(files).map(([name, bytes]) => ({
    name,
    digest: { sha256: sha256(bytes) },
  }));
  const payload = Buffer.from(
    canonicalJson(
      change({
        _type: "https://in-toto.io/Statement/v1",
        subject,
        predicateType: "urn:probity:run-record:v1",
        predicate: record,
      }),
    ),
  );
  const message = Buffer.concat([
    Buffer.from(`DSSEv1 ${TYPE.length} ${TYPE} ${payload.length} `),
    payload,
  ]);
  const signature = {
    keyid: `${by.name}+${keyId(by.name, by.publicKey)}`,
    sig: Buffer.from(by.sign(message)).toString("base64"),
  };
  files["report.dsse.json"] = Buffer.from(
    canonicalJson({
      payload: payload.toString("base64"),
      payloadType: TYPE,
      signatures: [signature],
    }),
  );
  const ledger = openLedger({ ...pathsIn(newFolder()), origin, signer: by });
  ledger.append(someEvents(5));
  const [entry] = ledger.append([
    { kind: "run", run: record.id, report: sha256(payload), verdict: record.verdict },
  ]);
  ledger.append(someEvents(2));
  ledger.checkpoint();
  files["event.json"] = Buffer.from(entry!.leaf);
  files["proof.tlog-proof"] = Buffer.from(ledger.prove(entry!.index));
  files["signing.pub"] = Buffer.from(`${by.verifierKey}\n`);
  ledger.close();
  return files;
}

function without(files: Files, name: string): Files {
  return Object.fromEntries(Object.entries(files).filter(([other]) => other !== name));
}

function reading(files: Files, complete = true): BundleFiles {
  return {
    read: (name) => Promise.resolve(files[name]),
    digest: (name) => Promise.resolve(files[name] === undefined ? undefined : sha256(files[name])),
    complete,
  };
}

async function failures(files: Files, key?: string, complete = true): Promise<string[]> {
  const verdict = await verifyBundle(reading(files, complete), key);
  assert.equal(
    verdict.ok,
    verdict.checks.every(({ ok }) => ok),
  );
  return verdict.checks.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`);
}

const good = bundleOf();

describe("a report bundle", () => {
  it("passes as published, with the key it carries or the one that is given", async () => {
    const { ok, checks } = await verifyBundle(reading(good));
    assert.deepEqual(
      checks.filter((check) => !check.ok),
      [],
    );
    assert.ok(ok);
    assert.deepEqual(
      checks.map(({ name }) => name),
      [
        "public key",
        "envelope",
        "envelope signature",
        "payload form",
        "report.json",
        "file report.json",
        "file report.html",
        `file ${SHARD}`,
        "ledger event",
        "proof form",
        "inclusion proof",
        "checkpoint signature",
      ],
    );
    assert.match(checks[0]!.detail, /was taken from signing\.pub: compare it/);
    assert.deepEqual(await failures(good, signer.verifierKey), []);
    assert.deepEqual(await failures(good, `${signer.verifierKey}\n`), []);
  });

  for (const name of Object.keys(good)) {
    it(`fails by the name of ${name} with a bit flipped anywhere in it`, async () => {
      const bytes = good[name]!;
      for (
        let bit = 0;
        bit < bytes.length * 8;
        bit += bytes.length > 400 ? 23 : bytes.length > 40 ? 3 : 1
      ) {
        const copy = Buffer.from(bytes);
        copy[bit >> 3]! ^= 1 << (bit & 7);
        const failed = await failures({ ...good, [name]: copy });
        assert.ok(
          failed.some((line) => line.includes(name)),
          `bit ${bit}: ${failed.join("; ")}`,
        );
      }
    });
    it(`fails by the name of ${name} cut off, with a byte more, or empty`, async () => {
      const bytes = good[name]!;
      for (const copy of [
        bytes.subarray(0, -1),
        Buffer.concat([bytes, Buffer.from("\n")]),
        Buffer.of(),
      ]) {
        const failed = await failures({ ...good, [name]: copy });
        assert.ok(
          failed.some((line) => line.includes(name)),
          failed.join("; "),
        );
      }
    });
    it(`fails without ${name}`, async () => {
      const rest = without(good, name);
      const failed = await failures(rest);
      assert.ok(
        failed.some((line) => line.includes(`${name} is absent`)),
        failed.join("; "),
      );
    });
  }

  it("may lack the artifacts when it is carried, and says so", async () => {
    const rest = without(good, SHARD);
    const { ok, checks } = await verifyBundle(reading(rest, false));
    assert.ok(ok);
    assert.deepEqual(
      checks.filter(({ skipped }) => skipped === true),
      [
        {
          name: `file ${SHARD}`,
          ok: true,
          detail: `${SHARD} is not part of this bundle and was not checked`,
          skipped: true,
        },
      ],
    );
    assert.deepEqual(await failures(without(rest, "report.html"), undefined, false), [
      "file report.html: report.html is absent",
    ]);
  });

  it("fails when someone else made it whole with a key of theirs, and ours is given", async () => {
    const theirs = bundleOf(newSigner());
    assert.deepEqual(await failures(theirs), []);
    const failed = await failures(theirs, signer.verifierKey);
    assert.ok(failed[0]?.startsWith("public key: signing.pub is not the given public key"));
    const disguised = await failures(
      { ...theirs, "signing.pub": good["signing.pub"]! },
      signer.verifierKey,
    );
    assert.equal(disguised.length, 2);
    assert.match(disguised[0]!, /^envelope signature: report\.dsse\.json is signed by another key/);
    assert.match(disguised[1]!, /^checkpoint signature: /);
  });

  it("fails when its report, event and proof are of two runs", async () => {
    const other = bundleOf(signer, (s) => ({
      ...s,
      predicate: { id: "run-2", name: "test", verdict: "pass" },
    }));
    for (const name of ["report.dsse.json", "event.json"]) {
      assert.notDeepEqual(await failures({ ...good, [name]: other[name]! }), []);
    }
  });

  const statements: [string, (s: Record<string, unknown>) => object, RegExp][] = [
    ["another statement type", (s) => ({ ...s, _type: "x" }), /not an in-toto statement/],
    ["another predicate type", (s) => ({ ...s, predicateType: "x" }), /not about a run record/],
    ["no subjects", (s) => ({ ...s, subject: [] }), /does not name report\.json/],
    [
      "subjects of the wrong form",
      (s) => ({ ...s, subject: { name: "report.json" } }),
      /has no list of subjects/,
    ],
    [
      "a subject without a digest",
      (s) => ({ ...s, subject: [{ name: "report.json", digest: {} }] }),
      /has no SHA-256/,
    ],
    [
      "a run record that is text",
      (s) => ({ ...s, predicate: "x" }),
      /the run record is not an object/,
    ],
    ...["../x", "/etc/passwd", "a/../../x", "a//b", "", ".", "C:\\x", "a\\..\\x", "x\u0000y"].map(
      (name): [string, (s: Record<string, unknown>) => object, RegExp] => [
        `the subject name ${JSON.stringify(name)}`,
        (s) => ({ ...s, subject: [{ name, digest: { sha256: sha256("") } }] }),
        /has a name that is not a file's/,
      ],
    ),
    [
      "a file named twice",
      (s) => ({ ...s, subject: [1, 2].map(() => ({ name: "a", digest: { sha256: sha256("") } })) }),
      /names a file twice/,
    ],
  ];
  for (const [what, change, message] of statements) {
    it(`fails with ${what}, though it is signed`, async () => {
      assert.match((await failures(bundleOf(signer, change))).join("\n"), message);
    });
  }

  it("fails, and does not throw, on hostile JSON", async () => {
    for (const text of [
      "[".repeat(1e6),
      "null",
      "[]",
      '{"payload":1e999}',
      '"\\ud800"',
      "{",
      '{"signatures":[null]}',
    ]) {
      for (const name of ["report.json", "report.dsse.json", "event.json"]) {
        assert.notDeepEqual(await failures({ ...good, [name]: Buffer.from(text) }), []);
      }
    }
  });

  it("may have an ECDSA signature as well, of which each bit is checked", async () => {
    const both = withSecondSignature(good);
    assert.deepEqual(await failures(both), []);
    assert.deepEqual(await failures(both, signer.verifierKey), []);
    assert.deepEqual(await failures(both, String(both["signing.pub"])), []);
    const { checks } = await verifyBundle(reading(both));
    assert.ok(
      checks.some(({ name, detail }) => name === "second signature" && detail.endsWith("as well")),
    );
    for (const name of ["report.dsse.json", "signing.pub"] as const) {
      const bytes = both[name]!;
      for (let bit = 0; bit < bytes.length * 8; bit += 29) {
        const copy = Buffer.from(bytes);
        copy[bit >> 3]! ^= 1 << (bit & 7);
        const failed = await failures({ ...both, [name]: copy });
        assert.ok(
          failed.some((line) => line.includes(name)),
          `${name} bit ${bit}: ${failed.join("; ")}`,
        );
      }
      assert.notDeepEqual(await failures({ ...both, [name]: good[name]! }), []);
    }
    const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({
      format: "der",
      type: "spki",
    });
    const given = `${signer.verifierKey}\n${encodeEcdsaKey(signer.name, other)}`;
    assert.match((await failures(both, given))[0]!, /^public key: signing\.pub is not the given/);
  });

  it("tells of cosignatures that it cannot check", async () => {
    const witness = newSigner("witness.example");
    const line = `— witness.example ${Buffer.concat([Buffer.from(keyId(witness.name, witness.publicKey, 4), "hex"), Buffer.alloc(72)]).toString("base64")}\n`;
    const proof = Buffer.concat([good["proof.tlog-proof"]!, Buffer.from(line)]);
    const { ok, checks } = await verifyBundle(reading({ ...good, "proof.tlog-proof": proof }));
    assert.ok(ok);
    assert.equal(checks.at(-1)?.name, "cosignature witness.example");
    assert.equal(checks.at(-1)?.skipped, true);
  });
});
