import { calibratedOdds } from "../../../audit/fairness/calibrated-odds.ts";
import {
  advance,
  beginReduction,
  mixtureOf,
  relabel,
  type Selected,
} from "../../../audit/fairness/exponentiated-gradient.ts";
import { massage } from "../../../audit/fairness/massaging.ts";
import { rejectOption } from "../../../audit/fairness/reject-option.ts";
import { reweighingWeights } from "../../../audit/fairness/reweighing.ts";
import { scorePartial } from "../../../audit/fairness/scores.ts";
import { thresholdOptimizer } from "../../../audit/fairness/threshold-optimizer.ts";
import { columnOf, groupKeysOf } from "../../../audit/statistics/columns.ts";
import { cellName, groupValues } from "../../../audit/statistics/group-key.ts";
import type { Json } from "../../core/canonical-json.ts";
import { PipelineError } from "../../core/error.ts";
import type { Batch, Cell } from "../../core/types.ts";
import type { FairnessSettings } from "../../train/fair-loss.ts";
import type { WeightedBatch } from "../../train/rows.ts";
import type { TabularModel } from "../../train/tabular.ts";
import type { Decision, Mitigation, Repair } from "./attached.ts";
import { THRESHOLD } from "./decide.ts";
import type { MitigateParams } from "./params.ts";
import { fitRepair, repairer } from "./repair.ts";

/** What a mitigation may do with the rows and the trainer. */
export interface MitigationInput {
  readonly params: MitigateParams;
  readonly label: { readonly column: string; readonly favourable: string };
  /** Columns that the model reads, and those of them that hold numbers. */
  readonly features: readonly string[];
  readonly numeric: readonly string[];
  readonly seed: string;
  /** Rows that are not held out, in order and the same each time, with the policy's own weights. */
  readonly train: () => AsyncIterable<WeightedBatch>;
  readonly validation: () => AsyncIterable<Batch>;
  /** Trains one model; only the last of several may keep a checkpoint. */
  fit(data: {
    readonly train: () => AsyncIterable<WeightedBatch>;
    readonly validation: () => AsyncIterable<Batch | WeightedBatch>;
    readonly fairness?: FairnessSettings;
    readonly name: string;
    readonly last: boolean;
  }): Promise<TabularModel>;
}

/** A model trained with less difference between groups, and what was needed for it attached. */
export async function trainMitigated(input: MitigationInput): Promise<TabularModel> {
  const { params } = input;
  const plain = (name: string, last: boolean) =>
    input.fit({ train: input.train, validation: input.validation, name, last });
  const after = params.method === "threshold-optimizer" || isScoreRule(params.method);
  const needed = params.baseline || params.method === "massaging";
  const baseline = !after && needed ? await plain("baseline", false) : undefined;
  const found = after ? await afterTraining(input, plain) : await withModel(input, baseline);
  const attached: Mitigation = {
    version: 1,
    method: params.method,
    by: params.by,
    columns: input.features,
    seed: input.seed,
    ...(params.baseline && baseline ? { baseline: base64(baseline) } : {}),
    ...found.attached,
    notes: found.notes ?? {},
  };
  return found.model.attach(JSON.parse(JSON.stringify(attached)) as Json);
}

/** The training rows with weights under which label and group are independent. */
export async function reweighedRows(
  input: Pick<MitigationInput, "label" | "train"> & { readonly params: Pick<MitigateParams, "by"> },
): Promise<() => AsyncIterable<WeightedBatch>> {
  const cells = await labelCounts(input);
  const factor = reweighingWeights(cells);
  return async function* () {
    for await (const rows of input.train()) {
      const labels = labelsOf(rows.batch, input.label);
      const keys = groupKeysOf(rows.batch, input.params.by);
      const weight = Float32Array.from(
        labels,
        (label, i) => (rows.weight?.[i] ?? 1) * factor(keys[i]!, label),
      );
      yield { ...rows, weight };
    }
  };
}

interface Found {
  readonly model: TabularModel;
  readonly attached: Partial<Pick<Mitigation, "repair" | "decision" | "members">>;
  readonly notes?: Readonly<Record<string, number>>;
}

function isScoreRule(method: MitigateParams["method"]): boolean {
  return method === "calibrated-equalized-odds" || method === "reject-option";
}

async function withModel(input: MitigationInput, baseline?: TabularModel): Promise<Found> {
  const { params } = input;
  switch (params.method) {
    case "reweighing":
      return reweighed(input);
    case "massaging":
      return massaged(input, baseline!);
    case "disparate-impact-remover":
    case "correlation-remover":
      return repaired(input, params.method);
    case "exponentiated-gradient":
      return reduced(input);
    case "adversarial":
      return penalised(input, "adversarial");
    case "fairness-penalty":
      return penalised(input, "penalty");
    case "threshold-optimizer":
    case "calibrated-equalized-odds":
    case "reject-option":
      throw new PipelineError("internal", `${params.method} works after training`);
  }
}

