import { PipelineError } from "../core/error.ts";
import type { KeyringDocument, SlotRecord } from "./keyring-file.ts";
import { unlock, type SecretSide } from "./lock.ts";
import { describeSlots } from "./slot-info.ts";
import { secretSide, slotInfo, type Unlock } from "./slot.ts";
import { needsTwoOwners } from "./two-owners.ts";

/** A slot that a secret opened. */
interface OpenedSlot {
  readonly slot: SlotRecord;
  readonly side: SecretSide;
  readonly key: Uint8Array;
}

// Argon2id last: it takes the longest.
const order: readonly Unlock["kind"][] = ["keyfile", "identity", "command", "passphrase"];

/**
 * The slots that the secrets at hand open, with the keyring key inside: the first one, or with the
 * two-owner rule one for every secret. Throws `key` when there is none.
 */
export async function openSlots(
  document: KeyringDocument,
  unlocks: readonly Unlock[],
): Promise<readonly [OpenedSlot, ...OpenedSlot[]]> {
  const opened: OpenedSlot[] = [];
  const sorted = unlocks.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  for (const secret of sorted) {
    for (const slot of document.slots) {
      const side = await secretSide(slot, secret, document.id);
      if (side === undefined) continue;
      const key = unlock(side, slotInfo({ keyring: document.id, slot: slot.id }), slot.lock);
      if (key === undefined) continue;
      opened.push({ slot, side, key });
      if (!needsTwoOwners(document)) return [{ slot, side, key }];
      break;
    }
  }
  const [first, ...others] = opened;
  if (first === undefined) throw noneOpens(document, unlocks);
  return [first, ...others];
}

function noneOpens(document: KeyringDocument, unlocks: readonly Unlock[]): PipelineError {
  const tried = unlocks.map(({ kind }) => kind).join(", ");
  return new PipelineError(
    "key",
    `cannot open the keyring ${document.id} with ${tried === "" ? "no secret" : tried}`,
    { hint: `slots are ${describeSlots(document)}` },
  );
}
