import { baseRates, baseRatesPartial } from "../../audit/bias/base-rates.ts";
import type { BiasOptions } from "../../audit/bias/evidence.ts";
import { missingness, missingnessPartial } from "../../audit/bias/missingness.ts";
import { reidentification, reidentificationPartial } from "../../audit/bias/reidentification.ts";
import {
  representation,
  representationPartial,
  type Population,
} from "../../audit/bias/representation.ts";
import type { Partial } from "../core/partial.ts";
import type { Batch, Dataset, Evidence, Measured, Random, Stage } from "../core/types.ts";
import type { AuditParams } from "./parts/audit-params.ts";
import { corpusEvidence, corpusPartial } from "./parts/corpus-audit.ts";
import { sampledAudit } from "./parts/sampled-audit.ts";

/**
 * Audits the de-identified dataset, by decrypting in memory: representation, base rates and missing
 * cells of each group, the risk that is left in the quasi-identifiers, and, on a sample of the rows,
 * proxies, label noise, drift and the subgroups that are worst off. One pass.
 */
export const auditData: Stage<Dataset, null, AuditParams> = {
  name: "audit-data",
  version: 2,
  async run(dataset, params, context) {
    const kept = Object.keys(dataset.roles);
    const by = params.by.filter((list) => list.every((name) => kept.includes(name)));
    const attributes = [...new Set(by.flat())];
    const sampled = sampledAudit(dataset, { ...params, by }, context.random);
    const questions: readonly Question[] = [
      ...(attributes.length === 0 ? [] : groupQuestions(attributes, by, params, kept)),
      ...riskQuestion(params, kept, context.secret),
      ...corpusQuestion(params, kept),
      ...(sampled === undefined ? [] : [sampled]),
    ];
    let done = 0;
    for (const shard of dataset.shards) {
      for await (const batch of shard.open()) {
        context.signal.throwIfAborted();
        for (const question of questions) question.observe(batch);
        done += batch.rows;
        context.progress({ stage: "audit-data", done, unit: "rows" });
      }
    }
    const evidence = questions.flatMap((question, i) =>
      question.answer(dataset.digest, context.random.fork(`audit-data ${i}`)),
    );
    return { output: null, evidence };
  },
};

/** A partial over the rows, and the evidence that follows from it. */
interface Question {
  observe(batch: Batch): void;
  answer(subject: Dataset["digest"], random: Random): readonly Evidence[];
}

function ask<State>(
  partial: Partial<State, Batch>,
  answer: (state: State, subject: Dataset["digest"], random: Random) => readonly Evidence[],
): Question {
  let state = partial.empty();
  return {
    observe(batch) {
      state = partial.observe(state, batch);
    },
    answer: (subject, random) => answer(state, subject, random),
  };
}

function groupQuestions(
  attributes: readonly string[],
  by: AuditParams["by"],
  params: AuditParams,
  kept: readonly string[],
): Question[] {
  const forEachBy = (
    subject: Dataset["digest"],
    random: Random,
    one: (options: BiasOptions) => readonly Evidence[],
  ): Evidence[] =>
    by.flatMap((list) =>
      one({
        subject,
        by: list,
        random: random.fork(list.join("\0")),
        confidence: params.confidence,
        resamples: params.resamples,
        missing: params.missing_group ? "group" : "exclude",
      }),
    );
  const others = kept.filter((name) => !attributes.includes(name));
  const { label } = params;
  return [
    ask(representationPartial(attributes), (state, subject, random) =>
      forEachBy(subject, random, (options) => {
        const versus = populationOf(params, options.by);
        return representation(state, versus === undefined ? options : { ...options, versus });
      }),
    ),
    ask(missingnessPartial(attributes, others), (state, subject, random) =>
      forEachBy(subject, random, (options) => {
        const evidence = missingness(state, options);
        return evidence.length > 0 ? evidence : [nothingMissing(options, state.rows)];
      }),
    ),
    ...(label === undefined || !kept.includes(label.column)
      ? []
      : [
          ask(
            baseRatesPartial(attributes, label.column, label.favourable),
            (state, subject, random) =>
              forEachBy(subject, random, (options) => baseRates(state, options)),
          ),
        ]),
  ];
}

/** Who is named in the texts, and how. */
function corpusQuestion(params: AuditParams, kept: readonly string[]): Question[] {
  const texts = params.texts.filter((name) => kept.includes(name));
  const { corpus, sets = ["en", "zh"] } = params.language;
  if (!corpus || texts.length === 0) return [];
  return [
    ask(corpusPartial(texts, sets), (state, subject, random) =>
      corpusEvidence(state, params, subject, random),
    ),
  ];
}

/** How identifying the quasi-identifiers still are; classes go by a keyed hash of their values. */
function riskQuestion(params: AuditParams, kept: readonly string[], secret: Random): Question[] {
  const quasi = params.quasi.filter((name) => kept.includes(name));
  if (quasi.length === 0) return [];
  const draws = secret.fork("class counts");
  const key = new Uint8Array(Uint32Array.from({ length: 8 }, () => draws.uint32()).buffer);
  return [
    ask(reidentificationPartial(quasi, key), (state, subject) =>
      reidentification(state, { subject, quasi }),
    ),
  ];
}

/** Without a missing cell there is nothing to differ, and a rule on the difference holds. */
function nothingMissing({ subject, by }: BiasOptions, rows: number): Measured {
  const metric = "missing_rate_difference";
  return { kind: "measured", subject, metric, by, estimate: { value: 0, n: rows } };
}

function populationOf(params: AuditParams, by: readonly string[]): Population | undefined {
  const [attribute] = by;
  const shares =
    by.length === 1 && attribute !== undefined ? params.populations[attribute] : undefined;
  if (shares === undefined || attribute === undefined) return undefined;
  return Object.entries(shares).map(([value, share]) => ({ group: { [attribute]: value }, share }));
}
