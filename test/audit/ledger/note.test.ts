import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseCheckpoint, writeCheckpoint } from "../../../audit/ledger/checkpoint.ts";
import {
  encodeVerifierKey,
  openNote,
  parseNote,
  parseVerifierKey,
  signNote,
} from "../../../audit/ledger/note.ts";
import { parseProof, writeProof } from "../../../audit/ledger/proof.ts";
import { newSigner } from "./fixture.ts";

// The example of golang.org/x/mod/sumdb/note, whose key and note are printed in its documentation.
const goKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const goNote =
  "If you think cryptography is the answer to your problem,\n" +
  "then you don't know what your problem is.\n\n" +
  "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

describe("signed notes", () => {
  it("of Go's own example verify and encode to the same bytes", () => {
    const key = parseVerifierKey(goKey);
    assert.equal(encodeVerifierKey(key.name, key.publicKey), goKey);
    assert.equal(openNote(goNote, [key]).signers[0], key);
  });

  it("fail with a bit flipped anywhere", () => {
    const key = parseVerifierKey(goKey);
    const bytes = Buffer.from(goNote);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const copy = Buffer.from(bytes);
      copy[bit >> 3]! ^= 1 << (bit & 7);
      assert.throws(
        () => openNote(copy.toString(), [key]),
        { name: "PipelineError" },
        `bit ${bit}`,
      );
    }
  });

  it("ignore unknown signers, but need a known one", () => {
    const [ours, theirs, third] = [
      newSigner("a.example"),
      newSigner("b.example"),
      newSigner("c.example"),
    ];
    const note = signNote("text\n\nmore\n", [theirs, ours]);
    const keys = [parseVerifierKey(ours.verifierKey)];
    assert.deepEqual(openNote(note, keys), { text: "text\n\nmore\n", signers: keys });
    assert.throws(() => openNote(note, [parseVerifierKey(third.verifierKey)]), {
      code: "integrity",
    });
    assert.throws(() => openNote(note, []), { code: "integrity" });
  });

  const badNotes = [
    "",
    "\n\n",
    "text\n",
    "text\n\n",
    "text\n\n— a\n",
    "text\n\n— a AAAAAAAA",
    "text\n\n- a AAAAAAAA\n",
    "te\u0001xt\n\n— a AAAAAAAA\n",
    "text\n\n— a+b AAAAAAAA\n",
    "text\n\n— a AAAAAAB\n",
  ];
  for (const note of badNotes) {
    it(`are refused in the form ${JSON.stringify(note)}`, () => {
      assert.throws(() => parseNote(note), { code: "format" });
    });
  }

  const badKeys = [
    "",
    "a",
    `${goKey}x`,
    goKey.replace("c7", "c8"),
    goKey.replace("c74f", "C74F"),
    goKey.replace("+AR", "+Ah"),
    ` ${goKey}`,
    `${goKey}\n\n`,
  ];
  for (const key of badKeys) {
    it(`have no key in the form ${JSON.stringify(key)}`, () => {
      assert.throws(() => parseVerifierKey(key), { code: "format" });
    });
  }

  for (const name of ["", "a b", "a+b", "a\nb", "a\u2003b"]) {
    it(`are not signed under the name ${JSON.stringify(name)}`, () => {
      assert.throws(() => signNote("text\n", [{ ...newSigner(), name }]), { code: "usage" });
    });
  }
});

describe("checkpoints", () => {
  const root = Buffer.alloc(32, 7);
  it("read back as written", () => {
    for (const size of [0, 1, 20852163, Number.MAX_SAFE_INTEGER]) {
      const checkpoint = { origin: "example.com/log", size, root };
      assert.deepEqual(parseCheckpoint(writeCheckpoint(checkpoint)), checkpoint);
    }
  });
  it("may have extension lines", () => {
    assert.equal(parseCheckpoint(`o\n3\n${root.toString("base64")}\nextension\n`).size, 3);
  });
  const base64 = root.toString("base64");
  for (const text of [
    "",
    `o\n3\n${base64}`,
    `o\n03\n${base64}\n`,
    `o\n-1\n${base64}\n`,
    `o\n3.0\n${base64}\n`,
    `\n3\n${base64}\n`,
    `o\n9007199254740993\n${base64}\n`,
    `o\n3\n${base64.slice(4)}\n`,
    `o\n3\n${base64}\n\n`,
    `o\n3\n${base64}\na\n\nb\n`,
  ]) {
    it(`are refused in the form ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseCheckpoint(text), { code: "format" });
    });
  }
});

describe("log proofs", () => {
  const hashes = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  const checkpoint = "origin\n5\nroot\n\n— sig\n";
  it("read back as written", () => {
    for (const proof of [
      { index: 0, hashes: [], checkpoint },
      { index: 73894, hashes, checkpoint },
      { index: 3, hashes, checkpoint, extra: Buffer.from("extra") },
      { index: 3, hashes, checkpoint, extra: Buffer.of() },
    ]) {
      assert.deepEqual(parseProof(writeProof(proof)), proof);
    }
  });
  const good = writeProof({ index: 3, hashes, checkpoint });
  for (const [from, to] of [
    ["@v1", "@v2"],
    ["index 3", "index 03"],
    ["index 3", "index -3"],
    ["index 3\n", ""],
    ["index 3", "extra ?\nindex 3"],
    ["AQEB", "AQE"],
    ["\n\n", "\n"],
  ] as const) {
    it(`are refused with ${JSON.stringify(from)} made ${JSON.stringify(to)}`, () => {
      assert.throws(() => parseProof(good.replaceAll(from, to)), { code: "format" });
    });
  }
});
