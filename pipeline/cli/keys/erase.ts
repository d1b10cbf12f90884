import { PipelineError } from "../../core/error.ts";
import { logEvent } from "../../run/access.ts";
import { compactDataset } from "../../run/compact.ts";
import { eraseSubject, type ErasureReport } from "../../run/erase.ts";
import { keyringIds } from "../../run/keys.ts";
import { subjectDatabase } from "../../run/subjects.ts";
import { requireNoRun } from "../../run/workspace.ts";
import { existsSync } from "node:fs";
import type { Terminal } from "../terminal.ts";
import { changing, findKeyring, namedKeyring, withSigner, type KeysCall } from "./call.ts";

/** Erases one person from a dataset, or from all that have keys per person. */
export async function erase(call: KeysCall): Promise<number> {
  const { args, workspace, terminal } = call;
  const { subject, dataset } = args;
  if (subject === undefined || dataset === undefined) {
    throw new PipelineError("usage", "--subject ID and --dataset D are needed", {
      hint: "probity keys erase --help",
    });
  }
  await requireNoRun(workspace);
  const ids =
    dataset === "all"
      ? keyringIds(workspace).filter((id) => existsSync(subjectDatabase(workspace, id)))
      : [findKeyring(workspace, dataset)];
  const reports: ErasureReport[] = [];
  for (const id of ids) {
    reports.push(
      await changing(call, id, async (keyring) =>
        withSigner(call, keyring, (signer) => eraseSubject(workspace, keyring, signer, subject)),
      ),
    );
  }
  if (args.json) terminal.json({ erasures: reports });
  else for (const report of reports) print(report, terminal);
  return 0;
}

/** Removes the rows of erased people from a dataset's files. */
export async function compact(call: KeysCall): Promise<number> {
  const { args, workspace, terminal, secrets } = call;
  await requireNoRun(workspace);
  const id = namedKeyring(call);
  return changing(call, id, async (keyring) =>
    withSigner(call, keyring, async (signer) => {
      const done = await compactDataset(workspace, keyring, signer, (event) => {
        terminal.progress(event);
      });
      terminal.quiet();
      const event = await logEvent(workspace, secrets, {
        kind: "compacted",
        ...done,
        at: new Date().toISOString(),
      });
      if (args.json) terminal.json({ ...done, event });
      else terminal.out(`${id}: ${done.rows} rows removed, ${done.shards} shards written anew`);
      return 0;
    }),
  );
}

function print(report: ErasureReport, terminal: Terminal): void {
  const { dataset, subject, erased, event, shards, models, exports, backups } = report;
  if (!erased) {
    terminal.out(`${dataset}: nothing to erase; nobody of this id has a key there`);
    return;
  }
  const due = report.due === undefined ? "" : ` (${report.due})`;
  terminal.out(
    `${dataset}: erased, class ${report.class}${due}; the ledger calls the person ${subject}`,
  );
  terminal.out(`  tombstone      event ${event ?? ""} of the ledger, signed`);
  terminal.out(
    `  unreadable in  ${shards} shards, none rewritten; keys compact ${dataset} removes the rows`,
  );
  for (const { digest, kind, run } of models)
    terminal.out(`  trained on it  ${kind} ${digest}, run ${run}: what it learned stays in it`);
  for (const { at, what, reason } of exports)
    terminal.out(`  exported       ${what} on ${at}${reason === undefined ? "" : `: ${reason}`}`);
  for (const { path, at } of backups)
    terminal.out(
      `  backup         ${path} of ${at} still has the key: erase it there, or let it expire`,
    );
  terminal.out("  not reached    the source, and backups that nobody made known");
}
