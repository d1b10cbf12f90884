import { readFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { PipelineError } from "../../pipeline/core/error.ts";
import { openCosignatures } from "./cosignature.ts";
import { readTextFile, writeFileAtomically } from "./files.ts";
import type { Head } from "./heads.ts";
import { parseVerifierKey } from "./note.ts";
import { acceptTimestamp, verifyTimestamp } from "./timestamp.ts";
import type { Anchor } from "./verdict.ts";

/** Whom the reader believes besides the ledger's own key. */
export interface AnchorTrust {
  /** Verifier keys of witnesses, of signature type 4. */
  readonly witnesses?: readonly string[];
  /** Paths of checkpoints that were copied to where the ledger's operator cannot reach them. */
  readonly copies?: readonly string[];
  /** Certificates of time stamping authorities, PEM. */
  readonly authorities?: string;
}

/** Writes a copy of a checkpoint to a path elsewhere. */
export function anchorByCopy(note: string, path: string): void {
  const before = readTextFile(path);
  if (before !== undefined && before !== note) {
    throw new PipelineError("usage", `cannot anchor to ${path}: it holds another checkpoint`, {
      hint: "an anchor is never overwritten: name a new file",
    });
  }
  writeFileAtomically(path, note);
}

/** Checks an authority's answer for a checkpoint, and keeps its token beside the note. */
export function anchorByTimestamp(
  checkpoints: string,
  head: { readonly text: string; readonly size: number },
  response: Uint8Array,
  nonce: Uint8Array,
): string {
  const path = tokenFile(checkpoints, head.size);
  writeFileAtomically(path, acceptTimestamp(response, Buffer.from(head.text), nonce));
  return path;
}

/** The anchors of the heads that fit the tree, and what is wrong with the others. */
export function findAnchors(
  heads: readonly Head[],
  checkpoints: string,
  { witnesses = [], copies = [], authorities }: AnchorTrust,
): { readonly anchors: readonly Anchor[]; readonly refused: readonly string[] } {
  const keys = witnesses.map(parseVerifierKey);
  const anchors = new Map<string, Anchor>();
  const refused = new Set<string>();
  const attempt = (size: number, find: () => readonly Omit<Anchor, "size">[]) => {
    try {
      for (const anchor of find())
        anchors.set(`${anchor.kind} ${anchor.by} ${size}`, { ...anchor, size });
    } catch (error) {
      if (!(error instanceof PipelineError)) throw error;
      refused.add(`an anchor of checkpoint ${size} cannot be trusted: ${error.message}`);
    }
  };
  for (const { source, note, text, size } of heads) {
    if (copies.includes(source)) attempt(size, () => [{ kind: "copy", by: source }]);
    attempt(size, () =>
      openCosignatures(note, keys).map(({ name, time }) => ({
        kind: "witness",
        by: name,
        time: new Date(time * 1000).toISOString(),
      })),
    );
    const path = tokenFile(checkpoints, size);
    if (authorities !== undefined && existsSync(path)) {
      attempt(size, () => {
        const { time, authority } = verifyTimestamp(
          readFileSync(path),
          Buffer.from(text),
          authorities,
        );
        return [{ kind: "timestamp", by: authority, time }];
      });
    }
  }
  return { anchors: [...anchors.values()].sort((a, b) => a.size - b.size), refused: [...refused] };
}

function tokenFile(checkpoints: string, size: number): string {
  return join(checkpoints, `${size}.tst`);
}
