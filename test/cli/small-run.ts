import { mkdirSync, writeFileSync } from "node:fs";
import { below, pick, seededRandom, uniform } from "../../pipeline/core/random.ts";
import type { Sandbox } from "./program.ts";

/** Values that occur nowhere else: each stands in identifying cells of the small dataset. */
export const canaries = [
  "Zxqvorian Quillfeather",
  "zq.canary.8841@canary-mail.example",
  "QK7-CANARY-55210-ZZ",
] as const;

/**
 * Writes a table of `rows` people with canaries in identifiers and notes, and a policy that takes it
 * through every stage in about two seconds.
 */
export function writeSmallRun(
  sandbox: Sandbox,
  options: { rows?: number; notesEvery?: number; max?: number; extra?: string } = {},
): string {
  mkdirSync(sandbox.path("tmp"), { recursive: true });
  const random = seededRandom("small run");
  const lines = ["id,name,email,ref,age,sex,city,notes,income"];
  for (let i = 0; i < (options.rows ?? 2000); i++) {
    const sex = pick(random, ["F", "M"]);
    const age = 20 + below(random, 50);
    const city = pick(random, ["Arden", "Bexley", "Corwen"]);
    const chance = 0.15 + (age - 20) / 90 + (sex === "M" ? 0.25 : 0);
    const name = i % 97 === 0 ? canaries[0] : pick(random, ["Ann Lee", "Bob Roy", "Cid Fox"]);
    const email = i % 89 === 0 ? canaries[1] : `p${i}@mail.example`;
    const reference = i % 83 === 0 ? canaries[2] : `R-${i}`;
    const isNoted = i % (options.notesEvery ?? 1) === 0;
    const notes = !isNoted
      ? ""
      : `"Spoke to ${canaries[0]}, write to ${i % 7 === 0 ? canaries[1] : email}, city ${city}"`;
    lines.push(
      [
        i,
        name,
        email,
        reference,
        age,
        sex,
        city,
        notes,
        uniform(random) < chance ? "high" : "low",
      ].join(","),
    );
  }
  writeFileSync(sandbox.path("people.csv"), `${lines.join("\n")}\n`);
  writeFileSync(
    sandbox.path("policy.yaml"),
    `version: 1
name: small
purpose: Testing the whole pipeline
dataset:
  source: people.csv
  subject: id
  columns:
    id: { role: identifier }
    name: { role: identifier }
    email: { role: identifier }
    ref: { role: identifier }
    age: { role: quasi }
    sex: { role: quasi, protected: true }
    city: { role: quasi }
    notes: { role: text, language: en }
    income: { role: label, favourable: high }
deidentify:
  text:
    mode: high-recall
    deny: [{ value: "${canaries[0]}", entity: PERSON }]
  columns: { id: { pseudonymize: { scope: project } }, name: surrogate, email: mask, ref: hash }
seal: { shard_rows: 256 }
audit:
  resamples: 200
  model: [{ metric: demographic_parity_difference, by: sex, max: ${options.max ?? 1} }]
train:
  model: { kind: logistic }
  backend: wasm
  epochs: 6
  batch_size: 128
${options.extra ?? ""}`,
  );
  return "policy.yaml";
}
