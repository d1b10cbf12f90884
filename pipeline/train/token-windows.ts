import { PipelineError } from "../core/error.ts";
import { below } from "../core/random.ts";
import type { Random } from "../core/types.ts";
import type { Tokenizer } from "./tokenizer/index.ts";

/** Half a gigabyte of ids; a longer corpus must be cut by the policy, not silently. */
const MAX_TOKENS = 2 ** 27;

/** Sequences of one length: tokens and, one place further on, targets, both (batch, time). */
export interface Windows {
  readonly batch: number;
  readonly time: number;
  readonly tokens: Int32Array;
  readonly targets: Int32Array;
}

/** All tokens of the texts in order, an end token before the first and after each. */
export async function readTokens(
  texts: AsyncIterable<string>,
  tokenizer: Tokenizer,
  split: string,
): Promise<Int32Array> {
  let all = new Int32Array(1 << 16);
  let length = 0;
  const push = (id: number): void => {
    if (length === all.length) {
      const grown = new Int32Array(2 * all.length);
      grown.set(all);
      all = grown;
    }
    all[length++] = id;
  };
  push(tokenizer.end);
  for await (const text of texts) {
    for (const id of tokenizer.encode(text)) push(id);
    push(tokenizer.end);
    if (length > MAX_TOKENS) {
      throw new PipelineError("training", `the ${split} text has more than ${MAX_TOKENS} tokens`, {
        hint: "train on a part of it",
      });
    }
  }
  if (length < 3) throw new PipelineError("training", `the ${split} split has no text`);
  return all.subarray(0, length);
}

/** Random windows for the steps `from` to `to`; those of a step depend on its number alone. */
export async function* sampleWindows(
  all: Int32Array,
  span: {
    readonly time: number;
    readonly batch: number;
    readonly from: number;
    readonly to: number;
  },
  random: Random,
): AsyncGenerator<Windows> {
  const { batch } = span;
  const time = Math.min(span.time, all.length - 1);
  for (let step = span.from; step < span.to; step++) {
    const source = random.fork(`windows ${step}`);
    const tokens = new Int32Array(batch * time);
    const targets = new Int32Array(batch * time);
    for (let i = 0; i < batch; i++) {
      const start = below(source, all.length - time);
      tokens.set(all.subarray(start, start + time), i * time);
      targets.set(all.subarray(start + 1, start + time + 1), i * time);
    }
    yield await Promise.resolve({ batch, time, tokens, targets });
  }
}

/**
 * Consecutive windows that predict each token after the first once; the last may be shorter. If
 * there are more than `limit`, every k-th is taken.
 */
export function tileWindows(
  all: Int32Array,
  time: number,
  limit: number,
): { readonly tokens: Int32Array; readonly targets: Int32Array }[] {
  const count = Math.ceil((all.length - 1) / time);
  const stride = Math.ceil(count / limit) || 1;
  const windows = [];
  for (let i = 0; i < count; i += stride) {
    const start = i * time;
    const end = Math.min(start + time, all.length - 1);
    windows.push({
      tokens: all.subarray(start, end),
      targets: all.subarray(start + 1, end + 1),
    });
  }
  return windows;
}
