import type { ErasureClass } from "../../audit/ledger/tombstone.ts";
import type { Json } from "../core/canonical-json.ts";
import type { SlotInfo } from "../crypto/slot-info.ts";

/** How far an erasure goes, and when a provider's key that is to go will be gone. */
export interface ErasureReach {
  readonly class: ErasureClass;
  /** ISO 8601: when the last of the slots' keys is gone at its provider. */
  readonly due?: string;
}

/** An event of the ledger. */
type Event = Readonly<Record<string, Json | undefined>>;

/**
 * The class of an erasure under a keyring. Overwriting the person's key in its file leaves earlier
 * copies of the file to whoever can open the keyring, or an earlier copy of that: `file`. Where every
 * slot is a command slot whose provider was told to destroy the key, nobody opens any copy once the
 * last of them is gone: `kms-scheduled` until `due`, `kms-destroyed` from then on. `events` are those
 * of kind `keys`, oldest first; a rewrap moves slots to keys that are not to go.
 */
export function erasureReach(
  keyring: { readonly id: string; readonly slots: readonly SlotInfo[] },
  events: readonly Event[],
  now: Date,
): ErasureReach {
  const dues = new Map<string, string>();
  for (const { keyring: id, change, slots, due } of events) {
    if (id !== keyring.id) continue;
    if (change === "rewrapped") dues.clear();
    if (change !== "provider-destroyed" || typeof due !== "string") continue;
    for (const slot of Array.isArray(slots) ? slots : []) dues.set(String(slot), due);
  }
  const told = keyring.slots.flatMap(({ id, kind }) =>
    kind === "command" ? [dues.get(id) ?? []].flat() : [],
  );
  if (told.length < keyring.slots.length) return { class: "file" };
  const due = new Date(Math.max(...told.map((at) => Date.parse(at))));
  return { class: due > now ? "kms-scheduled" : "kms-destroyed", due: due.toISOString() };
}
