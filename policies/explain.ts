import { roles } from "../pipeline/core/types.ts";
import { metrics } from "./metrics.ts";
import type { Policy, Rule } from "./schema.ts";

/** A policy in plain sentences, a section per stage, for the person who signs it off. */
export function explainPolicy(policy: Policy): string {
  return [
    section("Purpose", purpose(policy)),
    section("Data", data(policy)),
    section("De-identification", deidentification(policy)),
    section("Encryption", encryption(policy)),
    section("Rules about the data", policy.audit.data.map(ruleSentence)),
    section("Release", released(policy)),
    section("Training", training(policy)),
    section("Rules about the model", policy.audit.model.map(ruleSentence)),
  ]
    .filter((text) => text !== "")
    .join("\n");
}

/** One rule as a sentence: what is measured, its limit, and what happens when it fails. */
export function ruleSentence(rule: Rule): string {
  const limits = [
    rule.min === undefined ? [] : [`at least ${rule.min}`],
    rule.max === undefined ? [] : [`at most ${rule.max}`],
  ].flat();
  const by = rule.by === undefined ? "" : ` by ${rule.by.join(" × ")}`;
  const what = metrics[rule.metric]?.text ?? rule.metric;
  const end = rule.use === "interval" ? ", to the end of its interval" : "";
  const unknown =
    rule.undefined === rule.on_fail ? "" : `; if it cannot be estimated: ${rule.undefined}`;
  return `${rule.metric}${by} must be ${limits.join(" and ")}${end}, else ${rule.on_fail}${unknown} (${what})`;
}

function section(title: string, sentences: readonly string[]): string {
  if (sentences.length === 0) return "";
  return `${title}\n${sentences.map((s) => `  - ${s}`).join("\n")}\n`;
}

function purpose({ name, purpose, lawful_basis, controller, retention }: Policy): string[] {
  return [
    `${name}: ${purpose}`,
    ...(lawful_basis === undefined
      ? []
      : [`lawful basis: ${lawful_basis.kind.replaceAll("_", " ")}`]),
    ...(controller === undefined ? [] : [`controller: ${controller.name}`]),
    ...(retention === undefined ? [] : [`to be deleted after ${retention.delete_after}`]),
  ];
}

function data({ dataset }: Policy): string[] {
  const columns = Object.entries(dataset.columns);
  const byRole = roles.flatMap((role) => {
    const names = columns
      .filter(([, column]) => column.role === role)
      .map(([name, column]) => (column.protected ? `${name} (protected)` : name));
    return names.length === 0 ? [] : [`${role}: ${names.join(", ")}`];
  });
  const bad =
    dataset.on_bad_row === "stop"
      ? "a row that cannot be read stops the run"
      : "a row that cannot be read is sealed into quarantine and counted";
  return [
    `read from ${dataset.source} (${dataset.format === "auto" ? "format found from the file" : dataset.format}); ${bad}`,
    ...byRole,
    ...(dataset.subject === undefined
      ? []
      : [`${dataset.subject} names the person a row is about`]),
  ];
}

function deidentification({ dataset, deidentify }: Policy): string[] {
  const columns = Object.entries(dataset.columns).flatMap(([name, column]) => {
    const spec = deidentify.columns[name];
    if (spec !== undefined) return [`${name}: ${operatorName(spec)}`];
    return column.role === "identifier" ? [`${name}: redact`] : [];
  });
  const texts = Object.entries(dataset.columns).filter(([, column]) => column.role === "text");
  const { anonymity } = deidentify;
  return [
    ...columns,
    ...(texts.length === 0
      ? []
      : [
          `free text in ${texts.map(([name]) => name).join(", ")} (${deidentify.text.mode}): ${Object.entries(
            deidentify.text.entities,
          )
            .map(([entity, spec]) => `${entity} ${operatorName(spec)}`)
            .join(", ")}`,
        ]),
    ...(anonymity === undefined
      ? []
      : [
          ...(anonymity.k === undefined
            ? []
            : [`every row shares its quasi-identifiers with at least ${anonymity.k - 1} others`]),
          ...(anonymity.k_map === undefined
            ? []
            : [`at least ${anonymity.k_map} people of the population share those of every row`]),
          ...(anonymity.delta_presence === undefined
            ? []
            : [
                `of the people who share them, the table holds ${100 * anonymity.delta_presence.min} to ${100 * anonymity.delta_presence.max} %`,
              ]),
          `at most ${100 * anonymity.suppression} % of rows are suppressed for that, ${anonymity.suppressed_rows === "drop" ? "and leave the table" : "and stay with their quasi-identifiers at *"}`,
          ...(anonymity.missing === "suppress"
            ? ["a row with a missing quasi-identifier is suppressed"]
            : []),
        ]),
  ];
}

function operatorName(spec: unknown): string {
  return typeof spec === "string" ? spec : (Object.keys(spec as object)[0] ?? "");
}

function encryption({ seal }: Policy): string[] {
  const owner = (word: string): string =>
    seal.owners[word] === undefined ? word : `${word} (${seal.owners[word]})`;
  return [
    `every shard is encrypted for: ${seal.recipients.map(owner).join(", ")}`,
    ...(seal.subject_keys
      ? [
          "what identifies a person is kept in a vault under that person's key, and can be erased",
          `the vault opens with ${seal.two_owners ? "slots of two owners together" : "any slot"}`,
        ]
      : []),
    ...(seal.reason === "none"
      ? []
      : [`opening ${seal.reason === "vault" ? "the vault" : "rows"} needs a reason`]),
  ];
}

function released({ release, dataset }: Policy): string[] {
  return (release?.counts ?? []).map(
    ({ name, columns, epsilon, delta, mechanism, contribution }) =>
      `${name}: rows counted by ${Object.keys(columns).join(" × ")}, with ${mechanism} noise for ε = ${epsilon}${delta === undefined ? "" : `, δ = ${delta}`}; ${dataset.subject === undefined ? "every row is a person of its own" : `up to ${contribution} rows of a person count`}`,
  );
}

function training({ train }: Policy): string[] {
  if (train === undefined) return [];
  return [
    `${train.model.kind} on ${train.backend === "auto" ? "the best backend present" : train.backend}${train.require_gpu ? ", a GPU is required" : ""}; ${100 * train.held_out} % of rows are held out for the audit`,
    ...(train.mitigate === undefined
      ? []
      : [
          `differences by ${train.mitigate.by.join(" × ")} are lessened by ${train.mitigate.method}`,
        ]),
    ...(train.privacy === undefined
      ? []
      : [`differentially private: ε ≤ ${train.privacy.epsilon} at δ = ${train.privacy.delta}`]),
  ];
}
