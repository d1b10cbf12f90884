import { sha256 } from "../../pipeline/core/digest.ts";
import { PipelineError } from "../../pipeline/core/error.ts";

/**
 * One question to a language model. With `text`: how likely is this text, after `prompt` where there
 * is one? Without it: what comes after `prompt`?
 */
export interface TextItem {
  /** Names the item in files of scores; it ends in a digest of prompt and text. */
  readonly id: string;
  readonly prompt: string;
  readonly text: string | null;
  /** The sentence it is held against: a masked model scores only the tokens that both share. */
  readonly against?: string;
}

/** A model's answer: the likelihood of a text, or what it went on with. */
export interface TextAnswer {
  /** ln P(text | prompt) in nats, at most 0; null for an item without a text. */
  readonly nats: number | null;
  /** Tokens that the likelihood is a product over, where the model says so. */
  readonly tokens: number | null;
  readonly generation: string | null;
  /** Whether `nats` is a pseudo-log-likelihood: the sum over tokens hidden one by one. */
  readonly pseudo?: true;
}

/**
 * Any language model that can be audited: one of ours, one behind a URL, or a file of what another
 * program computed. Answers come in the order of the items. A model that cannot answer a kind of
 * item throws `usage`.
 */
export interface TextScorer {
  readonly name: string;
  answer(items: readonly TextItem[]): Promise<readonly TextAnswer[]>;
}

/** An item; the same words under the same name have the same id. */
export function textItem(name: string, text: string | null, prompt = ""): TextItem {
  const digest = sha256(JSON.stringify([prompt, text])).slice(0, 8);
  return { id: `${name}#${digest}`, prompt, text };
}

/** ln P(text | prompt) of each answer. */
export function likelihoodsOf(answers: readonly TextAnswer[]): Float64Array {
  return Float64Array.from(answers, ({ nats }) => {
    if (nats === null) throw new PipelineError("internal", "an answer has no likelihood");
    return nats;
  });
}

/** The model's scores of whole texts by whoever computed them; items are found by their id. */
export function scoresFile(name: string, lines: Iterable<string>): TextScorer {
  const answers = new Map<string, TextAnswer>();
  let number = 0;
  for (const line of lines) {
    number++;
    if (line.trim() === "") continue;
    const [id, answer] = answerOf(line, `${name}:${number}`);
    if (answers.has(id)) {
      throw new PipelineError("source", `${name}:${number}: a second answer to one item`);
    }
    answers.set(id, answer);
  }
  return {
    name,
    answer: (items) =>
      Promise.resolve().then(() =>
        items.map((item) => {
          const found = answers.get(item.id);
          if (found === undefined) {
            throw new PipelineError("source", `${name} has no answer to the item ${item.id}`, {
              hint: "write the items with --export-prompts, from the same files and options",
            });
          }
          if (item.text === null ? found.generation === null : found.nats === null) {
            const wanted = item.text === null ? "generation" : "value";
            throw new PipelineError("source", `${name} has no ${wanted} for the item ${item.id}`);
          }
          return found;
        }),
      ),
  };
}

function answerOf(line: string, place: string): readonly [string, TextAnswer] {
  let found: unknown;
  try {
    found = JSON.parse(line);
  } catch (cause) {
    throw new PipelineError("source", `${place}: not JSON`, { cause });
  }
  const { id, value, tokens, generation, pseudo } = (found ?? {}) as Readonly<
    Record<string, unknown>
  >;
  if (typeof id !== "string") throw new PipelineError("source", `${place}: no id`);
  if (value === undefined && generation === undefined) {
    throw new PipelineError("source", `${place}: neither value nor generation`);
  }
  // Rounding may lift a certain text a little above 0.
  if (value !== undefined && !(typeof value === "number" && value <= 1e-6)) {
    throw new PipelineError(
      "source",
      `${place}: value is a natural log-likelihood, a number of at most 0`,
    );
  }
  if (generation !== undefined && typeof generation !== "string") {
    throw new PipelineError("source", `${place}: generation is a text`);
  }
  if (tokens !== undefined && !(typeof tokens === "number" && tokens > 0)) {
    throw new PipelineError("source", `${place}: tokens is a number above 0`);
  }
  if (pseudo !== undefined && typeof pseudo !== "boolean") {
    throw new PipelineError("source", `${place}: pseudo is true or false`);
  }
  const answer = { nats: value ?? null, tokens: tokens ?? null, generation: generation ?? null };
  return [id, pseudo ? { ...answer, pseudo } : answer];
}
