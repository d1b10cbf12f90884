import { canonicalJson } from "../../pipeline/core/canonical-json.ts";
import { verifyEd25519 } from "../../pipeline/core/signature.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import type { NoteSigner, VerifierKey } from "./note.ts";

/** Base64 signature of an event's members, those that hold signatures left out. */
export function signBody(body: Readonly<Record<string, unknown>>, signer: NoteSigner): string {
  return encodeBase64(signer.sign(messageOf(body)));
}

/** Whether `signature` is that of `key` over the members of an event; false for anything else. */
export function isBodySigned(
  body: Readonly<Record<string, unknown>>,
  key: VerifierKey,
  signature: unknown,
): boolean {
  const bytes = typeof signature === "string" ? decodeBase64(signature) : undefined;
  return bytes !== undefined && verifyEd25519(key.publicKey, messageOf(body), bytes);
}

// The first line keeps a signature of an event from being one of anything else.
function messageOf(body: Readonly<Record<string, unknown>>): Buffer {
  return Buffer.from(`probity ledger event v1\n${canonicalJson(body)}`);
}
