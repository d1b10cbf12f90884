import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { keysOfLedger, verifyLedger } from "../../../audit/ledger/audit.ts";
import { openLedger } from "../../../audit/ledger/log.ts";
import type { NoteSigner } from "../../../audit/ledger/note.ts";
import { isKeyEvent, revocationEvent, rotationEvent } from "../../../audit/ledger/trust.ts";
import type { Json } from "../../../pipeline/core/canonical-json.ts";
import { canonicalJson } from "../../../pipeline/core/canonical-json.ts";
import { newFolder, newSigner, origin, pathsIn, someEvents, type Paths } from "./fixture.ts";

const [first, second, third, stranger] = [newSigner(), newSigner(), newSigner(), newSigner()];

// Appends the events and signs a checkpoint.
function grow(paths: Paths, signer: NoteSigner, events: readonly Json[]): void {
  const ledger = openLedger({ ...paths, origin, signer });
  ledger.append(events);
  ledger.checkpoint();
  ledger.close();
}

function problems(paths: Paths, publicKey: string): readonly string[] {
  return verifyLedger({ ...paths, publicKey }).problems.map(({ message }) => message);
}

describe("rotation of the signing key", () => {
  it("is followed from any of the keys to all others", () => {
    const paths = pathsIn(newFolder());
    grow(paths, first, someEvents(4));
    grow(paths, first, [rotationEvent(origin, first, second)]);
    grow(paths, second, someEvents(4));
    grow(paths, second, [rotationEvent(origin, second, third)]);
    grow(paths, third, someEvents(4));
    const all = [first, second, third].map(({ verifierKey }) => verifierKey);
    for (const { verifierKey } of [first, second, third]) {
      assert.deepEqual(keysOfLedger(paths.database, verifierKey), all);
      const verdict = verifyLedger({ ...paths, publicKey: verifierKey });
      assert.deepEqual(verdict.problems, []);
      assert.deepEqual([verdict.signed.to, verdict.checkpoints], [14, 5]);
    }
    assert.notDeepEqual(problems(paths, stranger.verifierKey), []);
  });

  it("retires the old key", () => {
    const paths = pathsIn(newFolder());
    grow(paths, first, [rotationEvent(origin, first, second)]);
    grow(paths, first, someEvents(3));
    const { name } = first;
    const id = first.verifierKey.split("+")[1];
    const message = `cannot be trusted: the key ${name}+${id} may not sign over 4 events, only up to 1`;
    assert.deepEqual(problems(paths, first.verifierKey).slice(0, 2), [
      `checkpoint 4.note ${message}`,
      `checkpoint latest.note ${message}`,
    ]);
    assert.equal(verifyLedger({ ...paths, publicKey: first.verifierKey }).signed.to, 1);
  });

  const forged: [string, Json][] = [
    [
      "by the old key alone",
      {
        ...(rotationEvent(origin, first, second) as object),
        by_new: Buffer.alloc(64).toString("base64"),
      },
    ],
    [
      "by the new key alone",
      {
        ...(rotationEvent(origin, first, second) as object),
        by_old: Buffer.alloc(64).toString("base64"),
      },
    ],
    ["of another log", rotationEvent("other.example", first, second)],
    [
      "of another log, renamed",
      { ...(rotationEvent("other.example", first, second) as object), origin },
    ],
    ["by a stranger", rotationEvent(origin, stranger, second)],
    ["without its fields", { kind: "key-rotated", origin }],
    ["with a key that is none", { ...(rotationEvent(origin, first, second) as object), new: "x" }],
  ];
  for (const [what, event] of forged) {
    it(`is not believed ${what}`, () => {
      const paths = pathsIn(newFolder());
      grow(paths, first, [event]);
      assert.deepEqual(problems(paths, first.verifierKey), []);
      grow(paths, second, someEvents(2));
      assert.match(problems(paths, first.verifierKey).join("\n"), /is not signed by/);
    });
  }

  it("happens once: a second hand-over by the old key changes nothing", () => {
    const paths = pathsIn(newFolder());
    grow(paths, first, [
      rotationEvent(origin, first, second),
      rotationEvent(origin, first, stranger),
    ]);
    grow(paths, stranger, someEvents(2));
    assert.match(
      problems(paths, first.verifierKey).join("\n"),
      /checkpoint 4\.note cannot be trusted: the note is not signed by/,
    );
  });
});

describe("revocation of a key", () => {
  const revoked = { key: first.verifierKey, from: 4, reason: "stolen laptop" };

  it("holds from a point on", () => {
    const paths = pathsIn(newFolder());
    grow(paths, first, someEvents(4));
    grow(paths, first, someEvents(4));
    grow(paths, first, [rotationEvent(origin, first, second)]);
    assert.deepEqual(problems(paths, first.verifierKey), []);
    grow(paths, second, [revocationEvent(origin, second, revoked)]);
    assert.match(
      problems(paths, second.verifierKey)[0]!,
      /checkpoint 8\.note cannot be trusted: the key .* may not sign over 8 events, only up to 4/,
    );
    assert.equal(verifyLedger({ ...paths, publicKey: second.verifierKey }).signed.to, 10);
  });

  it("may be by the key itself, but not by one before it or by a stranger", () => {
    for (const [signer, counts] of [
      [first, true],
      [stranger, false],
    ] as const) {
      const paths = pathsIn(newFolder());
      grow(paths, first, someEvents(6));
      grow(paths, first, [revocationEvent(origin, signer, revoked)]);
      assert.equal(problems(paths, first.verifierKey).length > 0, counts);
    }
    const paths = pathsIn(newFolder());
    grow(paths, first, [rotationEvent(origin, first, second)]);
    grow(paths, second, [
      revocationEvent(origin, first, { ...revoked, key: second.verifierKey, from: 0 }),
    ]);
    assert.deepEqual(problems(paths, second.verifierKey), []);
  });
});

describe("the filter for key events", () => {
  it("takes both kinds and no other", () => {
    const leaf = (event: Json) => new Uint8Array(Buffer.from(canonicalJson(event)));
    assert.ok(isKeyEvent(leaf(rotationEvent(origin, first, second))));
    assert.ok(
      isKeyEvent(
        leaf(revocationEvent(origin, first, { key: first.verifierKey, from: 0, reason: "" })),
      ),
    );
    assert.ok(!isKeyEvent(leaf({ kind: "run", run: "key-rotated" })));
  });
});
