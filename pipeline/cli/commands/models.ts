import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { PipelineError } from "../../core/error.ts";
import { readIfPresent } from "../../run/files.ts";
import { openWorkspace, type Workspace } from "../../run/workspace.ts";
import { oneWord, parseArguments } from "../arguments.ts";
import { workspaceOptions, type Command } from "../command.ts";
import { findWorkspace } from "../workspace.ts";

interface ModelManifest {
  readonly digest: string;
  readonly run: string;
  readonly kind: string;
  readonly [key: string]: unknown;
}

export const command: Command = {
  help: `Usage:  probity models list [--workspace DIR] [--json]
        probity models show MODEL [--json]

List the trained models of a workspace, or show the manifest of one. MODEL is a digest or a
unique beginning of one.

Example:  probity models show 3f9a`,

  async run(argv, terminal) {
    const [action = "", ...rest] = argv;
    const args = parseArguments(rest, workspaceOptions);
    const workspace = await openWorkspace(findWorkspace(args.workspace));
    if (action === "list") {
      const models = await readModels(workspace);
      if (args.json) terminal.json({ models });
      else if (models.length === 0) terminal.out("no models yet");
      else
        for (const model of models)
          terminal.out(`${model.digest.slice(0, 16)}  ${model.kind.padEnd(12)}  run ${model.run}`);
      return 0;
    }
    if (action === "show") {
      const model = await findModel(workspace, oneWord(args.words, "MODEL"));
      if (args.json) terminal.json(model);
      else
        for (const [key, value] of Object.entries(model))
          terminal.out(
            `${key.padEnd(14)} ${typeof value === "string" ? value : JSON.stringify(value)}`,
          );
      return 0;
    }
    throw new PipelineError("usage", `expected list or show, got ${action || "nothing"}`, {
      hint: "probity models --help",
    });
  },
};

/** The manifest of the model that a digest, or a unique beginning of one, names. */
export async function findModel(workspace: Workspace, name: string): Promise<ModelManifest> {
  const found = (await readModels(workspace)).filter((model) => model.digest.startsWith(name));
  const [model] = found;
  if (model === undefined)
    throw new PipelineError("usage", `there is no model ${name}`, {
      hint: "probity models list shows them",
    });
  if (found.length > 1)
    throw new PipelineError("usage", `${found.length} models begin with ${name}`);
  return model;
}

async function readModels(workspace: Workspace): Promise<ModelManifest[]> {
  const folder = join(workspace.root, "models");
  const names = await readdir(folder).catch(() => [] as string[]);
  const manifests = await Promise.all(
    names.sort().map((name) => readIfPresent(join(folder, name, "model.json"))),
  );
  return manifests.flatMap((bytes) =>
    bytes === undefined ? [] : [JSON.parse(bytes.toString()) as ModelManifest],
  );
}
