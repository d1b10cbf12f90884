import { canonicalJson, type Json } from "../core/canonical-json.ts";
import { sha256 } from "../core/digest.ts";
import { PipelineError } from "../core/error.ts";
import type { Weight, Weights } from "./tensors.ts";

const MAGIC = "probity-model/1\n";
const PREFIX = MAGIC.length + 4;

/** What a model or checkpoint file holds: plain JSON and named float32 tensors. */
export interface ModelFile {
  readonly header: Readonly<Record<string, Json>>;
  readonly weights: Weights;
}

/**
 * The bytes of a model: magic, length of the head (uint32, little endian), the head as canonical
 * JSON (header, the name and shape of each tensor in order, SHA-256 of what follows), then all
 * values as little-endian float32. Equal models have equal bytes.
 */
export function encodeModelFile(file: ModelFile): Uint8Array {
  const entries = Object.entries(file.weights);
  const total = entries.reduce((sum, [, { values }]) => sum + values.length, 0);
  const body = new Float32Array(total);
  let offset = 0;
  for (const [, { values }] of entries) {
    body.set(values, offset);
    offset += values.length;
  }
  const payload = Buffer.from(body.buffer);
  const head = Buffer.from(
    canonicalJson({
      header: file.header,
      tensors: entries.map(([name, { shape }]) => ({ name, shape })),
      sha256: sha256(payload),
    }),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  return new Uint8Array(Buffer.concat([Buffer.from(MAGIC), length, head, payload]));
}

/** Reads what `encodeModelFile` wrote. Throws `format` for other bytes, `integrity` for changed ones. */
export function decodeModelFile(bytes: Uint8Array): ModelFile {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < PREFIX || buffer.toString("latin1", 0, MAGIC.length) !== MAGIC) {
    throw new PipelineError("format", "these bytes are not a model of this program");
  }
  const bodyAt = PREFIX + buffer.readUInt32LE(MAGIC.length);
  const head = readHead(buffer, bodyAt);
  const payload = buffer.subarray(bodyAt);
  if (sha256(payload) !== head.sha256) {
    throw new PipelineError("integrity", "the weights are not those that the model's head names");
  }
  // A copy at offset zero, as float32 views must be aligned.
  const body = new Float32Array(new Uint8Array(payload).buffer);
  const weights: Record<string, Weight> = {};
  let offset = 0;
  for (const { name, shape } of head.tensors) {
    const size = shape.reduce((product, n) => product * n, 1);
    weights[name] = { shape, values: body.slice(offset, offset + size) };
    offset += size;
  }
  if (offset !== body.length) throw new PipelineError("format", "the model has values left over");
  return { header: head.header, weights };
}

interface Head {
  readonly header: Readonly<Record<string, Json>>;
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly sha256: string;
}

function readHead(buffer: Buffer, bodyAt: number): Head {
  if (bodyAt > buffer.length || (buffer.length - bodyAt) % 4 !== 0) {
    throw new PipelineError("format", "the model is cut short");
  }
  try {
    const head = JSON.parse(buffer.toString("utf8", PREFIX, bodyAt)) as Partial<Head> | null;
    if (head?.header && Array.isArray(head.tensors) && typeof head.sha256 === "string") {
      return head as Head;
    }
  } catch (cause) {
    throw new PipelineError("format", "the head of the model cannot be read", { cause });
  }
  throw new PipelineError("format", "the head of the model lacks a member");
}
