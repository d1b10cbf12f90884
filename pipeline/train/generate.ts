import { seededRandom, uniform } from "../core/random.ts";
import type { Random } from "../core/types.ts";
import type { Reader } from "./models/network.ts";
import type { Tokenizer } from "./tokenizer/index.ts";

export interface GenerateOptions {
  /** Most tokens to add; 200 if absent. */
  readonly max_tokens?: number;
  /** Divides the logits; 0 always takes the likeliest token, 1 (the default) samples the model. */
  readonly temperature?: number;
  /** Only the k likeliest tokens; absent means all. */
  readonly top_k?: number;
  /** Only the likeliest tokens that together have this probability (Holtzman et al. 2020). */
  readonly top_p?: number;
  /** The same seed and options give the same text on one backend; "0" if absent. */
  readonly seed?: string;
  /** Ends before the first of these strings. */
  readonly stop?: readonly string[];
}

/** Samples a continuation of `prompt`, up to the end token, a stop string or `max_tokens`. */
export async function generateText(
  reader: Reader,
  tokenizer: Tokenizer,
  prompt: string,
  options: GenerateOptions,
): Promise<string> {
  const random = seededRandom(options.seed ?? "0").fork("generate");
  const made: number[] = [];
  let logits = await reader.read([tokenizer.end, ...tokenizer.encode(prompt)]);
  for (let i = options.max_tokens ?? 200; i > 0; i--) {
    const token = sampleToken(logits, options, random);
    if (token === tokenizer.end) break;
    made.push(token);
    if (options.stop?.length) {
      const text = tokenizer.decode(made);
      const cut = firstOf(text, options.stop);
      if (cut >= 0) return text.slice(0, cut);
    }
    if (i > 1) logits = await reader.read([token]);
  }
  return tokenizer.decode(made);
}

/** One token id, drawn from softmax(logits / temperature) cut to the likeliest. */
export function sampleToken(
  logits: Float32Array,
  { temperature = 1, top_k, top_p }: GenerateOptions,
  random: Random,
): number {
  const ranked = Array.from(logits, (_, id) => id).sort((a, b) => logits[b]! - logits[a]! || a - b);
  if (temperature <= 0) return ranked[0]!;
  const kept = ranked.slice(0, Math.max(1, top_k ?? ranked.length));
  const peak = logits[kept[0]!]!;
  const masses = kept.map((id) => Math.exp((logits[id]! - peak) / temperature));
  const whole = masses.reduce((sum, mass) => sum + mass, 0);
  let count = kept.length;
  if (top_p !== undefined) {
    let mass = 0;
    count = 1 + masses.findIndex((m) => (mass += m) >= top_p * whole) || kept.length;
  }
  const chosen = masses.slice(0, count);
  let left = uniform(random) * chosen.reduce((sum, mass) => sum + mass, 0);
  const index = chosen.findIndex((mass) => (left -= mass) < 0);
  return kept[index < 0 ? count - 1 : index]!;
}

function firstOf(text: string, needles: readonly string[]): number {
  const places = needles.map((needle) => text.indexOf(needle)).filter((place) => place >= 0);
  return places.length === 0 ? -1 : Math.min(...places);
}
