import type { Stanza } from "./header.ts";

/** Bytes of the key that a header wraps and the payload hangs on. */
export const FILE_KEY = 16;

/** Wraps file keys for one holder. */
export interface Recipient {
  wrap(fileKey: Uint8Array): Promise<Stanza>;
}

/** Unwraps file keys. */
export interface Identity {
  /**
   * The file key, or undefined when no stanza is meant for this identity. Throws `format` when one
   * is of its type but broken, whoever it is meant for.
   */
  unwrap(stanzas: readonly Stanza[]): Promise<Uint8Array | undefined>;
}
