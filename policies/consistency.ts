import type { Role } from "../pipeline/core/types.ts";
import { anonymityProblems } from "./consistency-anonymity.ts";
import { leakProblems } from "./consistency-leaks.ts";
import type { Inconsistency } from "./inconsistency.ts";
import { releaseProblems } from "./consistency-release.ts";
import { metrics } from "./metrics.ts";
import { termAttributes } from "./term-metrics.ts";
import type { Policy, Rule } from "./schema.ts";
import type { Path } from "./source-map.ts";
import { nearest } from "./suggestion.ts";

/**
 * What the shape alone cannot say: names that must be columns, metrics that must exist, settings
 * that contradict each other. Returns every problem; an empty list means the policy can be planned.
 */
export function consistencyProblems(policy: Policy): readonly Inconsistency[] {
  return [
    ...placeholderProblems(policy),
    ...labelProblems(policy),
    ...columnNameProblems(policy),
    ...ruleProblems(policy, "data"),
    ...ruleProblems(policy, "model"),
    ...trainProblems(policy),
    ...leakProblems(policy),
    ...phaseProblems(policy),
    ...sealProblems(policy),
    ...anonymityProblems(policy),
    ...releaseProblems(policy),
  ];
}

/** What `probity init` leaves for a person to fill in. */
const PLACEHOLDER = "CHANGE ME";

function placeholderProblems({ purpose, dataset }: Policy): Inconsistency[] {
  const problems: Inconsistency[] = [];
  if (purpose === PLACEHOLDER)
    problems.push({ at: ["purpose"], message: "say what the data is used for: it is printed" });
  for (const [name, { favourable }] of Object.entries(dataset.columns))
    if (favourable === PLACEHOLDER)
      problems.push({
        at: ["dataset", "columns", name, "favourable"],
        message: "say which value is the good outcome",
      });
  return problems;
}

function labelProblems({ dataset, audit }: Policy): Inconsistency[] {
  const labels = Object.entries(dataset.columns).filter(([, column]) => column.role === "label");
  const problems: Inconsistency[] = labels.slice(1).map(([name]) => ({
    at: ["dataset", "columns", name, "role"],
    message: "a second label; one column is the label",
  }));
  const [first] = labels;
  if (first !== undefined && first[1].favourable === undefined && audit.model.length > 0) {
    problems.push({
      at: ["dataset", "columns", first[0]],
      message: "the label needs favourable: the value that counts as the good outcome",
    });
  }
  for (const [name, column] of Object.entries(dataset.columns)) {
    if (column.values !== undefined && column.role !== "label") {
      problems.push({
        at: ["dataset", "columns", name, "values"],
        message: `values is the set of a label's values, ${name} has the role ${column.role}`,
      });
    } else if (
      column.values !== undefined &&
      column.favourable !== undefined &&
      !column.values.includes(column.favourable)
    ) {
      problems.push({
        at: ["dataset", "columns", name, "favourable"],
        message: "favourable is not one of values",
      });
    }
    if (column.protected && (column.role === "identifier" || column.role === "text")) {
      problems.push({
        at: ["dataset", "columns", name, "protected"],
        message: `a protected attribute names groups of people, a column of role ${column.role} cannot`,
      });
    }
  }
  return problems;
}

function columnNameProblems(policy: Policy): Inconsistency[] {
  const known = Object.keys(policy.dataset.columns);
  const problems: Inconsistency[] = [];
  const mustExist = (column: string, at: Path): void => {
    if (known.includes(column)) return;
    const meant = nearest(column, known);
    problems.push({
      at,
      message: `no column ${column} in dataset.columns${meant === undefined ? "" : `, did you mean ${meant}?`}`,
    });
  };
  if (policy.dataset.subject !== undefined)
    mustExist(policy.dataset.subject, ["dataset", "subject"]);
  for (const column of Object.keys(policy.deidentify.columns))
    mustExist(column, ["deidentify", "columns", column]);
  for (const [i, column] of (policy.train?.features ?? []).entries())
    mustExist(column, ["train", "features", i]);
  for (const [i, column] of (policy.train?.mitigate?.by ?? []).entries())
    mustExist(column, ["train", "mitigate", "by", i]);
  for (const [i, column] of policy.audit.checks.scan.entries())
    mustExist(column, ["audit", "checks", "scan", i]);
  return problems;
}

