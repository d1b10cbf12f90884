import { PipelineError } from "../../core/error.ts";
import type { Digest } from "../../core/types.ts";
import { openExisting } from "../../run/keys.ts";
import { readModel } from "../../run/models.ts";
import { openWorkspace } from "../../run/workspace.ts";
import { selectBackend, type BackendChoice } from "../../train/backend.ts";
import { loadModel } from "../../train/load-model.ts";
import { oneWord, parseArguments } from "../arguments.ts";
import { secretHelp, secretOptions, workspaceOptions, type Command } from "../command.ts";
import { commandLineSecrets } from "../secrets.ts";
import { findWorkspace } from "../workspace.ts";
import { findModel } from "./models.ts";

export const command: Command = {
  help: `Usage:  probity generate MODEL --prompt TEXT [--max-tokens N] [--temperature T] [--seed S]

Continue a prompt with a language model of this workspace. MODEL is a digest or a unique
beginning of one.

      --prompt TEXT       what to continue
      --max-tokens N      at most this many tokens (default: 200)
      --temperature T     0 takes the likeliest token each time (default: 0.8)
      --top-k N           choose among the N likeliest tokens only
      --top-p P           choose among the likeliest tokens that make up P
      --seed S            the same seed gives the same text (default: 1)
      --stop TEXT         end before this text
${secretHelp}

Example:  probity generate 3f9a --prompt "ROMEO:" --max-tokens 100`,

  async run(argv, terminal) {
    const args = parseArguments(argv, {
      ...workspaceOptions,
      ...secretOptions,
      prompt: "string",
      "max-tokens": "number",
      temperature: "number",
      "top-k": "number",
      "top-p": "number",
      seed: "string",
      stop: "list",
      backend: "string",
    });
    const workspace = await openWorkspace(findWorkspace(args.workspace));
    const manifest = await findModel(workspace, oneWord(args.words, "MODEL"));
    if (args.prompt === undefined) throw new PipelineError("usage", "--prompt TEXT is missing");
    const keyring = await openExisting(workspace, "project", commandLineSecrets(args));
    try {
      const bytes = await readModel(workspace, manifest.digest as Digest, keyring);
      const model = await loadModel(
        bytes,
        await selectBackend((args.backend ?? "auto") as BackendChoice),
      );
      if (!("generate" in model)) {
        throw new PipelineError(
          "usage",
          `${manifest.kind} predicts a label, it does not generate text`,
        );
      }
      const text = await model.generate(args.prompt, {
        max_tokens: args["max-tokens"] ?? 200,
        temperature: args.temperature ?? 0.8,
        ...(args["top-k"] === undefined ? {} : { top_k: args["top-k"] }),
        ...(args["top-p"] === undefined ? {} : { top_p: args["top-p"] }),
        seed: args.seed ?? "1",
        stop: args.stop,
      });
      if (args.json) terminal.json({ model: manifest.digest, prompt: args.prompt, text });
      else terminal.out(args.prompt + text);
      return 0;
    } finally {
      keyring.close();
    }
  },
};
