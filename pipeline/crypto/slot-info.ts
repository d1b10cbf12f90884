import type { KeyringDocument, SlotRecord } from "./keyring-file.ts";

/** What anyone may know of a slot. */
export interface SlotInfo {
  readonly id: string;
  readonly kind: SlotRecord["kind"];
  readonly label: string;
  readonly owner: string;
  /** `age1…` of a recipient slot. */
  readonly recipient?: string;
  /** What the provider of a command slot calls the version of its key. */
  readonly version?: string;
}

/** The public part of a slot's record. */
export function infoOf(slot: SlotRecord): SlotInfo {
  const { id, kind, label, owner } = slot;
  return {
    id,
    kind,
    label,
    owner,
    ...(slot.kind === "recipient" ? { recipient: slot.recipient } : {}),
    ...(slot.kind === "command" ? { version: slot.version } : {}),
  };
}

/** The slots of a keyring in words, for hints: "slot_1 (passphrase, laptop), slot_2 (keyfile)". */
export function describeSlots(document: KeyringDocument): string {
  return document.slots
    .map(({ id, kind, label }) => `${id} (${kind}${label === "" ? "" : `, ${label}`})`)
    .join(", ");
}
