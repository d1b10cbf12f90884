import { PipelineError } from "../../core/error.ts";
import type { Digest } from "../../core/types.ts";
import { openExisting } from "../../run/keys.ts";
import { readModel } from "../../run/models.ts";
import { openWorkspace } from "../../run/workspace.ts";
import { selectBackend, type BackendChoice } from "../../train/backend.ts";
import { withoutPersonalData } from "../../stages/parts/generated.ts";
import { loadModel } from "../../train/load-model.ts";
import { oneWord, parseArguments } from "../arguments.ts";
import { secretHelp, secretOptions, workspaceOptions, type Command } from "../command.ts";
import { commandLineSecrets } from "../secrets.ts";
import { findWorkspace } from "../workspace.ts";
import { findModel } from "./models.ts";

export const command: Command = {
  help: `Usage:  probity generate MODEL --prompt TEXT [--as FORM] [--max-tokens N] [--temperature T]

Continue a prompt with a language model of this workspace. MODEL is a digest or a unique
beginning of one. Personal data in what comes out is replaced by the name of its kind.

      --prompt TEXT       what to continue, to answer or to sum up
      --as FORM           continuation, chat or summary (default: continuation)
      --max-tokens N      at most this many tokens (default: 200)
      --temperature T     0 takes the likeliest token each time (default: 0.8)
      --top-k N           choose among the N likeliest tokens only
      --top-p P           choose among the likeliest tokens that make up P
      --seed S            the same seed gives the same text (default: 1)
      --stop TEXT         end before this text; may be given again
      --unfiltered        leave repetitions and personal data as they are
      --backend NAME      where to compute (default: auto)
${secretHelp}

Example:  probity generate 3f9a --prompt "ROMEO:" --max-tokens 100`,

  async run(argv, terminal) {
    const args = parseArguments(argv, {
      ...workspaceOptions,
      ...secretOptions,
      prompt: "string",
      as: "string",
      unfiltered: "boolean",
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
    const form = forms[args.as ?? "continuation"];
    if (form === undefined)
      throw new PipelineError("usage", `--as is one of ${Object.keys(forms).join(", ")}`);
    if (args.prompt === undefined) throw new PipelineError("usage", "--prompt TEXT is missing");
    refuseOutside(args);
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
      const prompt = form.before + args.prompt + form.after;
      const { text, ended } = await model.continue(prompt, {
        max_tokens: args["max-tokens"] ?? 200,
        temperature: args.temperature ?? 0.8,
        ...(args["top-k"] === undefined ? {} : { top_k: args["top-k"] }),
        ...(args["top-p"] === undefined ? {} : { top_p: args["top-p"] }),
        seed: args.seed ?? "1",
        stop: [...args.stop, ...form.stop],
        stop_repetition: !args.unfiltered,
      });
      const kept = args.unfiltered
        ? { text, filtered: {} }
        : await withoutPersonalData(prompt, text);
      const count = Object.values(kept.filtered).reduce((sum, n) => sum + n, 0);
      if (count > 0) terminal.note(`${count} passages that look like personal data were replaced`);
      if (ended === "repetition") terminal.note("the text went round in circles and was cut");
      if (args.json) terminal.json({ model: manifest.digest, prompt: args.prompt, ...kept, ended });
      else
        terminal.out(form === forms.continuation ? args.prompt + kept.text : kept.text.trimStart());
      return 0;
    } finally {
      keyring.close();
    }
  },
};

/** Throws `usage` for settings of the choice among tokens that mean nothing. */
function refuseOutside(args: {
  readonly "max-tokens"?: number | undefined;
  readonly temperature?: number | undefined;
  readonly "top-k"?: number | undefined;
  readonly "top-p"?: number | undefined;
  readonly stop: readonly string[];
}): void {
  const whole = (n: number | undefined): boolean =>
    n === undefined || (Number.isInteger(n) && n > 0);
  const { temperature = 1, "top-p": share = 1 } = args;
  const wrong = !whole(args["max-tokens"])
    ? "--max-tokens is a whole number above 0"
    : !whole(args["top-k"])
      ? "--top-k is a whole number above 0"
      : !(temperature >= 0 && temperature < Infinity)
        ? "--temperature is 0 or more"
        : !(share > 0 && share <= 1)
          ? "--top-p is a share above 0, at most 1"
          : args.stop.includes("")
            ? "--stop is a text of at least one character"
            : undefined;
  if (wrong !== undefined) throw new PipelineError("usage", wrong);
}

/** What stands around a prompt: as in the texts that a model for this use is fine-tuned on. */
const forms: Readonly<
  Record<
    string,
    { readonly before: string; readonly after: string; readonly stop: readonly string[] }
  >
> = {
  continuation: { before: "", after: "", stop: [] },
  chat: { before: "User: ", after: "\nAssistant:", stop: ["\nUser:"] },
  summary: { before: "", after: "\nTL;DR:", stop: ["\n"] },
};
