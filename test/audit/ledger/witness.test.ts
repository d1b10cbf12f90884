import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { join } from "node:path";
import { openCosignatures } from "../../../audit/ledger/cosignature.ts";
import { COSIGNATURE, encodeVerifierKey, parseVerifierKey } from "../../../audit/ledger/note.ts";
import { verifyLedger } from "../../../audit/ledger/audit.ts";
import { answer, parseRequest, writeRequest, type Witness } from "../../../audit/ledger/witness.ts";
import { newFolder, newSigner, pathsIn, someEvents, withLedger } from "./fixture.ts";

const signer = newSigner();
const witnessSigner = newSigner("witness.example/w1");
const witnessKey = encodeVerifierKey(witnessSigner.name, witnessSigner.publicKey, COSIGNATURE);
const TIME = 1_700_000_000;

function newWitness(): Witness {
  return {
    state: join(newFolder(), "state"),
    signer: witnessSigner,
    ledgerKeys: [parseVerifierKey(signer.verifierKey)],
    now: () => TIME,
  };
}

// The request goes to the witness as text, as it does between two machines.
function ask(witness: Witness, request: Parameters<typeof writeRequest>[0]): string {
  return answer(witness, parseRequest(writeRequest(request)));
}

describe("a witness", () => {
  it("cosigns a log that grows, and its word is an anchor", () => {
    const paths = pathsIn(newFolder());
    const witness = newWitness();
    withLedger(paths, signer, (ledger) => {
      let old = 0;
      for (const size of [1, 5, 8, 21, 21]) {
        ledger.append(someEvents(size - ledger.size, ledger.size));
        ledger.checkpoint();
        const note = ledger.attach(ask(witness, ledger.requestFrom(old)));
        assert.deepEqual(openCosignatures(note, [parseVerifierKey(witnessKey)]), [
          { name: witnessSigner.name, time: TIME },
        ]);
        assert.equal(ledger.attach("").length, note.length);
        old = size;
      }
      ledger.append(someEvents(4));
      ledger.checkpoint();
      ledger.append(someEvents(2));
    });
    const verdict = verifyLedger({
      ...paths,
      publicKey: signer.verifierKey,
      witnesses: [witnessKey],
    });
    assert.deepEqual(verdict.problems, []);
    assert.deepEqual(
      [verdict.anchored, verdict.signed, verdict.unsigned],
      [
        { from: 0, to: 21 },
        { from: 21, to: 25 },
        { from: 25, to: 27 },
      ],
    );
    assert.deepEqual(verdict.anchors.at(-1), {
      kind: "witness",
      by: witnessSigner.name,
      size: 21,
      time: "2023-11-14T22:13:20.000Z",
    });
    assert.deepEqual(verifyLedger({ ...paths, publicKey: signer.verifierKey }).anchors, []);
  });

  it("refuses a fork, a smaller tree, and a proof from elsewhere", () => {
    const witness = newWitness();
    withLedger(pathsIn(newFolder()), signer, (ledger) => {
      ledger.append(someEvents(10));
      ledger.checkpoint();
      ask(witness, ledger.requestFrom(0));
    });
    withLedger(pathsIn(newFolder()), signer, (fork) => {
      fork.append(someEvents(5));
      fork.checkpoint();
      assert.throws(() => ask(witness, { ...fork.requestFrom(0), old: 10 }), {
        code: "integrity",
        message: "example.com/ledger had 10 events and now shows 5",
      });
      fork.append(someEvents(10, 100));
      fork.checkpoint();
      assert.throws(() => ask(witness, fork.requestFrom(10)), {
        code: "integrity",
        message:
          "example.com/ledger was forked: its tree of 15 events does not extend the one of 10 that was seen",
      });
      assert.throws(() => ask(witness, fork.requestFrom(0)), {
        code: "usage",
        message: "the request goes on from 0 events, not from 10",
      });
      assert.throws(() => fork.requestFrom(16), { code: "integrity" });
    });
    withLedger(pathsIn(newFolder()), signer, (fork) => {
      fork.append(someEvents(10, 1));
      fork.checkpoint();
      assert.throws(() => ask(witness, fork.requestFrom(10)), { code: "integrity" });
    });
  });

  it("refuses a checkpoint that the ledger's key did not sign", () => {
    const witness = { ...newWitness(), ledgerKeys: [parseVerifierKey(newSigner().verifierKey)] };
    withLedger(pathsIn(newFolder()), signer, (ledger) => {
      ledger.checkpoint();
      assert.throws(() => ask(witness, ledger.requestFrom(0)), { code: "integrity" });
    });
  });

  it("is not believed with a bit flipped in its line", () => {
    const witness = newWitness();
    const keys = [parseVerifierKey(witnessKey)];
    const [note, line] = withLedger(pathsIn(newFolder()), signer, (ledger) => {
      ledger.append(someEvents(3));
      return [ledger.checkpoint(), ask(witness, ledger.requestFrom(0))] as const;
    });
    const [, , encoded = ""] = line.trimEnd().split(" ");
    const bytes = Buffer.from(encoded, "base64");
    for (let bit = 32; bit < bytes.length * 8; bit++) {
      const copy = Buffer.from(bytes);
      copy[bit >> 3]! ^= 1 << (bit & 7);
      const changed = `${note}— ${witnessSigner.name} ${copy.toString("base64")}\n`;
      assert.throws(() => openCosignatures(changed, keys), { code: "integrity" });
    }
  });

  // Made up in the example of C2SP tlog-cosignature; both the log's and the witness's key are unknown.
  it("writes lines of the form in the specification", () => {
    const example =
      "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
    const [, , encoded = ""] = example.trimEnd().split(" ");
    assert.equal(Buffer.from(encoded, "base64").readBigUInt64BE(4), 1679315147n);
    assert.equal(Buffer.from(encoded, "base64").length, 4 + 8 + 64);
  });

  for (const text of [
    "",
    "old 1",
    "old x\n\nnote",
    "old 01\n\nnote",
    "old 1\nAAAA\n\nnote",
    "old 9007199254740993\n\nnote",
  ]) {
    it(`does not read a request ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseRequest(text), { code: "format" });
    });
  }
});