function ruleProblems(policy: Policy, about: "data" | "model"): Inconsistency[] {
  return policy.audit[about].flatMap((rule, i) => {
    const at: Path = ["audit", about, i];
    return [...metricProblems(rule, about, at), ...groupProblems(policy, rule, at)];
  });
}

function metricProblems(rule: Rule, about: "data" | "model", at: Path): Inconsistency[] {
  const facts = metrics[rule.metric];
  if (facts === undefined) {
    const meant = nearest(rule.metric, Object.keys(metrics));
    return [
      {
        at: [...at, "metric"],
        message: `no metric ${rule.metric}${meant === undefined ? "" : `, did you mean ${meant}?`}`,
      },
    ];
  }
  const problems: Inconsistency[] = [];
  if (facts.about !== about) {
    problems.push({
      at: [...at, "metric"],
      message: `${rule.metric} belongs under audit.${facts.about}`,
    });
  }
  if (facts.grouped === true && rule.by === undefined) {
    problems.push({
      at,
      message: `${rule.metric} compares groups: say by which protected attribute`,
    });
  }
  if (facts.grouped === false && rule.by !== undefined) {
    problems.push({
      at: [...at, "by"],
      message: `${rule.metric} is one number for the whole, it takes no by`,
    });
  }
  if (facts.limit !== "either" && rule[facts.limit] === undefined) {
    problems.push({ at, message: `${rule.metric} needs ${facts.limit}: ${facts.text}` });
  }
  if (rule.min !== undefined && rule.max !== undefined && rule.min > rule.max) {
    problems.push({ at, message: "min is above max, nothing can pass" });
  }
  return problems;
}

function groupProblems({ dataset }: Policy, rule: Rule, at: Path): Inconsistency[] {
  if (metrics[rule.metric]?.terms === true) return termProblems(rule, at);
  return (rule.by ?? []).flatMap((attribute) => {
    const column = dataset.columns[attribute];
    if (column === undefined) {
      const meant = nearest(attribute, Object.keys(dataset.columns));
      return [
        {
          at: [...at, "by"],
          message: `no column ${attribute}${meant === undefined ? "" : `, did you mean ${meant}?`}`,
        },
      ];
    }
    return column.protected
      ? []
      : [
          {
            at: [...at, "by"],
            message: `${attribute} is not marked protected: true in dataset.columns`,
          },
        ];
  });
}

function termProblems({ by = [] }: Rule, at: Path): Inconsistency[] {
  const known: readonly string[] = termAttributes;
  const [attribute] = by;
  if (attribute === undefined) return [];
  if (by.length === 1 && known.includes(attribute)) return [];
  return [
    {
      at: [...at, "by"],
      message: `expected one attribute of the word lists: ${known.join(", ")}`,
    },
  ];
}

function trainProblems({ dataset, train, audit }: Policy): Inconsistency[] {
  if (train === undefined) {
    return audit.model.length === 0
      ? []
      : [{ at: ["audit", "model"], message: "rules about a model, but the policy trains none" }];
  }
  const roles = Object.values(dataset.columns).map((column) => column.role);
  const { kind } = train.model;
  const needs = rolesNeeded(train);
  const problems: Inconsistency[] = [];
  if (needs.includes("text") && !roles.includes("text")) {
    problems.push({
      at: ["train", "model"],
      message: `${kind} learns from a column of role text, there is none`,
    });
  }
  if (needs.includes("label") && !roles.includes("label")) {
    problems.push({
      at: ["train", "model"],
      message: `${kind} predicts a column of role label, there is none`,
    });
  }
  if ("heads" in train.model && train.model.width % train.model.heads !== 0) {
    problems.push({ at: ["train", "model", "heads"], message: "heads must divide the width" });
  }
  const ofText = kind === "text-classifier" || kind === "bert";
  const tabular = kind === "tabular-mlp" || kind === "logistic";
  const { mitigate } = train;
  if (mitigate !== undefined && !tabular && !(ofText && mitigate.method === "reweighing")) {
    problems.push({
      at: ["train", "mitigate", "method"],
      message: `${mitigate.method} is not offered for ${kind}`,
    });
  }
  if (train.privacy !== undefined && (train.mitigate?.method ?? "reweighing") !== "reweighing") {
    problems.push({
      at: ["train", "mitigate", "method"],
      message: `${train.mitigate?.method ?? ""} reads the training rows beyond the privacy budget; only reweighing goes with train.privacy`,
    });
  }
  for (const [i, attribute] of (train.mitigate?.by ?? []).entries()) {
    if (dataset.columns[attribute]?.protected === false) {
      problems.push({
        at: ["train", "mitigate", "by", i],
        message: `${attribute} is not marked protected: true`,
      });
    }
  }
  return problems;
}

