import { loadPolicy } from "../../../policies/load.ts";
import { planRun, planSteps } from "../../run/plan.ts";
import { oneWord, parseArguments } from "../arguments.ts";
import type { Command } from "../command.ts";

export const command: Command = {
  help: `Usage:  probity plan POLICY [--set PATH=VALUE]… [--json]

Show what a run of POLICY would do, step by step, without reading any data.

      --set PATH=VALUE    replace one value of the policy
      --json              print the steps as JSON, with every parameter

Example:  probity plan policies/examples/adult.yaml --json`,

  run(argv, terminal) {
    const args = parseArguments(argv, { set: "list", json: "boolean" });
    const loaded = loadPolicy(oneWord(args.words, "POLICY"), args.set);
    const plan = planRun(loaded);
    const steps = planSteps(plan);
    if (args.json) {
      terminal.json({
        name: plan.name,
        policy: plan.policy,
        seed: plan.seed,
        source: plan.source,
        steps,
      });
    } else {
      terminal.out(
        `${plan.name}, policy ${plan.policy.slice(0, 12)}, seed ${plan.seed}, source ${plan.source}`,
      );
      for (const [i, { stage, params }] of steps.entries()) {
        terminal.out(`${i + 1}. ${stage}`);
        for (const [key, value] of Object.entries(params as Record<string, unknown>)) {
          terminal.out(`     ${key.padEnd(14)} ${brief(value, terminal.width - 21)}`);
        }
      }
    }
    return Promise.resolve(0);
  },
};

function brief(value: unknown, width: number): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
