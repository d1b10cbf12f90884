import { explainPolicy } from "../../../policies/explain.ts";
import { loadPolicy } from "../../../policies/load.ts";
import { policyJsonSchema } from "../../../policies/schema.ts";
import { PipelineError } from "../../core/error.ts";
import { oneWord, parseArguments } from "../arguments.ts";
import type { Command } from "../command.ts";

export const command: Command = {
  help: `Usage:  probity policy check POLICY [--set PATH=VALUE]… [--json]
        probity policy explain POLICY [--set PATH=VALUE]…
        probity policy schema

check    report all problems of a policy at once, as file:line:col path: message
explain  say in plain sentences what a policy does
schema   print the JSON Schema (draft 7) of policies, for editors

Example:  probity policy check policies/examples/adult.yaml`,

  run(argv, terminal) {
    const [action, ...rest] = argv;
    if (action === "schema") {
      parseArguments(rest, { json: "boolean" });
      terminal.out(JSON.stringify(policyJsonSchema(), null, 2));
      return Promise.resolve(0);
    }
    const args = parseArguments(rest, { set: "list", json: "boolean" });
    if (action === "check")
      return Promise.resolve(check(oneWord(args.words, "POLICY"), args.set, args.json, terminal));
    if (action === "explain") {
      const { policy } = loadPolicy(oneWord(args.words, "POLICY"), args.set);
      const text = explainPolicy(policy);
      if (args.json) terminal.json({ name: policy.name, text });
      else terminal.out(text);
      return Promise.resolve(0);
    }
    throw new PipelineError(
      "usage",
      `expected check, explain or schema, got ${action ?? "nothing"}`,
      {
        hint: "probity policy --help",
      },
    );
  },
};

function check(
  file: string,
  set: readonly string[],
  json: boolean,
  terminal: Parameters<Command["run"]>[1],
): number {
  try {
    const { policy, digest, files } = loadPolicy(file, set);
    if (json) terminal.json({ ok: true, name: policy.name, policy: digest, files, problems: [] });
    else terminal.out(`${file}: no problems (policy ${digest.slice(0, 12)})`);
    return 0;
  } catch (error) {
    if (!json || !(error instanceof PipelineError) || error.code !== "policy") throw error;
    terminal.json({ ok: false, problems: error.message.split("\n") });
    return 2;
  }
}
