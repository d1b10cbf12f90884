import { PipelineError } from "../../core/error.ts";
import type { Cipher, TextOperator } from "./operator.ts";

/** Opens a sealed value in text. Literal ones in the input are sealed too, so none is ambiguous. */
export const SEALED_OPEN = "⟦";
const sealed = /⟦([A-Z][A-Z0-9_]*):([A-Za-z0-9_-]+)⟧/g;

/**
 * The value, encrypted and authenticated, as `⟦PERSON:…⟧` with the rest in base64url. The kind is
 * bound to it: a value moved under another kind does not open.
 */
export const encrypt: TextOperator = {
  name: "encrypt",
  about: "the value encrypted and authenticated, reversed with the key",
  reversible: true,
  keyed: true,
  settings: {},
  apply(value, _params, _secret, about) {
    if (about?.cipher === undefined) {
      throw new PipelineError("key", "cannot encrypt values: no key was given", {
        hint: "give the dataset a key, or use pseudonymize",
      });
    }
    const box = about.cipher.seal(encode(value), contextOf(about.entity));
    return `${SEALED_OPEN}${about.entity}:${Buffer.from(box).toString("base64url")}⟧`;
  },
};

/**
 * The text with every sealed value opened, byte for byte what was encrypted. Throws `integrity` when
 * a value does not open: it was changed, moved under another kind, or sealed under another key.
 */
export function reidentify(text: string, cipher: Cipher): string {
  return text.replace(sealed, (_whole, entity: string, box: string) => {
    try {
      return decode(cipher.open(Buffer.from(box, "base64url"), contextOf(entity)));
    } catch (cause) {
      throw new PipelineError("integrity", `cannot open a sealed value of kind ${entity}`, {
        hint: "it was changed, or sealed under another key",
        cause,
      });
    }
  });
}

function contextOf(entity: string): string {
  return `probity deid value v1 ${entity}`;
}

/** UTF-8 behind a 0, or UTF-16 behind a 1 where a lone surrogate has no UTF-8. */
function encode(value: string): Uint8Array {
  const form = value.isWellFormed() ? "utf8" : "utf16le";
  return Buffer.concat([Buffer.from([form === "utf8" ? 0 : 1]), Buffer.from(value, form)]);
}

function decode(plain: Uint8Array): string {
  return Buffer.from(plain.subarray(1)).toString(plain[0] === 0 ? "utf8" : "utf16le");
}
