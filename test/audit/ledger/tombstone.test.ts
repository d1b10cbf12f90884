import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseVerifierKey } from "../../../audit/ledger/note.ts";
import { isTombstone, tombstoneEvent } from "../../../audit/ledger/tombstone.ts";
import { newSigner, origin } from "./fixture.ts";

const signer = newSigner();
const key = parseVerifierKey(signer.verifierKey);
const erasure = {
  dataset: "d1",
  subject: Buffer.alloc(32, 7),
  class: "file",
  at: "2026-01-02T03:04:05Z",
} as const;

describe("the tombstone of an erased person", () => {
  const event = tombstoneEvent(origin, erasure, signer) as Record<string, string>;

  it("names the blind index and is signed", () => {
    assert.equal(event.subject, "07".repeat(32));
    assert.ok(isTombstone(event, origin, key));
  });

  for (const member of Object.keys(event)) {
    it(`is not believed with another ${member}`, () => {
      assert.ok(!isTombstone({ ...event, [member]: `${event[member]!}x` }, origin, key));
      assert.ok(
        !isTombstone(
          Object.fromEntries(Object.entries(event).filter(([name]) => name !== member)),
          origin,
          key,
        ),
      );
    });
  }

  it("is of one log and one key", () => {
    assert.ok(!isTombstone(event, "other.example", key));
    assert.ok(!isTombstone(event, origin, parseVerifierKey(newSigner().verifierKey)));
    for (const other of [null, "x", [], {}]) assert.ok(!isTombstone(other, origin, key));
  });
});
