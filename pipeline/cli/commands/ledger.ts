import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { verifyLedger } from "../../../audit/ledger/audit.ts";
import { openLedger } from "../../../audit/ledger/log.ts";
import { PipelineError } from "../../core/error.ts";
import { readIfPresent } from "../../run/files.ts";
import { openProject, publicKeyFile } from "../../run/keys.ts";
import { openWorkspace } from "../../run/workspace.ts";
import { oneWord, parseArguments } from "../arguments.ts";
import { secretHelp, secretOptions, workspaceOptions, type Command } from "../command.ts";
import { commandLineSecrets } from "../secrets.ts";
import { findWorkspace } from "../workspace.ts";
import { findRun } from "./report.ts";

export const command: Command = {
  help: `Usage:  probity ledger verify [--key FILE] [--workspace DIR] [--json]
        probity ledger checkpoint [--json]
        probity ledger prove RUN

verify      recompute the tree from its events and hold it against every signed checkpoint;
            exit code 3 when anything was changed, removed or rewritten
checkpoint  sign the tree as it is now, and print the checkpoint (needs the project's key)
prove       print the proof that the ledger holds a run's report

      --key FILE          the signer's public key (default: the one in the workspace)
${secretHelp}

Example:  probity ledger verify --json`,

  async run(argv, terminal) {
    const [action = "", ...rest] = argv;
    const args = parseArguments(rest, { ...workspaceOptions, ...secretOptions, key: "string" });
    const workspace = await openWorkspace(findWorkspace(args.workspace));
    if (action === "verify") {
      const key = await readIfPresent(args.key ?? publicKeyFile(workspace));
      if (key === undefined && args.key !== undefined) {
        throw new PipelineError("usage", `cannot read the public key ${args.key}`);
      }
      const verdict = verifyLedger({
        database: workspace.ledger,
        checkpoints: workspace.checkpoints,
        ...(key === undefined ? {} : { publicKey: key.toString().trim() }),
      });
      if (args.json) terminal.json(verdict);
      else
        for (const [name, value] of Object.entries(verdict))
          terminal.out(
            `${name.padEnd(12)} ${typeof value === "string" ? value : JSON.stringify(value)}`,
          );
      return verdict.ok ? 0 : 3;
    }
    if (action === "prove") {
      const id = findRun(workspace, oneWord(args.words, "RUN"));
      terminal.out(await readFile(join(workspace.run(id), "proof.tlog-proof"), "utf8"));
      return 0;
    }
    if (action === "checkpoint") {
      const keys = await openProject(workspace, ["keyfile"], commandLineSecrets(args));
      const ledger = openLedger({
        database: workspace.ledger,
        checkpoints: workspace.checkpoints,
        origin: `${keys.signer.name}/ledger`,
        signer: keys.signer,
      });
      try {
        const checkpoint = ledger.checkpoint();
        if (args.json) terminal.json({ checkpoint });
        else terminal.out(checkpoint);
      } finally {
        ledger.close();
        keys.keyring.close();
      }
      return 0;
    }
    throw new PipelineError(
      "usage",
      `expected verify, checkpoint or prove, got ${action || "nothing"}`,
      {
        hint: "probity ledger --help",
      },
    );
  },
};
