import { PipelineError } from "../../pipeline/core/error.ts";
import { verifyEd25519 } from "../../pipeline/core/signature.ts";
import {
  COSIGNATURE,
  keyId,
  parseNote,
  signatureLine,
  type NoteSigner,
  type VerifierKey,
} from "./note.ts";

/** A witness's word that it saw a checkpoint, and when (C2SP tlog-cosignature). */
export interface Cosignature {
  readonly name: string;
  /** Seconds since 1970, as the witness's clock had it. */
  readonly time: number;
}

/** The signature line of a witness under the text of a checkpoint, with its newline. */
export function cosign(text: string, witness: NoteSigner, time: number): string {
  const stamp = Buffer.alloc(8);
  stamp.writeBigUInt64BE(BigInt(time));
  const signature = witness.sign(cosignedMessage(text, String(time)));
  const id = keyId(witness.name, witness.publicKey, COSIGNATURE);
  return signatureLine(witness.name, id, Buffer.concat([stamp, signature]));
}

/**
 * The cosignatures of known witnesses under a note. Lines of others are ignored; throws `integrity`
 * when that of a known witness is wrong.
 */
export function openCosignatures(note: string, witnesses: readonly VerifierKey[]): Cosignature[] {
  const { text, signatures } = parseNote(note);
  const found: Cosignature[] = [];
  for (const { name, id, bytes } of signatures) {
    const key = witnesses.find(
      (one) => one.type === COSIGNATURE && one.name === name && one.id === id,
    );
    if (key === undefined) continue;
    const stamp = bytes.length === 72 ? Buffer.from(bytes).readBigUInt64BE() : -1n;
    const message = cosignedMessage(text, String(stamp));
    if (stamp < 0n || !verifyEd25519(key.publicKey, message, bytes.subarray(8))) {
      throw new PipelineError(
        "integrity",
        `the cosignature of ${name} does not match the checkpoint`,
      );
    }
    found.push({ name, time: Number(stamp) });
  }
  return found;
}

/** The note with further signature lines; a line it has already is not repeated. */
export function withSignatureLines(note: string, lines: string): string {
  const present = note.slice(note.lastIndexOf("\n\n") + 2).split("\n");
  const added = lines.split("\n").filter((line) => line !== "" && !present.includes(line));
  const result = note + added.map((line) => `${line}\n`).join("");
  parseNote(result);
  return result;
}

function cosignedMessage(text: string, time: string): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${time}\n${text}`);
}
