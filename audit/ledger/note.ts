import { createHash } from "node:crypto";
import { PipelineError } from "../../pipeline/core/error.ts";
import { verifyEd25519 } from "../../pipeline/core/signature.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";

// Signature types of C2SP signed-note: Ed25519 and ECDSA over the text, and witness cosignatures.
export const ED25519 = 0x01;
const ECDSA = 0x02;
export const COSIGNATURE = 0x04;
const MAX_SIGNATURES = 64;

/** A key that signs notes. `sign` returns the 64-byte Ed25519 signature of a message. */
export interface NoteSigner {
  readonly name: string;
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
}

/** A key that a reader trusts. `id` is 8 lower-case hex digits. */
export interface VerifierKey {
  readonly name: string;
  readonly id: string;
  readonly type: number;
  readonly publicKey: Uint8Array;
}

/** One signature line. `id` is 8 lower-case hex digits, `bytes` what follows it. */
export interface NoteSignature {
  readonly name: string;
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** A note as written; nothing in it is to be believed before a signature has been verified. */
export interface Note {
  /** Ends in a newline, and is what is signed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** Key id of C2SP signed-note: the first 4 bytes of SHA-256(name || "\n" || type || key), in hex. */
export function keyId(name: string, publicKey: Uint8Array, type = ED25519): string {
  return createHash("sha256")
    .update(`${name}\n`)
    .update(Buffer.of(type))
    .update(publicKey)
    .digest("hex")
    .slice(0, 8);
}

/** The key as one line of text, `name+id+base64(type || key)`, as Go's sumdb/note reads it. */
export function encodeVerifierKey(name: string, publicKey: Uint8Array, type = ED25519): string {
  checkName(name);
  const material = encodeBase64(Buffer.concat([Buffer.of(type), publicKey]));
  return `${name}+${keyId(name, publicKey, type)}+${material}`;
}

/**
 * An ECDSA key as one line of text (signature type 0x02): its id is the first 4 bytes of the SHA-256 of
 * the key as SubjectPublicKeyInfo in DER, which is also what follows the type.
 */
export function encodeEcdsaKey(name: string, spki: Uint8Array): string {
  checkName(name);
  const id = createHash("sha256").update(spki).digest("hex").slice(0, 8);
  return `${name}+${id}+${encodeBase64(Buffer.concat([Buffer.of(ECDSA), spki]))}`;
}

/** Reads a verifier key, with or without a newline after it. Throws `format` on any other text. */
export function parseVerifierKey(text: string): VerifierKey {
  const line = text.endsWith("\n") ? text.slice(0, -1) : text;
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/u.exec(line);
  const [, name = "", id = "", material = ""] = match ?? [];
  const bytes = decodeBase64(material);
  const type = bytes?.[0];
  if (bytes?.length !== 33 || (type !== ED25519 && type !== COSIGNATURE)) {
    throw new PipelineError("format", "cannot read a verifier key: not in the form name+id+key", {
      hint: "a verifier key is one line, such as example.com/ledger+1a2b3c4d+AQ…",
    });
  }
  const publicKey = bytes.subarray(1);
  if (keyId(name, publicKey, type) !== id) {
    throw new PipelineError("format", `cannot read verifier key ${name}: its id is not of its key`);
  }
  return { name, id, type, publicKey };
}

/** A note over `text` (which ends in a newline), signed by each signer in order. */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  checkText(text);
  const message = Buffer.from(text);
  const lines = signers.map((signer) =>
    signatureLine(signer.name, keyId(signer.name, signer.publicKey), signer.sign(message)),
  );
  return `${text}\n${lines.join("")}`;
}

/** One signature line, with its newline. */
export function signatureLine(name: string, id: string, signature: Uint8Array): string {
  checkName(name);
  return `— ${name} ${encodeBase64(Buffer.concat([Buffer.from(id, "hex"), signature]))}\n`;
}

/** Splits a note into text and signatures. Throws `format`; verifies nothing. */
export function parseNote(note: string): Note {
  const end = note.lastIndexOf("\n\n");
  if (end === -1) throw malformed("it has no blank line before the signatures");
  const text = note.slice(0, end + 1);
  checkText(text);
  const block = note.slice(end + 2);
  if (!block.endsWith("\n")) throw malformed("its last line is not ended");
  const lines = block.slice(0, -1).split("\n");
  if (lines.length > MAX_SIGNATURES)
    throw malformed(`it has more than ${MAX_SIGNATURES} signatures`);
  return { text, signatures: lines.map(parseLine) };
}

/**
 * Verifies a note by the Ed25519 keys that are trusted. Returns its text and the keys that signed
 * it; signatures of other keys are ignored. Throws `integrity` when a signature of a trusted key is
 * wrong, or none is there.
 */
export function openNote(
  note: string,
  keys: readonly VerifierKey[],
): { readonly text: string; readonly signers: readonly VerifierKey[] } {
  const { text, signatures } = parseNote(note);
  const message = Buffer.from(text);
  const signers: VerifierKey[] = [];
  for (const { name, id, bytes } of signatures) {
    const key = keys.find((one) => one.type === ED25519 && one.name === name && one.id === id);
    if (key === undefined) continue;
    if (!verifyEd25519(key.publicKey, message, bytes)) {
      throw new PipelineError("integrity", `the signature of ${name} does not match the note`);
    }
    signers.push(key);
  }
  if (signers.length === 0) {
    const names = keys.map((key) => `${key.name}+${key.id}`).join(", ");
    throw new PipelineError("integrity", `the note is not signed by ${names || "a known key"}`);
  }
  return { text, signers };
}

function parseLine(line: string): NoteSignature {
  const match = /^— ([^\s+]+) ([A-Za-z0-9+/]+=*)$/u.exec(line);
  const bytes = match?.[2] === undefined ? undefined : decodeBase64(match[2]);
  if (match?.[1] === undefined || bytes === undefined || bytes.length < 5) {
    throw malformed("a signature line is not in the form “— name base64”");
  }
  return { name: match[1], id: bytes.toString("hex", 0, 4), bytes: bytes.subarray(4) };
}

function checkName(name: string): void {
  if (name === "" || /[\s+]/u.test(name) || hasControl(name)) {
    throw new PipelineError(
      "usage",
      "cannot sign under this key name: it is empty or has a space or +",
    );
  }
}

function checkText(text: string): void {
  if (!text.endsWith("\n")) throw malformed("its text does not end in a newline");
  if (!text.isWellFormed() || hasControl(text.replaceAll("\n", ""))) {
    throw malformed("its text has a control character");
  }
}

function hasControl(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) < 0x20) return true;
  return false;
}

function malformed(why: string): PipelineError {
  return new PipelineError("format", `cannot read a signed note: ${why}`);
}