async function reweighed(input: MitigationInput): Promise<Found> {
  const train = await reweighedRows(input);
  const model = await input.fit({
    name: "reweighed",
    last: true,
    validation: input.validation,
    train,
  });
  return { model, attached: {} };
}

async function massaged(input: MitigationInput, ranker: TabularModel): Promise<Found> {
  const ahead = await privilegedOf(input);
  const [attribute] = input.params.by;
  const label: number[] = [];
  const score: number[] = [];
  const privileged: boolean[] = [];
  for await (const { batch } of input.train()) {
    label.push(...labelsOf(batch, input.label));
    score.push(...(await ranker.score(batch)));
    for (const cell of columnOf(batch, attribute!))
      privileged.push(ahead.includes(cellName(cell) ?? ""));
  }
  const turned = massage({ label, score, privileged });
  const up = new Set(turned.promoted);
  const down = new Set(turned.demoted);
  const { column, favourable } = input.label;
  const model = await input.fit({
    name: "massaged",
    last: true,
    validation: input.validation,
    async *train() {
      let at = 0;
      for await (const rows of input.train()) {
        const start = at;
        at += rows.batch.rows;
        const other = otherValue(columnOf(rows.batch, column), favourable);
        const cells = columnOf(rows.batch, column).map((cell, i): Cell =>
          up.has(start + i) ? favourable : down.has(start + i) ? other : cell,
        );
        yield { ...rows, batch: withColumn(rows.batch, column, cells) };
      }
    },
  });
  return { model, attached: {}, notes: { labels_changed: up.size + down.size } };
}

async function repaired(
  input: MitigationInput,
  method: "disparate-impact-remover" | "correlation-remover",
): Promise<Found> {
  const { by, level } = input.params;
  const rows = async function* (): AsyncGenerator<Batch> {
    for await (const { batch } of input.train()) yield batch;
  };
  const repair: Repair = await fitRepair(rows, { method, by, columns: input.numeric, level });
  const change = repairer(repair, by);
  const model = await input.fit({
    name: "repaired",
    last: true,
    async *train() {
      for await (const one of input.train()) yield { ...one, batch: change(one.batch) };
    },
    async *validation() {
      for await (const batch of input.validation()) yield change(batch);
    },
  });
  return { model, attached: { repair }, notes: { columns_repaired: input.numeric.length } };
}

async function penalised(input: MitigationInput, kind: FairnessSettings["kind"]): Promise<Found> {
  const { by, constraint, strength } = input.params;
  const numbers = new Map(Object.keys(await labelCounts(input)).map((key, g) => [key, g]));
  const fairness = {
    kind,
    constraint,
    strength: strength ?? (kind === "penalty" ? 10 : 1),
    groups: numbers.size,
  };
  const model = await input.fit({
    name: kind,
    last: true,
    fairness,
    validation: input.validation,
    async *train() {
      for await (const rows of input.train()) {
        const keys = groupKeysOf(rows.batch, by);
        yield { ...rows, group: Float32Array.from(keys, (key) => numbers.get(key) ?? -1) };
      }
    },
  });
  return { model, attached: {} };
}

async function reduced(input: MitigationInput): Promise<Found> {
  const { by, constraint, tolerance, iterations } = input.params;
  const cells = await labelCounts(input);
  const numbers = new Map(Object.keys(cells).map((key, g) => [key, g]));
  const { column, favourable } = input.label;
  const counts = Object.values(cells);
  let state = beginReduction(constraint, counts, tolerance);
  const members: TabularModel[] = [];
  for (let done = false; !done && members.length < iterations;) {
    const rules = meanOne(relabel(state), counts);
    const change = (batch: Batch, weights?: Float32Array): WeightedBatch => {
      const labels = labelsOf(batch, input.label);
      const other = otherValue(columnOf(batch, column), favourable);
      const found = groupKeysOf(batch, by).map(
        (key, i) => rules[numbers.get(key)!]![labels[i] as 0 | 1],
      );
      return {
        batch: withColumn(
          batch,
          column,
          found.map((rule) => (rule.label === 1 ? favourable : other)),
        ),
        weight: Float32Array.from(found, (rule, i) => rule.weight * (weights?.[i] ?? 1)),
      };
    };
    const model = await input.fit({
      name: `member ${members.length}`,
      last: false,
      async *train() {
        for await (const { batch, weight } of input.train()) yield change(batch, weight);
      },
      async *validation() {
        for await (const batch of input.validation()) {
          const known = groupKeysOf(batch, by).every((key) => numbers.has(key));
          yield known ? change(batch) : batch;
        }
      },
    });
    members.push(model);
    ({ done, ...state } = advance(state, await selectedBy(model, input, numbers)));
  }
  const { shares } = mixtureOf(state);
  const kept = members.flatMap((model, m) =>
    shares[m]! > 0 ? [{ share: shares[m]!, model }] : [],
  );
  const main = kept.reduce((best, member) => (member.share > best.share ? member : best));
  return {
    model: main.model,
    attached: { members: kept.map(({ share, model }) => ({ share, model: base64(model) })) },
    notes: { models_trained: members.length, models_kept: kept.length },
  };
}