function rolesNeeded({ model, phase }: NonNullable<Policy["train"]>): readonly Role[] {
  switch (model.kind) {
    case "lstm-lm":
    case "gpt":
      return ["text"];
    case "bert":
      return phase === "pretrain" ? ["text"] : ["text", "label"];
    case "text-classifier":
      return ["text", "label"];
    case "tabular-mlp":
    case "logistic":
      return ["label"];
    case "external":
      return model.task === "text" ? ["text"] : ["label"];
  }
}

function phaseProblems({ train }: Policy): Inconsistency[] {
  if (train === undefined) return [];
  const { model, phase, parent, lora, waivers } = train;
  const problems: Inconsistency[] = [];
  const problem = (key: string, message: string): void => {
    problems.push({ at: ["train", key], message });
  };
  if (model.kind === "external" && train.command === undefined)
    problem("model", "say what to train: a model, or the command of a program that trains one");
  if (model.kind === "external" && train.mitigate !== undefined)
    problem("mitigate", "mitigation is not offered for an external trainer");
  if (model.kind !== "external" && train.command !== undefined)
    problem("command", `a command trains in the place of ${model.kind}; leave model out`);
  if (phase !== undefined && !["gpt", "lstm-lm", "bert"].includes(model.kind))
    problem("phase", `${phase} is for gpt, lstm-lm and bert, not for ${model.kind}`);
  if (phase === "finetune" && parent === undefined)
    problem("phase", "finetune needs parent: the digest of the model to start from");
  if (phase !== "finetune") {
    if (parent !== undefined) problem("parent", "a parent is for phase: finetune");
    if (lora !== undefined) problem("lora", "adapters are for phase: finetune");
    if (waivers.length > 0) problem("waivers", "waivers are for phase: finetune");
  }
  return problems;
}

function sealProblems(policy: Policy): Inconsistency[] {
  const { seal } = policy;
  const words = seal.recipients.flatMap((recipient, i) =>
    /^(passphrase$|keyfile$|keyfile:|age1|command:)/.test(recipient)
      ? []
      : [
          {
            at: ["seal", "recipients", i],
            message:
              "expected passphrase, keyfile, keyfile:PATH, an age1… recipient or command:ARGV",
          },
        ],
  );
  const owners = Object.keys(seal.owners).flatMap((word) =>
    seal.recipients.includes(word)
      ? []
      : [{ at: ["seal", "owners", word], message: "this recipient is not in seal.recipients" }],
  );
  const held = new Set(seal.recipients.map((word) => seal.owners[word] ?? ""));
  const rule =
    seal.two_owners && held.size < 2
      ? [
          {
            at: ["seal", "two_owners"],
            message: "the recipients have one owner among them: name two in seal.owners",
          },
        ]
      : [];
  return [...words, ...owners, ...rule, ...(seal.subject_keys ? subjectProblems(policy) : [])];
}

/** What would keep a person's identifying cells where erasing the person's key does not reach them. */
function subjectProblems({ dataset, deidentify }: Policy): Inconsistency[] {
  const problems: Inconsistency[] = [];
  if (dataset.subject === undefined) {
    problems.push({
      at: ["seal", "subject_keys"],
      message: "keys per person need dataset.subject, the column that names the person",
    });
  }
  if (dataset.on_bad_row === "quarantine") {
    problems.push({
      at: ["dataset", "on_bad_row"],
      message: "rows that cannot be read belong to nobody and could not be erased: use stop",
    });
  }
  for (const [name, column] of Object.entries(dataset.columns)) {
    const isKept = deidentify.columns[name] === "keep";
    if (isKept && (column.role === "identifier" || column.role === "text")) {
      problems.push({
        at: ["deidentify", "columns", name],
        message: "kept cells could not be erased by person: replace them, and the vault has them",
      });
    }
  }
  return problems;
}
