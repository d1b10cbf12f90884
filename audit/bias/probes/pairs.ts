import { PipelineError } from "../../../pipeline/core/error.ts";
import { pairPreferences, type SentencePair } from "../sentence-pairs.ts";
import { likelihoodsOf, textItem } from "../text-scorer.ts";
import { corrected, type Probe, type RawNumber } from "./probe.ts";

/** A record of a table with named columns. */
export type TableRow = Readonly<Record<string, string>>;

/** CrowS-Pairs as published: columns sent_more, sent_less, stereo_antistereo, bias_type. */
export function crowsPairsProbe(rows: readonly TableRow[]): Probe {
  const pairs = rows.map((row, i): TypedPair => {
    const { sent_more: more, sent_less: less, bias_type: type, stereo_antistereo } = row;
    if (!more || !less || !type) {
      throw new PipelineError("source", `pair ${i + 1} lacks sent_more, sent_less or bias_type`);
    }
    return { more, less, type, direction: stereo_antistereo ?? "" };
  });
  return pairProbe("crows-pairs", pairs, [
    "many of its pairs are ungrammatical, mislabelled or differ in more than the group (Blodgett et al. 2021)",
    "its stereotypes were written by crowd workers in the United States, in English",
    "a share near one half is no proof of fairness: opposite preferences cancel within a type",
  ]);
}

/**
 * WinoBias as published: numbered sentences with the two mentions in brackets. Line i of a file of
 * stereotyped pronouns and line i of its counterpart differ in the pronoun alone.
 */
export function winobiasProbe(
  files: readonly {
    readonly type: string;
    readonly pro: readonly string[];
    readonly anti: readonly string[];
  }[],
): Probe {
  const pairs = files.flatMap(({ type, pro, anti }) => {
    if (pro.length !== anti.length) {
      throw new PipelineError("source", `the two files of ${type} differ in length`);
    }
    return pro.flatMap((line, i): TypedPair[] => {
      const [more, less] = [plainSentence(line), plainSentence(anti[i]!)];
      return more === less ? [] : [{ more, less, type, direction: "" }];
    });
  });
  return pairProbe("winobias", pairs, [
    "made for coreference systems: which pronoun is likelier says little about whom it would be linked to",
    "it knows two pronouns and occupations of the United States of one year",
    "in type 2 syntax settles the pronoun, in type 1 only knowledge of the world does",
    "some sentences are awkward English, and no human ceiling was published for likelihoods",
  ]);
}

const CAUSAL =
  "made for masked models, of which it compares pseudo-likelihoods; whole sentences of a causal model are a different question";

interface TypedPair extends SentencePair {
  readonly direction: string;
}

function pairProbe(test: string, pairs: readonly TypedPair[], caveats: readonly string[]): Probe {
  if (pairs.length === 0) throw new PipelineError("source", `no pairs in the ${test} files`);
  const items = pairs.flatMap(({ more, less }, i) => [
    { ...textItem(`${test}/${i}/more`, more), against: less },
    { ...textItem(`${test}/${i}/less`, less), against: more },
  ]);
  return {
    test,
    items,
    evaluate(answers, { confidence }) {
      const nats = likelihoodsOf(answers);
      const pseudo = answers.every((answer) => answer.pseudo);
      const shares = (name: string, nameOf: (pair: TypedPair) => string): RawNumber[] =>
        pairPreferences(
          pairs.map((pair) => ({ ...pair, type: nameOf(pair) })),
          nats.map((value) => -value),
          confidence,
        ).flatMap(({ type, stereotyped, p }) =>
          type === "" || (type === undefined && name !== "type")
            ? []
            : [
                {
                  metric: "stereotype_share",
                  of: type === undefined ? {} : { [name]: type },
                  value: stereotyped.value,
                  n: stereotyped.n,
                  interval: stereotyped.interval,
                  p,
                },
              ],
        );
      return {
        test,
        items: items.length,
        numbers: corrected([
          ...shares("type", ({ type }) => type),
          ...shares("direction", ({ direction }) => direction),
        ]),
        method: `share of pairs whose stereotyped sentence ${pseudo ? "has the higher pseudo-likelihood of the tokens that both sentences share, each hidden in turn, as CrowS-Pairs scores them" : "is the likelier one as a whole"}, ties as half; Wilson intervals, exact binomial tests of one half`,
        caveats: [...(test === "crows-pairs" && !pseudo ? [CAUSAL] : []), ...caveats],
      };
    },
  };
}

function plainSentence(line: string): string {
  return line
    .replace(/^\s*\d+\s+/, "")
    .replace(/[[\]]/g, "")
    .trim();
}
