import { differentiate } from "../differentiate.ts";
import { maskedLogits } from "../models/bert.ts";
import type { EncoderShape } from "../models/encoder.ts";
import { crossEntropy } from "../models/layers.ts";
import type { HiddenTokens } from "../pseudo-likelihood.ts";
import { partOfBlock } from "./labels.ts";
import type { Objective } from "./objective.ts";

/** Mean cross-entropy of the hidden tokens. */
export function maskedTokens(shape: EncoderShape): Objective<HiddenTokens> {
  return {
    timeMajor: false,
    loss: (tf, parameters, { block, places, targets }, drop) =>
      tf.tidy(() => {
        const wanted = tf.tensor1d(targets, "int32");
        return differentiate(tf, parameters, (named) =>
          tf.mean(crossEntropy(tf, maskedLogits(tf, named, shape, block, places, drop), wanted)),
        );
      }),
    rows: ({ block }) => block.batch,
    terms: ({ targets }) => targets.length,
    part: ({ block, places, targets }, from, to) => {
      const [first, end] = [from * block.time, to * block.time];
      const within = (_: number, i: number): boolean => places[i]! >= first && places[i]! < end;
      return {
        block: partOfBlock(block, from, to),
        places: places.filter(within).map((place) => place - first),
        targets: targets.filter(within),
      };
    },
  };
}
