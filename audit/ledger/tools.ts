import { createHash } from "node:crypto";
import { encodeBase64 } from "./base64.ts";
import type { NoteSigner } from "./note.ts";

/*
 * One Ed25519 key, and one signature of a file for each of the programs that people have at hand:
 * minisign, ssh-keygen and openssl. Each signs the file in a way of its own, so that no signature can
 * pass for another.
 */

/** A file to be written beside the one that is signed. */
export interface SignatureFile {
  readonly name: string;
  readonly content: string | Uint8Array;
}

/** The signatures of a file, the public keys in each program's form, and the lines that verify them. */
export interface ToolSignatures {
  readonly files: readonly SignatureFile[];
  /** For a shell in the folder of the files; each exits with 0 if and only if the signature is right. */
  readonly commands: readonly string[];
}

const SSH_NAMESPACE = "file";
// SubjectPublicKeyInfo of Ed25519 up to the 32 key bytes (RFC 8410 section 4).
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

/** Signs `content`, the bytes of the file `name`, for all three programs. */
export function signForTools(
  name: string,
  content: Uint8Array,
  signer: NoteSigner,
): ToolSignatures {
  const { publicKey } = signer;
  return {
    files: [
      { name: "signing.minisign.pub", content: minisignPublicKey(publicKey) },
      { name: `${name}.minisig`, content: minisignSignature(name, content, signer) },
      { name: "signing.allowed", content: `${signer.name} ${sshPublicKey(publicKey)}\n` },
      { name: `${name}.sig`, content: sshSignature(content, signer) },
      { name: "signing.pem", content: publicKeyPem(publicKey) },
      { name: `${name}.ed25519`, content: signer.sign(content) },
    ],
    commands: toolCommands(name, signer.name),
  };
}

/** The lines by which minisign, ssh-keygen and openssl verify the file `name` that `signer` signed. */
export function toolCommands(name: string, signer: string): readonly string[] {
  const file = quoted(name);
  const who = `-I ${quoted(signer)} -n ${SSH_NAMESPACE}`;
  return [
    `minisign -V -p signing.minisign.pub -m ${file}`,
    `ssh-keygen -Y verify -f signing.allowed ${who} -s ${file}.sig < ${file}`,
    `openssl pkeyutl -verify -pubin -inkey signing.pem -rawin -in ${file} -sigfile ${file}.ed25519`,
  ];
}

/** A minisign public key file: "Ed", the key number and the key. */
export function minisignPublicKey(publicKey: Uint8Array): string {
  const number = minisignNumber(publicKey);
  const shown = Buffer.from(number).reverse().toString("hex").toUpperCase();
  const line = encodeBase64(Buffer.concat([Buffer.from("Ed"), number, publicKey]));
  return `untrusted comment: minisign public key ${shown}\n${line}\n`;
}

/** A minisign signature of the BLAKE2b hash of a file ("ED"), with its name in the trusted comment. */
export function minisignSignature(name: string, content: Uint8Array, signer: NoteSigner): string {
  const signature = signer.sign(createHash("blake2b512").update(content).digest());
  const line = Buffer.concat([Buffer.from("ED"), minisignNumber(signer.publicKey), signature]);
  const comment = `file:${name}\thashed`;
  const global = signer.sign(Buffer.concat([signature, Buffer.from(comment)]));
  return [
    "untrusted comment: signature from a probity signing key",
    encodeBase64(line),
    `trusted comment: ${comment}`,
    `${encodeBase64(global)}\n`,
  ].join("\n");
}

/** The public key in the form of authorized_keys. */
export function sshPublicKey(publicKey: Uint8Array): string {
  return `ssh-ed25519 ${encodeBase64(sshKeyBlob(publicKey))}`;
}

/** An armored SSHSIG over the SHA-512 of a file (PROTOCOL.sshsig of OpenSSH), namespace "file". */
export function sshSignature(content: Uint8Array, signer: NoteSigner): string {
  const magic = Buffer.from("SSHSIG");
  const scope = [sshString(SSH_NAMESPACE), sshString(""), sshString("sha512")];
  const digest = createHash("sha512").update(content).digest();
  const signature = signer.sign(Buffer.concat([magic, ...scope, sshString(digest)]));
  const blob = Buffer.concat([
    magic,
    Buffer.of(0, 0, 0, 1),
    sshString(sshKeyBlob(signer.publicKey)),
    ...scope,
    sshString(Buffer.concat([sshString("ssh-ed25519"), sshString(signature)])),
  ]);
  return armor("SSH SIGNATURE", blob, 70);
}

/** The public key as SubjectPublicKeyInfo in PEM, as openssl reads it. */
export function publicKeyPem(publicKey: Uint8Array): string {
  return armor("PUBLIC KEY", Buffer.concat([SPKI_PREFIX, publicKey]), 64);
}

// Eight bytes by which minisign finds the key; ours are of its hash, so that they need no storing.
function minisignNumber(publicKey: Uint8Array): Buffer {
  return createHash("sha256")
    .update("probity minisign key\0")
    .update(publicKey)
    .digest()
    .subarray(0, 8);
}

function sshKeyBlob(publicKey: Uint8Array): Buffer {
  return Buffer.concat([sshString("ssh-ed25519"), sshString(publicKey)]);
}

function sshString(content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function quoted(word: string): string {
  return /^[\w./@:-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function armor(label: string, bytes: Uint8Array, width: number): string {
  const lines = encodeBase64(bytes).match(new RegExp(`.{1,${width}}`, "g")) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
