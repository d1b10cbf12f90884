import { spawn } from "node:child_process";
import { join } from "node:path";
import { diffRecords, renderDiffHtml, renderDiffText } from "../../../reports/diff.ts";
import { renderSummary } from "../../../reports/terminal.ts";
import { PipelineError } from "../../core/error.ts";
import type { RunRecord } from "../../core/types.ts";
import { readIfPresent, writeFileAtomically } from "../../run/files.ts";
import { readJournal } from "../../run/journal.ts";
import { renderAll } from "../../run/publish.ts";
import { openWorkspace, type Workspace } from "../../run/workspace.ts";
import { oneWord, parseArguments } from "../arguments.ts";
import { workspaceOptions, type Command } from "../command.ts";
import type { Terminal } from "../terminal.ts";
import { findWorkspace } from "../workspace.ts";

export const command: Command = {
  help: `Usage:  probity report list [--workspace DIR] [--json]
        probity report show RUN [--json]
        probity report render RUN --output DIR
        probity report diff RUN RUN [--json] [--html FILE]
        probity report open RUN

list    every run, oldest first, with its verdict
show    one run's summary; --json prints the whole record
render  make the reports of a run again from its record, into DIR
diff    what differs between two runs: policy, findings, metrics, data, model
open    show the HTML report in the browser
RUN is a run id, a unique beginning of one, or "latest" ("latest~1" is the one before).

Example:  probity report diff latest~1 latest`,

  async run(argv, terminal) {
    const [action = "", ...rest] = argv;
    const args = parseArguments(rest, { ...workspaceOptions, output: "string", html: "string" });
    const workspace = await openWorkspace(findWorkspace(args.workspace));
    switch (action) {
      case "list":
        return list(workspace, args.json, terminal);
      case "show": {
        const record = await readRecord(workspace, oneWord(args.words, "RUN"));
        if (args.json) terminal.json(record);
        else terminal.out(renderSummary(record, terminal));
        return 0;
      }
      case "render": {
        const record = await readRecord(workspace, oneWord(args.words, "RUN"));
        if (args.output === undefined) throw new PipelineError("usage", "--output DIR is missing");
        for (const [name, text] of renderAll(record)) {
          await writeFileAtomically(join(args.output, name), text);
          terminal.out(join(args.output, name));
        }
        return 0;
      }
      case "diff": {
        const [a, b] = args.words;
        if (a === undefined || b === undefined)
          throw new PipelineError("usage", "two runs are needed to compare");
        const diff = diffRecords(await readRecord(workspace, a), await readRecord(workspace, b));
        if (args.html !== undefined) await writeFileAtomically(args.html, renderDiffHtml(diff));
        if (args.json) terminal.json(diff);
        else terminal.out(renderDiffText(diff, terminal));
        return 0;
      }
      case "open": {
        const id = findRun(workspace, oneWord(args.words, "RUN"));
        const file = join(workspace.run(id), "report.html");
        const opener =
          process.platform === "darwin"
            ? "open"
            : process.platform === "win32"
              ? "explorer"
              : "xdg-open";
        const child = spawn(opener, [file], { stdio: "ignore", detached: true });
        child.on("error", () => {
          terminal.note(`no ${opener} here; open the file by hand`);
        });
        child.unref();
        terminal.out(file);
        return 0;
      }
      default:
        throw new PipelineError(
          "usage",
          `expected list, show, render, diff or open, got ${action || "nothing"}`,
          {
            hint: "probity report --help",
          },
        );
    }
  },
};

/** The id of a run named by id, unique beginning, `latest` or `latest~N`. */
export function findRun(workspace: Workspace, name: string): string {
  const runs = workspace.runs();
  const back = /^latest(?:~(\d{1,6}))?$/.exec(name);
  const found = back
    ? runs.slice(runs.length - 1 - Number(back[1] ?? 0)).slice(0, 1)
    : runs.filter((id) => id.startsWith(name));
  const [id] = found;
  if (id === undefined || runs.length === 0) {
    throw new PipelineError("usage", `there is no run ${name}`, {
      hint: "probity report list shows them",
    });
  }
  if (found.length > 1) throw new PipelineError("usage", `${found.length} runs begin with ${name}`);
  return id;
}

/** The record of a finished run. */
export async function readRecord(workspace: Workspace, name: string): Promise<RunRecord> {
  const id = findRun(workspace, name);
  const bytes = await readIfPresent(join(workspace.run(id), "report.json"));
  if (bytes === undefined) {
    throw new PipelineError("incomplete", `run ${id} has no report yet: it was interrupted`, {
      hint: "run its policy again; it goes on where it stopped",
    });
  }
  try {
    return JSON.parse(bytes.toString()) as RunRecord;
  } catch (cause) {
    throw new PipelineError("integrity", `report.json of run ${id} is damaged`, { cause });
  }
}

async function list(workspace: Workspace, json: boolean, terminal: Terminal): Promise<number> {
  const runs = [];
  for (const id of workspace.runs()) {
    const journal = await readJournal(workspace, id);
    if (journal === undefined) continue;
    const finished = journal.state === "finished";
    const verdict = finished ? (await readRecord(workspace, id)).verdict : null;
    runs.push({
      run: id,
      name: journal.name,
      state: finished ? "finished" : "interrupted",
      verdict,
      started: journal.started,
    });
  }
  if (json) terminal.json({ runs });
  else if (runs.length === 0) terminal.out("no runs yet");
  else
    for (const run of runs)
      terminal.out(`${run.run}  ${(run.verdict ?? run.state).padEnd(11)}  ${run.name}`);
  return 0;
}
