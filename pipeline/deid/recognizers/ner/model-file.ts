import { gunzipSync, gzipSync } from "node:zlib";
import { PipelineError } from "../../../core/error.ts";

const MAGIC = "probity name model 2\n";

/** What a model is made of: quantised rows of weights, transitions and look-up tables. */
export interface ModelFile {
  readonly language: "en" | "zh";
  /** log2 of the number of rows that features are hashed to. */
  readonly bits: number;
  /** What one unit of `weights` is worth. */
  readonly scale: number;
  /** One bit a row, lowest first: whether the row has weights. */
  readonly rows: Uint8Array;
  /** One weight a tag for each row that has any, in the order of the rows. */
  readonly weights: Int8Array;
  /** Log scores of neighbouring tags. */
  readonly transition: Float64Array;
  /** Look-up tables by name, as the language's encoder defines them. */
  readonly tables: Readonly<Record<string, Uint8Array>>;
}

interface Header {
  readonly language: "en" | "zh";
  readonly bits: number;
  readonly scale: number;
  readonly transition: readonly number[];
  readonly sections: readonly (readonly [name: string, bytes: number])[];
}

/** The same model gives the same bytes. */
export function encodeModel(model: ModelFile): Uint8Array {
  const sections: [string, Uint8Array][] = [
    ["rows", model.rows],
    [
      "weights",
      new Uint8Array(model.weights.buffer, model.weights.byteOffset, model.weights.length),
    ],
    ...Object.entries(model.tables),
  ];
  const header: Header = {
    language: model.language,
    bits: model.bits,
    scale: model.scale,
    transition: [...model.transition],
    sections: sections.map(([name, bytes]) => [name, bytes.length]),
  };
  const head = Buffer.from(MAGIC + JSON.stringify(header) + "\n");
  return gzipSync(Buffer.concat([head, ...sections.map(([, bytes]) => bytes)]), { level: 9 });
}

/** Throws `internal` errors only for a file that is not ours: it ships with the code. */
export function decodeModel(bytes: Uint8Array): ModelFile {
  const data = gunzipSync(bytes);
  const start = MAGIC.length;
  const end = data.indexOf(10, start);
  if (data.toString("latin1", 0, start) !== MAGIC || end < 0) {
    throw new PipelineError("internal", "cannot load the name model: not a model file");
  }
  const header = JSON.parse(data.toString("utf8", start, end)) as Header;
  const parts = new Map<string, Uint8Array>();
  let at = end + 1;
  for (const [name, length] of header.sections) {
    // Copied, since typed views of wider integers need aligned memory.
    parts.set(name, new Uint8Array(data.subarray(at, at + length)));
    at += length;
  }
  const { rows, weights, ...tables } = Object.fromEntries(parts);
  return {
    language: header.language,
    bits: header.bits,
    scale: header.scale,
    rows: rows!,
    weights: new Int8Array(weights!.buffer),
    transition: Float64Array.from(header.transition),
    tables,
  };
}
