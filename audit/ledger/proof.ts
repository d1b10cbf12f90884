import { PipelineError } from "../../pipeline/core/error.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";

const HEADER = "c2sp.org/tlog-proof@v1";
// A path in a tree of 2^53 leaves has 53 hashes.
const MAX_HASHES = 64;

/** That one entry is in a log (C2SP tlog-proof). `checkpoint` is the signed note, verbatim. */
export interface TlogProof {
  readonly index: number;
  /** Audit path, the leaf's sibling first, 32 bytes each. */
  readonly hashes: readonly Uint8Array[];
  readonly checkpoint: string;
  /** Opaque bytes that nothing authenticates. */
  readonly extra?: Uint8Array;
}

/** The text of a .tlog-proof file. */
export function writeProof({ index, hashes, checkpoint, extra }: TlogProof): string {
  const lines = [
    HEADER,
    ...(extra === undefined ? [] : [`extra ${encodeBase64(extra)}`]),
    `index ${index}`,
    ...hashes.map(encodeBase64),
  ];
  return `${lines.join("\n")}\n\n${checkpoint}`;
}

/** Reads a .tlog-proof file. Throws `format`; the checkpoint in it is not looked at. */
export function parseProof(text: string): TlogProof {
  const end = text.indexOf("\n\n");
  const [header, ...lines] = text.slice(0, Math.max(end, 0)).split("\n");
  if (header !== HEADER) throw malformed("the first line is not its name and version");
  const extra = lines[0]?.startsWith("extra ") ? decodeBase64(lines.shift()!.slice(6)) : null;
  if (extra === undefined) throw malformed("the extra data is not base64");
  const index = /^index (0|[1-9][0-9]{0,15})$/.exec(lines.shift() ?? "")?.[1];
  if (index === undefined || !Number.isSafeInteger(Number(index))) {
    throw malformed("it has no line with the index");
  }
  if (lines.length > MAX_HASHES) throw malformed(`it has more than ${MAX_HASHES} hashes`);
  const hashes = lines.map((line) => {
    const hash = decodeBase64(line);
    if (hash?.length !== 32) throw malformed("a hash is not 32 bytes of base64");
    return hash;
  });
  const checkpoint = text.slice(end + 2);
  return { index: Number(index), hashes, checkpoint, ...(extra === null ? {} : { extra }) };
}

function malformed(why: string): PipelineError {
  return new PipelineError("format", `cannot read a log proof: ${why}`);
}
