import { differentiate } from "../differentiate.ts";
import { crossEntropy } from "../models/layers.ts";
import type { Network, NetworkShape } from "../models/network.ts";
import type { Windows } from "../token-windows.ts";
import type { Expand, Objective } from "./objective.ts";

/** Mean cross-entropy of the token after each one. */
export function nextToken(
  network: Network,
  shape: NetworkShape,
  expand: Expand,
): Objective<Windows> {
  return {
    timeMajor: network.timeMajor,
    loss: (tf, parameters, windows, drop) =>
      tf.tidy(() => {
        const { tokens, targets } = layOut(network, windows);
        const block = { ...windows, tokens: tf.tensor1d(tokens, "int32") };
        const wanted = tf.tensor1d(targets, "int32");
        return differentiate(tf, parameters, (named) =>
          tf.mean(crossEntropy(tf, network.logits(tf, expand(named), shape, block, drop), wanted)),
        );
      }),
    rows: ({ batch }) => batch,
    terms: ({ batch, time }) => batch * time,
    part: ({ time, tokens, targets }, from, to) => ({
      batch: to - from,
      time,
      tokens: tokens.slice(from * time, to * time),
      targets: targets.slice(from * time, to * time),
    }),
  };
}

/** Windows are kept text by text; a recurrent network takes them step by step. */
export function layOut(network: Network, windows: Windows): Pick<Windows, "tokens" | "targets"> {
  if (!network.timeMajor) return windows;
  const { batch, time } = windows;
  const turn = (from: Int32Array): Int32Array =>
    from.map((_, i) => from[(i % batch) * time + Math.floor(i / batch)]!);
  return { tokens: turn(windows.tokens), targets: turn(windows.targets) };
}