/** The same rules with weights whose mean over the rows is 1, so that steps keep their size. */
function meanOne(
  rules: ReturnType<typeof relabel>,
  counts: readonly (readonly [number, number])[],
): ReturnType<typeof relabel> {
  let [rows, weight] = [0, 0];
  rules.forEach((cell, g) => {
    for (const label of [0, 1] as const) {
      rows += counts[g]![label];
      weight += counts[g]![label] * cell[label].weight;
    }
  });
  const scale = weight > 0 ? rows / weight : 1;
  return rules.map(([no, yes]) => [
    { ...no, weight: no.weight * scale },
    { ...yes, weight: yes.weight * scale },
  ]);
}

async function afterTraining(
  input: MitigationInput,
  plain: (name: string, last: boolean) => Promise<TabularModel>,
): Promise<Found> {
  const { params } = input;
  const model = await plain("scores", true);
  const attributes = params.method === "reject-option" ? params.by.slice(0, 1) : params.by;
  const partial = scorePartial(attributes);
  const state = partial.empty();
  for await (const batch of notHeldOut(input)) {
    partial.observe(state, {
      rows: batch.rows,
      groups: Object.fromEntries(
        attributes.map((name) => [name, columnOf(batch, name).map(cellName)]),
      ),
      label: labelsOf(batch, input.label),
      score: await model.score(batch),
    });
  }
  return { model, attached: { decision: await rule() } };

  async function rule(): Promise<Decision> {
    const { by, constraint, tolerance, cost, bound } = params;
    if (params.method === "threshold-optimizer") {
      const { rules } = thresholdOptimizer(state, by, { constraint, tolerance });
      return { kind: "thresholds", rules };
    }
    if (params.method === "calibrated-equalized-odds")
      return { kind: "withheld", rules: calibratedOdds(state, by, cost) };
    const ahead = params.privileged ?? (await privilegedOf(input));
    const option = rejectOption(state, attributes[0]!, ahead, { bound });
    if (option !== undefined) return { kind: "reject", option };
    throw new PipelineError("training", "no threshold and margin brings the groups that near", {
      hint: "raise train.mitigate.bound",
    });
  }
}

async function* notHeldOut(input: MitigationInput): AsyncGenerator<Batch> {
  for await (const { batch } of input.train()) yield batch;
  yield* input.validation();
}

async function labelCounts(
  input: Parameters<typeof reweighedRows>[0],
): Promise<Record<string, [number, number]>> {
  const cells: Record<string, [number, number]> = {};
  for await (const { batch } of input.train()) {
    const labels = labelsOf(batch, input.label);
    groupKeysOf(batch, input.params.by).forEach((key, i) => {
      (cells[key] ??= [0, 0])[labels[i] as 0 | 1]++;
    });
  }
  return cells;
}

/** The values of the first attribute named by the policy, or the one with the highest base rate. */
async function privilegedOf(input: MitigationInput): Promise<readonly string[]> {
  const { by, privileged } = input.params;
  if (privileged !== undefined) return privileged;
  const sums = new Map<string, [number, number]>();
  for (const [key, [no, yes]] of Object.entries(await labelCounts(input))) {
    const [value] = groupValues(key);
    if (value === null || value === undefined) continue;
    const sum = sums.get(value) ?? [0, 0];
    sums.set(value, [sum[0] + no, sum[1] + yes]);
  }
  const rates = [...sums].map(([value, [no, yes]]) => ({ value, rate: yes / (no + yes) }));
  if (rates.length === 0) {
    throw new PipelineError("training", `no row has a value of ${by.join(", ")}`);
  }
  return [rates.reduce((best, group) => (group.rate > best.rate ? group : best)).value];
}

async function selectedBy(
  model: TabularModel,
  input: MitigationInput,
  numbers: ReadonlyMap<string, number>,
): Promise<Selected> {
  const selected = Array.from({ length: numbers.size }, (): [number, number] => [0, 0]);
  for await (const { batch } of input.train()) {
    const labels = labelsOf(batch, input.label);
    const scores = await model.score(batch);
    groupKeysOf(batch, input.params.by).forEach((key, i) => {
      if (scores[i]! >= THRESHOLD) selected[numbers.get(key)!]![labels[i] as 0 | 1]++;
    });
  }
  return selected;
}

function labelsOf(
  batch: Batch,
  { column, favourable }: { readonly column: string; readonly favourable: string },
): readonly number[] {
  return columnOf(batch, column).map((cell) => Number(String(cell) === favourable));
}

function withColumn(batch: Batch, name: string, cells: readonly Cell[]): Batch {
  return { rows: batch.rows, columns: { ...batch.columns, [name]: cells } };
}

function otherValue(cells: readonly Cell[], favourable: string): string {
  const found = cells.find((cell) => cell !== null && String(cell) !== favourable);
  return found === undefined ? `not ${favourable}` : String(found);
}

function base64(model: TabularModel): string {
  return Buffer.from(model.serialize()).toString("base64");
}
