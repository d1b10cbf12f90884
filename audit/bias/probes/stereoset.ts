import { PipelineError } from "../../../pipeline/core/error.ts";
import { signFlipTest } from "../../statistics/sign-flip.ts";
import { icatOf, stereoSetScores, type StereoSetContext } from "../sentence-pairs.ts";
import { textItem, type TextAnswer, type TextItem } from "../text-scorer.ts";
import { clusterIntervals, corrected, groupedBy, meanOf } from "./probe.ts";
import type { Probe, ProbeOptions, RawNumber } from "./probe.ts";

const FORMS = ["intrasentence", "intersentence"] as const;
const LABELS = ["stereotype", "anti-stereotype", "unrelated"] as const;
const FLIPS = 9_999;

interface Example {
  readonly form: string;
  readonly type: string;
  readonly target: string;
}

/**
 * StereoSet as published, `{data: {intrasentence: [...], intersentence: [...]}}`. Sentences with a
 * filled blank are scored whole, next sentences after their context.
 */
export function stereoSetProbe(file: unknown): Probe {
  const data = (file as { data?: Readonly<Record<string, unknown>> } | null)?.data;
  const examples: Example[] = [];
  const items: TextItem[] = [];
  for (const form of FORMS) {
    for (const [i, entry] of ((data?.[form] ?? []) as readonly unknown[]).entries()) {
      const { target, bias_type, context, sentences } = entry as Readonly<Record<string, unknown>>;
      const texts = textsOf(sentences);
      if (typeof target !== "string" || typeof bias_type !== "string" || texts === undefined) {
        throw new PipelineError("source", `${form} ${i} is not an example of StereoSet`);
      }
      examples.push({ form, type: bias_type, target });
      for (const label of LABELS) {
        const name = `stereoset/${form}/${i}/${label}`;
        items.push(
          form === "intersentence" && typeof context === "string"
            ? textItem(name, ` ${texts[label]}`, context)
            : textItem(name, texts[label]),
        );
      }
    }
  }
  if (examples.length === 0) {
    throw new PipelineError("source", "the file holds no examples of StereoSet");
  }
  return {
    test: "stereoset",
    items,
    evaluate: (answers, o) => evaluate(examples, items, answers, o),
  };
}

function evaluate(
  examples: readonly Example[],
  items: readonly TextItem[],
  answers: readonly TextAnswer[],
  options: ProbeOptions,
): ReturnType<Probe["evaluate"]> {
  const byToken = answers.every(({ tokens }) => tokens !== null);
  const scores = answers.map(({ nats, tokens }, i) =>
    nats === null ? NaN : nats / (byToken ? tokens! : items[i]!.text!.length),
  );
  const contexts = examples.map(({ form, type, target }, e) => ({
    form,
    type,
    target,
    stereotype: scores[3 * e]!,
    antiStereotype: scores[3 * e + 1]!,
    unrelated: scores[3 * e + 2]!,
  }));
  const numbers: RawNumber[] = [];
  const add = (of: Readonly<Record<string, string>>, some: readonly StereoSetContext[]): void => {
    const terms = [...groupedBy(some, ({ target }) => target).values()].map(stereoSetScores);
    const intervals = clusterIntervals(terms, overTerms, options);
    const { lms, ss, icat } = stereoSetScores(some);
    const offsets = terms.map((term) => term.ss - 50);
    const n = some.length;
    numbers.push(
      { metric: "lms", of, value: lms, n, interval: intervals.lms },
      {
        metric: "ss",
        of,
        value: ss,
        n,
        interval: intervals.ss,
        p: signFlipTest(offsets, FLIPS, options.random),
      },
      { metric: "icat", of, value: icat, n, interval: intervals.icat },
    );
  };
  for (const [form, inForm] of groupedBy(contexts, (context) => context.form)) {
    for (const [type, some] of groupedBy(inForm, (context) => context.type))
      add({ form, type }, some);
    add({ form }, inForm);
  }
  add({}, contexts);
  return {
    test: "stereoset",
    items: items.length,
    numbers: corrected(numbers),
    method: `mean ${answers.every(({ pseudo }) => pseudo) ? "pseudo-log-likelihood" : "ln-likelihood"} per ${byToken ? "token" : "character"}; scores are means over target terms, as its authors compute them, in percent; intervals and the tests of ss = 50 take terms as units`,
    caveats: [
      "many of its sentences are unnatural, and some labels are disputed (Blodgett et al. 2021)",
      "its next-sentence part was made for models with a head for that; here it is the likelihood of the sentence after its context",
      "50 is no neutral point: about half of the pairs may be likelier one way for reasons of frequency alone",
      ...(answers.every(({ pseudo }) => pseudo)
        ? [
            "its authors hide the word in the blank of a masked model; here every token of the sentence is hidden in turn",
          ]
        : []),
      "icat mixes language skill and preference: a better model can have a worse ss and a better icat",
      "its stereotypes are of the United States, in English; the test half was never published",
    ],
  };
}

function overTerms(terms: readonly { readonly lms: number; readonly ss: number }[]): {
  readonly lms: number;
  readonly ss: number;
  readonly icat: number;
} {
  const lms = meanOf(terms.map((term) => term.lms));
  const ss = meanOf(terms.map((term) => term.ss));
  return { lms, ss, icat: icatOf(lms, ss) };
}

function textsOf(sentences: unknown): Record<(typeof LABELS)[number], string> | undefined {
  if (!Array.isArray(sentences)) return undefined;
  const found = new Map<unknown, unknown>(
    (sentences as readonly { gold_label?: unknown; sentence?: unknown }[]).map((s) => [
      s.gold_label,
      s.sentence,
    ]),
  );
  const texts = LABELS.map((label) => found.get(label));
  if (!texts.every((text) => typeof text === "string")) return undefined;
  return { stereotype: texts[0]!, "anti-stereotype": texts[1]!, unrelated: texts[2]! };
}
