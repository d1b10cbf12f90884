import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { resolveSpans } from "../../../pipeline/deid/resolve.ts";

type Short = readonly [start: number, end: number, entity: string, score: number, by?: string];
const span = ([start, end, entity, score, recognizer = "x"]: Short) => ({
  start,
  end,
  entity,
  score,
  recognizer,
});

describe("resolveSpans", () => {
  const cases: readonly (readonly [
    string,
    readonly Short[],
    readonly (readonly [number, number, string])[],
  ])[] = [
    [
      "overlap becomes a union of the higher score",
      [
        [0, 5, "A", 0.6],
        [3, 9, "B", 0.9],
      ],
      [[0, 9, "B"]],
    ],
    [
      "the longer wins at equal scores",
      [
        [0, 5, "A", 0.9],
        [3, 12, "B", 0.9],
      ],
      [[0, 12, "B"]],
    ],
    [
      "a nested find disappears",
      [
        [0, 9, "A", 0.9],
        [2, 4, "B", 0.5],
      ],
      [[0, 9, "A"]],
    ],
    [
      "touching of two kinds stays two",
      [
        [0, 3, "A", 0.9],
        [3, 6, "B", 0.9],
      ],
      [
        [0, 3, "A"],
        [3, 6, "B"],
      ],
    ],
    [
      "touching parts of one kind join",
      [
        [0, 3, "A", 0.9, "p"],
        [3, 6, "A", 0.9, "q"],
      ],
      [[0, 6, "A"]],
    ],
    [
      "neighbours of one finder stay two",
      [
        [0, 2, "A", 0.9],
        [2, 4, "A", 0.9],
      ],
      [
        [0, 2, "A"],
        [2, 4, "A"],
      ],
    ],
    [
      "chains join through",
      [
        [0, 4, "A", 0.5],
        [3, 7, "B", 0.6],
        [6, 9, "C", 0.7],
      ],
      [[0, 9, "C"]],
    ],
    ["empty spans are none", [[3, 3, "A", 1]], []],
  ];
  for (const [what, spans, want] of cases) {
    it(what, () => {
      const resolved = resolveSpans(spans.map(span));
      assert.deepEqual(
        resolved.map((s) => [s.start, s.end, s.entity]),
        want,
      );
    });
  }
  it("covers the same characters, in order, without overlap", () => {
    const any = fc.tuple(
      fc.nat(30),
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom("A", "B"),
      fc.constantFrom(0.5, 0.9),
    );
    fc.assert(
      fc.property(fc.array(any, { maxLength: 12 }), (list) => {
        const spans = list.map(([start, length, entity, score]) => ({
          start,
          end: start + length,
          entity,
          score,
        }));
        const resolved = resolveSpans(spans);
        const covered = (of: readonly { start: number; end: number }[]): string =>
          Array.from({ length: 40 }, (_, i) =>
            of.some((s) => s.start <= i && i < s.end) ? "#" : ".",
          ).join("");
        assert.equal(covered(resolved), covered(spans));
        for (let i = 1; i < resolved.length; i++)
          assert.ok(resolved[i]!.start >= resolved[i - 1]!.end);
      }),
    );
  });
});
