import { hybridIdentity, hybridRecipient } from "./hybrid.ts";
import type { Identity, Recipient } from "./recipient.ts";
import { x25519Identity, x25519Recipient } from "./x25519.ts";

/** Wraps to `age1…` or the post-quantum `age1pq1…`; throws `key` for anything else. */
export function recipientOf(text: string): Recipient {
  return text.startsWith("age1pq1") ? hybridRecipient(text) : x25519Recipient(text);
}

/** Unwraps with `AGE-SECRET-KEY-1…` or `AGE-SECRET-KEY-PQ-1…`; throws `key` for anything else. */
export function identityOf(text: string): Identity {
  return text.startsWith("AGE-SECRET-KEY-PQ-1") ? hybridIdentity(text) : x25519Identity(text);
}
