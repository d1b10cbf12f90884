import { randomBytes } from "node:crypto";
import { canonicalJson } from "../core/canonical-json.ts";
import { hmacSha256 } from "../core/digest.ts";
import { PipelineError } from "../core/error.ts";
import { openOnce, sealOnce } from "./aead.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { hkdf, joinInfo, noSalt } from "./hkdf.ts";
import type { KeyringDocument, RootRecord } from "./keyring-file.ts";

/** Seals root keys under the keyring key. */
export function sealRoots(
  keyring: string,
  key: Uint8Array,
  roots: ReadonlyMap<string, Uint8Array>,
): readonly RootRecord[] {
  return [...roots].map(([id, root]) => {
    const salt = randomBytes(16);
    const sealed = sealOnce(hkdf(key, salt, rootInfo(keyring, id), 32), root);
    return { id, salt: encodeBase64(salt), sealed: encodeBase64(sealed) };
  });
}

/** The root keys of a keyring, by id. Throws `integrity` when one was changed. */
export function openRoots(document: KeyringDocument, key: Uint8Array): Map<string, Uint8Array> {
  const roots = new Map<string, Uint8Array>();
  for (const { id, salt, sealed } of document.roots) {
    const wrap = hkdf(key, decodeBase64(salt) ?? noSalt, rootInfo(document.id, id), 32);
    const root = openOnce(wrap, decodeBase64(sealed) ?? noSalt);
    if (root === undefined) {
      throw new PipelineError(
        "integrity",
        `the root ${id} of the keyring ${document.id} was changed`,
      );
    }
    roots.set(id, root);
  }
  return roots;
}

/** The MAC of a keyring file, HMAC-SHA-256 of its canonical JSON under a subkey of the keyring key. */
export function macOf(key: Uint8Array, document: KeyringDocument): Uint8Array {
  const macKey = hkdf(key, noSalt, joinInfo("probity/keyring-mac/v1", document.id), 32);
  return hmacSha256(macKey, canonicalJson(document));
}

function rootInfo(keyring: string, root: string): string {
  return joinInfo("probity/root/v1", keyring, root);
}
