import { PipelineError } from "../../core/error.ts";
import type { Keyring } from "../../crypto/keyring.ts";
import { createNew, keyringIds, openExisting, saveKeyring, slotRequest } from "../../run/keys.ts";
import { readIfPresent } from "../../run/files.ts";
import { keyringFile } from "../../run/keys.ts";
import { createWorkspace, openWorkspace } from "../../run/workspace.ts";
import { parseArguments } from "../arguments.ts";
import { secretHelp, secretOptions, workspaceOptions, type Command } from "../command.ts";
import { commandLineSecrets } from "../secrets.ts";
import { findWorkspace } from "../workspace.ts";

export const command: Command = {
  help: `Usage:  probity keys create [--recipient SLOT]… [--workspace DIR]
        probity keys list [KEYRING] [--json]
        probity keys add KEYRING --recipient SLOT
        probity keys remove KEYRING --slot ID

A keyring lets every one of its slots open the same data. SLOT is passphrase, keyfile,
keyfile:PATH or an age1… recipient. KEYRING is "project" or the id of a dataset.

create  make the workspace's project keyring before the first run
list    the slots of the keyrings, without opening them
add     give a keyring one more slot
remove  take a slot away; the last one stays
${secretHelp}

Example:  probity keys add project --recipient "$(age-keygen -y key.txt)"`,

  async run(argv, terminal) {
    const [action = "", ...rest] = argv;
    const args = parseArguments(rest, {
      ...workspaceOptions,
      ...secretOptions,
      recipient: "list",
      slot: "string",
    });
    const folder = findWorkspace(args.workspace);
    const secrets = commandLineSecrets(args);
    const print = (id: string, slots: readonly SlotView[]): void => {
      if (args.json) terminal.json({ keyring: id, slots });
      else
        for (const slot of slots)
          terminal.out(
            `${id}  ${slot.id}  ${slot.kind}${slot.label === undefined ? "" : `  ${slot.label}`}`,
          );
    };
    if (action === "create") {
      const workspace = await createWorkspace(folder);
      const recipients = args.recipient.length === 0 ? ["keyfile"] : args.recipient;
      using(
        await createNew(workspace, args.words[0] ?? "project", recipients, secrets),
        (keyring) => {
          print(keyring.id, keyring.slots);
        },
      );
      return 0;
    }
    const workspace = await openWorkspace(folder);
    if (action === "list") {
      const ids = args.words.length > 0 ? args.words : keyringIds(workspace);
      const keyrings = [];
      for (const id of ids) {
        const bytes = await readIfPresent(keyringFile(workspace, id));
        if (bytes === undefined) throw new PipelineError("usage", `there is no keyring ${id}`);
        keyrings.push({ keyring: id, slots: slotsOf(bytes) });
      }
      if (args.json) terminal.json({ keyrings });
      else for (const { keyring, slots } of keyrings) print(keyring, slots);
      return 0;
    }
    const id = args.words[0];
    if ((action !== "add" && action !== "remove") || id === undefined) {
      throw new PipelineError("usage", "expected create, list, add KEYRING or remove KEYRING", {
        hint: "probity keys --help",
      });
    }
    const keyring = await openExisting(workspace, id, secrets);
    try {
      if (action === "add") {
        if (args.recipient.length === 0)
          throw new PipelineError("usage", "--recipient SLOT is missing");
        for (const recipient of args.recipient)
          await keyring.addSlot(await slotRequest(recipient, secrets, true));
      } else {
        if (args.slot === undefined)
          throw new PipelineError("usage", "--slot ID is missing", {
            hint: `probity keys list ${id}`,
          });
        keyring.removeSlot(args.slot);
      }
      await saveKeyring(workspace, keyring);
      print(id, keyring.slots);
      return 0;
    } finally {
      keyring.close();
    }
  },
};

interface SlotView {
  readonly id: string;
  readonly kind: string;
  readonly label?: string | undefined;
}

/** What a keyring says about its slots to anybody: their ids, kinds and labels. */
function slotsOf(bytes: Uint8Array): readonly SlotView[] {
  const { slots } = JSON.parse(Buffer.from(bytes).toString()) as { slots: SlotView[] };
  return slots.map(({ id, kind, label }) => ({
    id,
    kind,
    ...(label === undefined ? {} : { label }),
  }));
}

function using(keyring: Keyring, work: (keyring: Keyring) => void): void {
  try {
    work(keyring);
  } finally {
    keyring.close();
  }
}
