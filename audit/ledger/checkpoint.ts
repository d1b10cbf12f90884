import { PipelineError } from "../../pipeline/core/error.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";

/** The head of a log at one size (C2SP tlog-checkpoint). `root` is 32 bytes. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** The note text of a checkpoint: origin, size and root, a line each. We write no extension lines. */
export function writeCheckpoint({ origin, size, root }: Checkpoint): string {
  if (origin === "" || origin.includes("\n")) {
    throw new PipelineError(
      "usage",
      "cannot write a checkpoint: the origin is empty or has a newline",
    );
  }
  return `${origin}\n${size}\n${encodeBase64(root)}\n`;
}

/** Reads the text of a note as a checkpoint; extension lines are allowed. Throws `format`. */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = "", size = "", root = "", ...rest] = text.split("\n");
  const hash = decodeBase64(root);
  const isNumber = /^(0|[1-9][0-9]{0,15})$/.test(size) && Number.isSafeInteger(Number(size));
  const isEnded = rest.length > 0 && rest.indexOf("") === rest.length - 1;
  if (origin === "" || !isNumber || hash?.length !== 32 || !isEnded) {
    throw new PipelineError(
      "format",
      "cannot read a checkpoint: not origin, size and root by line",
    );
  }
  return { origin, size: Number(size), root: hash };
}
