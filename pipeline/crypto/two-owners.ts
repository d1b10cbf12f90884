import { PipelineError } from "../core/error.ts";
import { joinInfo } from "./hkdf.ts";
import type { KeyringDocument, PairRecord, SlotRecord } from "./keyring-file.ts";
import type { Lock, SecretSide } from "./lock.ts";
import { lock, unlock } from "./lock.ts";
import { publicSide } from "./slot.ts";

/** Whether the vault key of a keyring needs slots of two owners. */
export function needsTwoOwners(document: KeyringDocument): boolean {
  return document.pairs !== undefined;
}

/**
 * Locks the vault key to every two slots of different owners: to one, and the result to the other.
 * Throws `usage` when the slots have one owner among them.
 */
export function lockVault(
  keyring: string,
  slots: readonly SlotRecord[],
  vault: Uint8Array,
): readonly PairRecord[] {
  const pairs = slots.flatMap((a, i) =>
    slots.slice(i + 1).flatMap((b): PairRecord[] => {
      if (a.owner === b.owner) return [];
      const info = pairInfo(keyring, a.id, b.id);
      const inner = lock(publicSide(a), info, vault);
      const outer = lock(publicSide(b), info, Buffer.from(JSON.stringify(inner)));
      return [{ slots: [a.id, b.id], lock: outer }];
    }),
  );
  if (pairs.length === 0) {
    throw new PipelineError("usage", `all slots of the keyring ${keyring} have one owner`, {
      hint: "the two-owner rule needs slots with different owners",
    });
  }
  return pairs;
}

/** The vault key, if slots of two owners are open; undefined otherwise. */
export function openVault(
  document: KeyringDocument,
  opened: readonly { readonly slot: SlotRecord; readonly side: SecretSide }[],
): Uint8Array | undefined {
  const sides = new Map(opened.map(({ slot, side }) => [slot.id, side]));
  for (const { slots, lock: outer } of document.pairs ?? []) {
    const [first, second] = slots.map((id) => sides.get(id));
    if (first === undefined || second === undefined) continue;
    const info = pairInfo(document.id, ...slots);
    const inner = unlock(second, info, outer);
    if (inner === undefined) continue;
    // Authentic: only who made the pair could have sealed it.
    return unlock(first, info, JSON.parse(Buffer.from(inner).toString("utf8")) as Lock);
  }
  return undefined;
}

function pairInfo(keyring: string, first: string, second: string): string {
  return joinInfo("probity/pair/v1", keyring, first, second);
}
