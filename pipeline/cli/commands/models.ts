import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { PipelineError } from "../../core/error.ts";
import {
  compareModels,
  renderModelComparison,
  type ComparedModel,
} from "../../../reports/model-comparison.ts";
import type { RunRecord } from "../../core/types.ts";
import { readIfPresent } from "../../run/files.ts";
import { openWorkspace, type Workspace } from "../../run/workspace.ts";
import { oneWord, parseArguments } from "../arguments.ts";
import { workspaceOptions, type Command } from "../command.ts";
import { findWorkspace } from "../workspace.ts";
import { readRecord } from "./report.ts";

interface ModelManifest {
  readonly digest: string;
  readonly run: string;
  readonly kind: string;
  readonly [key: string]: unknown;
}

export const command: Command = {
  help: `Usage:  probity models list [--workspace DIR] [--json]
        probity models show MODEL [--json]
        probity models compare MODEL MODEL… [--json]

list     the trained models of a workspace
show     the manifest of one
compare  what differs between models: settings, data, losses, and what the audits of their runs
         measured; --json has the numbers of single groups too
MODEL is a digest or a unique beginning of one.

      --workspace DIR  where the models are (default: .probity)

Example:  probity models compare 3f9a 81c2`,

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
    if (action === "compare") {
      const names = args.words;
      if (names.length < 2) throw new PipelineError("usage", "two models are needed to compare");
      const models = await Promise.all(
        names.map(async (name): Promise<ComparedModel> => {
          const manifest = await findModel(workspace, name);
          const record = await recordOf(workspace, manifest.run);
          if (record === undefined)
            terminal.note(`the run of ${manifest.digest.slice(0, 12)} has no report yet`);
          return { manifest, ...(record === undefined ? {} : { record }) };
        }),
      );
      const comparison = compareModels(models);
      if (args.json) terminal.json(comparison);
      else terminal.out(renderModelComparison(comparison, terminal.width));
      return 0;
    }
    throw new PipelineError("usage", `expected list, show or compare, got ${action || "nothing"}`, {
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

/** The record of the run that made a model; undefined where that run has not ended or is gone. */
async function recordOf(workspace: Workspace, run: string): Promise<RunRecord | undefined> {
  try {
    return await readRecord(workspace, run);
  } catch (error) {
    if (error instanceof PipelineError && ["incomplete", "usage"].includes(error.code)) return;
    throw error;
  }
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
