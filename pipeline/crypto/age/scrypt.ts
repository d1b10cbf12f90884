import { randomBytes, scrypt } from "node:crypto";
import { PipelineError } from "../../core/error.ts";
import { openOnce, sealOnce, TAG } from "../aead.ts";
import { decodeBase64, encodeBase64 } from "../base64.ts";
import { sodiumReady } from "../sodium.ts";
import type { Stanza } from "./header.ts";
import { FILE_KEY, type Identity, type Recipient } from "./recipient.ts";

const TYPE = "scrypt";
const LABEL = "age-encryption.org/v1/scrypt";
const SALT = 16;
/** log2 of the iterations that a file may ask of its reader: 2^20 takes some 3 s and 1 GiB. */
const MAX_WORK_FACTOR = 20;

/** Wraps under a passphrase; age allows no other stanza beside it. `salt` is for published vectors. */
export function scryptRecipient(
  passphrase: Uint8Array,
  workFactor = 18,
  salt: Uint8Array = randomBytes(SALT),
): Recipient {
  return {
    async wrap(fileKey) {
      await sodiumReady();
      const body = sealOnce(await derive(passphrase, salt, workFactor), fileKey);
      return { args: [TYPE, encodeBase64(salt), String(workFactor)], body };
    },
  };
}

/** Unwraps with a passphrase. */
export function scryptIdentity(passphrase: Uint8Array): Identity {
  return {
    async unwrap(stanzas) {
      await sodiumReady();
      const stanza = stanzas.find(({ args }) => args[0] === TYPE);
      if (stanza === undefined) return undefined;
      checkAlone(stanzas);
      const { salt, workFactor, body } = parse(stanza);
      return openOnce(await derive(passphrase, salt, workFactor), body);
    },
  };
}

/** Throws `format` when a passphrase stanza has company: it would not authenticate the sender. */
export function checkAlone(stanzas: readonly Stanza[]): void {
  if (stanzas.length > 1 && stanzas.some(({ args }) => args[0] === TYPE)) {
    throw new PipelineError("format", "a passphrase stanza is not the only one in the header");
  }
}

function parse({ args, body }: Stanza): {
  readonly salt: Uint8Array;
  readonly workFactor: number;
  readonly body: Uint8Array;
} {
  const [, saltText, factor] = args;
  const salt = saltText === undefined ? undefined : decodeBase64(saltText);
  if (
    args.length !== 3 ||
    salt?.length !== SALT ||
    !/^[1-9][0-9]*$/.test(factor!) ||
    body.length !== FILE_KEY + TAG
  ) {
    throw new PipelineError("format", "the scrypt stanza of the header is malformed");
  }
  const workFactor = Number(factor);
  if (workFactor > MAX_WORK_FACTOR) {
    throw new PipelineError("format", `the scrypt work factor is above ${MAX_WORK_FACTOR}`);
  }
  return { salt, workFactor, body };
}

async function derive(
  passphrase: Uint8Array,
  salt: Uint8Array,
  workFactor: number,
): Promise<Uint8Array> {
  const N = 2 ** workFactor;
  const r = 8;
  const options = { N, r, p: 1, maxmem: 128 * r * (N + 2) + 1024 };
  return new Promise((resolve, reject) => {
    scrypt(passphrase, Buffer.concat([Buffer.from(LABEL), salt]), 32, options, (error, key) => {
      if (error === null) resolve(key);
      else
        reject(
          new PipelineError("key", "cannot derive a key from the passphrase", { cause: error }),
        );
    });
  });
}
