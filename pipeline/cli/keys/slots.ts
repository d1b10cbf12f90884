import { basename } from "node:path";
import { PipelineError } from "../../core/error.ts";
import { slotsOf, type Keyring } from "../../crypto/keyring.ts";
import { destroyedAt, keyringFile, scheduledDestruction } from "../../run/destruction.ts";
import { readIfPresent } from "../../run/files.ts";
import { createNew, keyringIds, openProject, saveKeyring, slotRequest } from "../../run/keys.ts";
import { requireTwoOwners } from "../../run/subjects.ts";
import {
  changing,
  findKeyring,
  namedKeyring,
  recordChange,
  slotLine,
  type KeysCall,
} from "./call.ts";

/** Makes a keyring that is not there; the project's gets its signing keys as well. */
export async function create(call: KeysCall): Promise<number> {
  const { args, workspace, secrets } = call;
  const recipients = args.recipient.length === 0 ? ["keyfile"] : args.recipient;
  const id = args.words[0] ?? "project";
  const { words, owners } = ownersOf(recipients);
  const keyring = await createNew(workspace, id, words, secrets, {
    owners,
    twoOwners: args["two-owners"],
  });
  try {
    if (id === "project") (await openProject(workspace, words, secrets)).keyring.close();
    print(call, keyring);
    return 0;
  } finally {
    keyring.close();
  }
}

/** Lists slots without opening anything. */
export async function list({ args, workspace, terminal }: KeysCall): Promise<number> {
  const ids =
    args.words.length > 0
      ? args.words.map((name) => findKeyring(workspace, name))
      : keyringIds(workspace);
  const keyrings = [];
  for (const id of ids) {
    const bytes = await readIfPresent(keyringFile(workspace, id));
    if (bytes === undefined) {
      const at = await destroyedAt(workspace, id);
      throw new PipelineError(
        "usage",
        at === undefined ? `there is no keyring ${id}` : `the keyring ${id} was destroyed on ${at}`,
      );
    }
    const schedule = await scheduledDestruction(workspace, id);
    keyrings.push({
      keyring: id,
      ...outline(bytes),
      ...(schedule === undefined ? {} : { destroyed_on: schedule.due }),
      slots: slotsOf(bytes),
    });
  }
  if (args.json) terminal.json({ keyrings });
  else {
    for (const { keyring, slots, roots, two_owners: twoOwners, destroyed_on: due } of keyrings) {
      const notes = [
        `root ${roots.at(-1) ?? ""}`,
        ...(roots.length > 1 ? [`moving from ${roots.slice(0, -1).join(", ")}`] : []),
        ...(twoOwners ? ["the vault needs two owners"] : []),
        ...(due === undefined ? [] : [`to be destroyed on ${due}`]),
      ];
      terminal.out(`${keyring}  ${notes.join("; ")}`);
      for (const slot of slots) terminal.out(`  ${slotLine(slot)}`);
    }
  }
  return 0;
}

/** Gives a keyring more slots. */
export async function add(call: KeysCall): Promise<number> {
  const { args, workspace, secrets } = call;
  if (args.recipient.length === 0)
    throw new PipelineError("usage", "--recipient SLOT is missing", {
      hint: "probity keys add --help",
    });
  return changing(call, namedKeyring(call), async (keyring) => {
    const added = [];
    for (const word of args.recipient) {
      const { words, owners } = ownersOf([word]);
      const [slotWord = word] = words;
      const request = await slotRequest(slotWord, secrets, true);
      const owner = args.owner ?? owners[slotWord];
      const label = args.label ?? owner;
      added.push(
        await keyring.addSlot({
          ...request,
          ...(label === undefined ? {} : { label }),
          ...(owner === undefined ? {} : { owner }),
        }),
      );
    }
    await saveKeyring(workspace, keyring);
    const event = await recordChange(call, keyring, { change: "added", slots: added });
    print(call, keyring, { added, event });
    return 0;
  });
}

/** Takes a slot away, and locks a new keyring key to the others. */
export async function remove(call: KeysCall): Promise<number> {
  const { args, workspace } = call;
  const { slot } = args;
  const id = namedKeyring(call);
  if (slot === undefined)
    throw new PipelineError("usage", "--slot ID is missing", { hint: `probity keys list ${id}` });
  return changing(call, id, async (keyring) => {
    keyring.removeSlot(slot);
    await saveKeyring(workspace, keyring);
    const event = await recordChange(call, keyring, { change: "removed", slots: [slot] });
    print(call, keyring, { removed: slot, event });
    call.terminal.note(
      `whoever copied ${basename(keyringFile(workspace, id))} before can still open that copy: probity keys reencrypt ${id}`,
    );
    return 0;
  });
}

/** Locks a new keyring key to every slot; the providers of command slots wrap with their newest key. */
export async function rewrap(call: KeysCall): Promise<number> {
  return changing(call, namedKeyring(call), async (keyring) => {
    await keyring.rewrap();
    await saveKeyring(call.workspace, keyring);
    const event = await recordChange(call, keyring, { change: "rewrapped" });
    print(call, keyring, { event });
    return 0;
  });
}

/** From now on the vault of a keyring opens only with slots of two different owners. */
export async function twoOwners(call: KeysCall): Promise<number> {
  return changing(call, namedKeyring(call), async (keyring) => {
    await requireTwoOwners(call.workspace, keyring);
    const event = await recordChange(call, keyring, { change: "two-owners" });
    print(call, keyring, { event });
    return 0;
  });
}

/** `OWNER=SLOT` words, as slots and whose they are. */
function ownersOf(recipients: readonly string[]): {
  readonly words: readonly string[];
  readonly owners: Readonly<Record<string, string>>;
} {
  const pairs = recipients.map((word): [string, string | undefined] => {
    const match = /^([^=:\s]{1,100})=((?:age1|keyfile|passphrase|command:).*)$/s.exec(word);
    return match === null ? [word, undefined] : [match[2] ?? word, match[1]];
  });
  return {
    words: pairs.map(([word]) => word),
    owners: Object.fromEntries(
      pairs.flatMap(([word, owner]) => (owner === undefined ? [] : [[word, owner]])),
    ),
  };
}

function print(
  { args, terminal }: KeysCall,
  keyring: Keyring,
  more: Readonly<Record<string, unknown>> = {},
): void {
  if (args.json) terminal.json({ keyring: keyring.id, ...more, slots: keyring.slots });
  else for (const slot of keyring.slots) terminal.out(`${keyring.id}  ${slotLine(slot)}`);
}

/** What a keyring file says to anybody; nothing of it is authenticated before it is opened. */
function outline(bytes: Uint8Array): {
  readonly revision: number;
  readonly roots: readonly string[];
  readonly two_owners: boolean;
} {
  const { revision, roots, pairs } = JSON.parse(Buffer.from(bytes).toString()) as {
    revision: number;
    roots: { id: string }[];
    pairs?: unknown;
  };
  return { revision, roots: roots.map(({ id }) => id), two_owners: pairs !== undefined };
}
