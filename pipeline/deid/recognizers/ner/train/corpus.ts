import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { TAGS } from "../lattice.ts";
import type { Encoder } from "../encoder.ts";
import { HARD_WINDOW, SOFT_WINDOW } from "../name-model.ts";
import { REACH } from "../encoder.ts";
import { tokenize, windowEnds, type Tokens } from "../tokens.ts";

/** A name in a text. `kind` indexes `entities`; the end is exclusive. */
export interface Mark {
  readonly start: number;
  readonly end: number;
  readonly kind: number;
}

/** A text whose names are all marked, in order and disjoint. */
export interface Example {
  readonly text: string;
  readonly marks: readonly Mark[];
}

/** A window ready for training: unit ids with edges, joint feature rows, and the right tags. */
export interface TrainingWindow {
  readonly n: number;
  readonly units: Int32Array;
  readonly joint: Int32Array;
  readonly tags: Uint8Array;
}

/** Reads JSON lines, gzipped, of `{text, spans: [{start, end, label}]}`; labels not in `kinds` are dropped. */
export function readExamples(
  file: string | URL,
  labels: Readonly<Record<string, number>>,
): Example[] {
  const lines = gunzipSync(readFileSync(file)).toString("utf8").split("\n");
  return lines
    .filter((line) => line !== "")
    .map((line) => {
      const { text, spans } = JSON.parse(line) as {
        text: string;
        spans: { start: number; end: number; label: string }[];
      };
      const marks = spans
        .filter(({ label }) => label in labels)
        .map(({ start, end, label }) => ({ start, end, kind: labels[label]! }));
      return { text, marks: disjoint(marks) };
    });
}

/** Sorted by start; of overlapping marks the first and longest stays. */
export function disjoint(marks: readonly Mark[]): Mark[] {
  const sorted = [...marks].sort((a, b) => a.start - b.start || b.end - a.end);
  const kept: Mark[] = [];
  for (const mark of sorted) {
    if (mark.end > mark.start && mark.start >= (kept.at(-1)?.end ?? 0)) kept.push(mark);
  }
  return kept;
}

/** The windows of an example; joint features are cut to rows of a table of 2^bits. */
export function windowsOf(example: Example, encoder: Encoder, bits: number): TrainingWindow[] {
  const tokens = tokenize(example.text);
  const tags = tagsOf(tokens, example.marks);
  const windows: TrainingWindow[] = [];
  let from = 0;
  for (const end of windowEnds(example.text, tokens, SOFT_WINDOW, HARD_WINDOW)) {
    const { n, units, joint } = encoder.encode(example.text, tokens, from, end, false);
    windows.push({
      n,
      units: units.slice(0, n + 2 * REACH),
      joint: joint.slice(0, n * encoder.joined).map((hash) => hash >>> (32 - bits)),
      tags: closed(tags.slice(from, end)),
    });
    from = end;
  }
  return windows;
}

/** BIOES tags of tokens: a token belongs to the mark that it overlaps. */
export function tagsOf(tokens: Tokens, marks: readonly Mark[]): Uint8Array {
  const tags = new Uint8Array(tokens.n);
  let t = 0;
  for (const { start, end, kind } of marks) {
    while (t < tokens.n && tokens.ends[t]! <= start) t++;
    const first = t;
    while (t < tokens.n && tokens.starts[t]! < end) t++;
    const last = t - 1;
    for (let k = first; k <= last; k++) {
      const place = first === last ? 3 : k === first ? 0 : k === last ? 2 : 1;
      tags[k] = 1 + 4 * kind + place;
    }
  }
  return tags;
}

// A window may cut a name in two: each part becomes a name of its own.
function closed(tags: Uint8Array): Uint8Array {
  for (let t = 0; t < tags.length; t++) {
    const tag = tags[t]!;
    if (tag === 0) continue;
    const place = (tag - 1) % 4;
    const base = tag - place;
    const opens = t > 0 && tags[t - 1]! > 0 && (tags[t - 1]! - 1) % 4 < 2;
    const goesOn = t + 1 < tags.length && place < 2;
    const begins = !opens || place === 0 || place === 3;
    tags[t] = base + (begins ? (goesOn ? 0 : 3) : goesOn ? 1 : 2);
  }
  if (tags.some((tag) => tag >= TAGS)) throw new RangeError("a tag is out of range");
  return tags;
}
