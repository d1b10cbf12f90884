import type { Json } from "../../pipeline/core/canonical-json.ts";
import type { Trained } from "../../pipeline/core/types.ts";
import type { Block, LineFigure, Section, Table } from "../blocks.ts";
import type { Context } from "../context.ts";
import { ofKind } from "../evidence.ts";
import { formatBytes, formatCount, formatNumber } from "../text/format.ts";
import { orNone } from "./data.ts";
import { measurementBlocks } from "./measurements.ts";

const MAX_EPOCH_ROWS = 24;

/** What was trained, on what, where, and how its loss went. */
export function trainingSection(context: Context): Section {
  const { placed, words } = context;
  const trained = ofKind(placed.training, "trained");
  return {
    id: "training",
    title: words.titles.training,
    ...(trained.length === 0 ? {} : { lead: words.leads.training }),
    blocks:
      trained.length === 0
        ? [
            { kind: "text", text: words.leads.noModel },
            ...measurementBlocks(context, placed.training),
          ]
        : [
            ...trained.flatMap((model) => modelBlocks(context, model)),
            ...measurementBlocks(context, placed.training),
          ],
  };
}

/** How the model treats groups, on rows it was not trained on. */
export function modelSection(context: Context): Section {
  const { placed, words } = context;
  const none = ofKind(placed.training, "trained").length === 0 && placed.model.length === 0;
  return {
    id: "model",
    title: words.titles.model,
    ...(none ? {} : { lead: words.leads.model }),
    blocks: none
      ? [{ kind: "text", text: words.leads.noModel }]
      : orNone(context, measurementBlocks(context, placed.model)),
  };
}

function modelBlocks({ words }: Context, model: Trained): readonly Block[] {
  const { facts, columns, titles } = words;
  const best = bestEpoch(model);
  const versions = Object.entries(model.versions).map(([name, version]) => `${name} ${version}`);
  const settings = Object.entries(model.settings);
  return [
    {
      kind: "facts",
      facts: [
        { term: facts.modelVersion, value: model.subject, code: true },
        { term: facts.architecture, value: model.architecture },
        ...(model.phase === undefined ? [] : [{ term: facts.phase, value: model.phase }]),
        ...(model.parent === undefined
          ? []
          : [
              { term: facts.parentModel, value: model.parent.model, code: true },
              { term: facts.parentData, value: model.parent.data, code: true },
              { term: facts.parentPolicy, value: model.parent.policy, code: true },
            ]),
        { term: facts.parameters, value: formatCount(model.parameters) },
        { term: facts.data, value: model.data, code: true },
        { term: facts.backend, value: model.backend },
        { term: facts.device, value: model.device },
        { term: facts.why, value: model.why },
        { term: facts.seed, value: model.seed, code: true },
        { term: facts.versions, value: versions.join(words.list) },
        ...(best === undefined
          ? []
          : [
              {
                term: isPrivate(model) ? facts.lastEpoch : facts.bestEpoch,
                value: words.phrases.best(String(best[0]), formatNumber(best[1])),
              },
            ]),
      ],
    },
    ...lossBlocks(words, model, best),
    ...(settings.length === 0
      ? []
      : [
          {
            kind: "table",
            title: titles.settings,
            columns: [{ name: columns.setting }, { name: columns.value }],
            rows: settings.map(([name, value]) => [
              { text: name },
              { text: settingText(value), code: true },
            ]),
          } as const,
        ]),
    {
      kind: "table",
      title: titles.files,
      columns: [
        { name: columns.file },
        { name: columns.bytes, align: "right" },
        { name: columns.digest },
      ],
      rows: model.files.map(({ file, bytes, digest }) => [
        { text: file, code: true },
        { text: formatBytes(bytes) },
        { text: digest, code: true },
      ]),
    },
  ];
}

function lossBlocks(
  words: Context["words"],
  { history }: Trained,
  best: readonly [number, number] | undefined,
): readonly Block[] {
  if (history.length === 0) return [];
  const validation = history.flatMap(({ epoch, validation: loss }) =>
    loss === null ? [] : [[epoch, loss] as const],
  );
  const figure: LineFigure = {
    kind: "lines",
    title: words.titles.losses,
    caption: words.phrases.losses,
    x: words.columns.epoch,
    y: "nats",
    series: [
      {
        label: words.phrases.trainLine,
        dashed: true,
        points: history.map(({ epoch, train }) => [epoch, train] as const),
      },
      ...(validation.length === 0
        ? []
        : [{ label: words.phrases.validationLine, dashed: false, points: validation }]),
    ],
    ...(best === undefined ? {} : { mark: best }),
  };
  // A long history is thinned evenly; the last and the best epoch always stay.
  const step = Math.ceil(history.length / MAX_EPOCH_ROWS);
  const kept = history.filter(
    ({ epoch }, i) => i % step === 0 || i === history.length - 1 || epoch === best?.[0],
  );
  const table: Table = {
    kind: "table",
    title: words.titles.losses,
    columns: [
      { name: words.columns.epoch },
      { name: words.columns.train, align: "right" },
      { name: words.columns.validation, align: "right" },
    ],
    rows: kept.map(({ epoch, train, validation: loss }) => [
      { text: String(epoch) },
      { text: train.toFixed(4) },
      { text: loss === null ? "–" : loss.toFixed(4) },
    ]),
  };
  return [figure, table];
}

/** Private training keeps the last epoch: a choice among epochs would be a release of its own. */
function isPrivate({ settings }: Trained): boolean {
  return settings.privacy !== undefined;
}

function bestEpoch(model: Trained): readonly [number, number] | undefined {
  const { history } = model;
  const last = history.at(-1);
  if (last && isPrivate(model))
    return last.validation === null ? undefined : [last.epoch, last.validation];
  let best: readonly [number, number] | undefined;
  for (const { epoch, validation } of history) {
    if (validation !== null && (best === undefined || validation < best[1]))
      best = [epoch, validation];
  }
  return best;
}

function settingText(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
