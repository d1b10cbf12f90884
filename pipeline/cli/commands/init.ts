import { existsSync } from "node:fs";
import { basename, extname } from "node:path";
import { presetFile } from "../../../policies/load.ts";
import { PipelineError } from "../../core/error.ts";
import { writeFileAtomically } from "../../run/files.ts";
import { parseArguments } from "../arguments.ts";
import { guessColumns, type Guess } from "../column-guess.ts";
import type { Command } from "../command.ts";

export const command: Command = {
  help: `Usage:  probity init [SOURCE] [--preset NAME] [--output FILE]

Write a starter policy, with comments, from a look at the first rows of SOURCE. Roles are guesses
and marked so: read each line before you run it.

      --preset NAME       start from a preset: hipaa-safe-harbor, gdpr-text-corpus, nyc-ll144,
                          llm-pretraining
      --output FILE       where to write (default: policy.yaml; "-" for stdout)

Example:  probity init loans.csv --output loans.yaml`,

  async run(argv, terminal) {
    const args = parseArguments(argv, { preset: "string", output: "string", json: "boolean" });
    const output = args.output ?? "policy.yaml";
    if (args.preset !== undefined && presetFile(args.preset) === undefined) {
      throw new PipelineError("usage", `there is no preset ${args.preset}`, {
        hint: "probity init --help lists them",
      });
    }
    if (output !== "-" && existsSync(output)) {
      throw new PipelineError("usage", `${output} exists already`, {
        hint: "name another file with --output",
      });
    }
    const [source] = args.words;
    const guesses = source === undefined ? [] : await guessColumns(source);
    const text = starterPolicy(source, guesses, args.preset);
    if (output === "-") terminal.out(text);
    else {
      await writeFileAtomically(output, text);
      if (args.json) terminal.json({ policy: output, columns: guesses });
      else
        terminal.out(
          `${output}: ${guesses.length} columns guessed; read them, then: probity policy check ${output}`,
        );
    }
    return 0;
  },
};

/** A proposal as a comment: it is for a person to take over. */
function proposed({ hierarchy }: Guess): string {
  if (hierarchy === undefined) return "";
  const [[kind, value] = []] = Object.entries(hierarchy);
  const text = Array.isArray(value) ? `[${value.join(", ")}]` : String(value);
  return `; proposed: hierarchy: { ${kind}: ${text} }`;
}

function starterPolicy(
  source: string | undefined,
  guesses: readonly Guess[],
  preset: string | undefined,
): string {
  const name = (source === undefined ? "my-policy" : basename(source, extname(source)))
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^-+|-+$/g, "");
  const columns = guesses.map(
    (g) =>
      `    ${JSON.stringify(g.name)}: { role: ${g.role}${g.protected ? ", protected: true" : ""}${g.role === "label" ? ', favourable: "CHANGE ME"' : ""} } # guessed: ${g.why}${proposed(g)}`,
  );
  const label = guesses.some((g) => g.role === "label");
  const quasi = guesses.some((g) => g.role === "quasi");
  const subject = guesses.find((g) => g.subject)?.name;
  const attribute = guesses.find((g) => g.protected)?.name;
  return `# Written by probity init. Roles are guesses from the first rows: read each before you run this.
version: 1
${preset === undefined ? "# extends: gdpr-text-corpus" : `extends: ${preset}`}
name: ${name || "my-policy"}
purpose: CHANGE ME                  # what the data is used for, GDPR Article 5(1)(b)
# lawful_basis: { kind: consent, note: … }
# controller: { name: …, contact: …, dpo: … }
# retention: { delete_after: 2030-12-31 }

dataset:
  source: ${JSON.stringify(source ?? "data.csv")}
  # subject: ${subject === undefined ? "person_id" : JSON.stringify(subject)}              # the column that names the person a row is about
  columns:
${columns.length > 0 ? columns.join("\n") : "    id: { role: identifier }         # identifier | quasi | sensitive | text | label | weight | other"}

deidentify:
  text: { mode: balanced, entities: { PERSON: surrogate, default: redact } }
  columns: {}                       # identifiers are redacted unless an operator stands here
${quasi ? "  # proposed, with the hierarchies proposed above:\n  # anonymity: { k: 5, suppression: 0.02 }\n" : ""}
seal:
  recipients: [keyfile]             # keyfile, keyfile:PATH, passphrase, age1…

audit:
  data: []
  model: ${label && attribute !== undefined ? `[{ metric: demographic_parity_difference, by: ${JSON.stringify(attribute)}, max: 0.1 }]` : "[]"}
${label ? "\ntrain:\n  model: { kind: tabular-mlp }\n" : ""}
report:
  formats: [html, json, model-card]
`;
}
