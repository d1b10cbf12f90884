import { PipelineError } from "../../../core/error.ts";
import type { Hierarchy } from "../hierarchy.ts";
import { unsuppressed, type ClassView, type Distribution, type Model } from "./model.ts";

const SOURCE = "Li, Li and Venkatasubramanian 2007, t-closeness";

/** All values are equally far apart: the distance is half the sum of the differences of shares. */
export function equalCloseness(sensitive: string, t: number): Model {
  return closeness(sensitive, t, "equal", ({ counts, total }) => {
    const share = counts.map((n) => n / total);
    return (view) => {
      // Values that the class lacks add their share; the sum starts as if it lacked all.
      let sum = 1;
      for (let i = 0; i < view.distinct; i++) {
        const q = share[view.codes[i]!]!;
        sum += Math.abs(view.counts[i]! / view.count - q) - q;
      }
      return sum / 2;
    };
  });
}

/**
 * Values lie on a line with steps of equal length. `order` lists them; by default numbers stand by
 * size and text by its code units.
 */
export function orderedCloseness(sensitive: string, t: number, order?: readonly string[]): Model {
  return closeness(sensitive, t, "ordered", ({ values, counts, total }) => {
    const line = orderOf(sensitive, values, order);
    const place = new Uint32Array(values.length);
    line.forEach((code, i) => (place[code] = i));
    const share = Float64Array.from(line, (code) => counts[code]! / total);
    const held = new Float64Array(values.length);
    return (view) => {
      held.fill(0);
      for (let i = 0; i < view.distinct; i++) {
        held[place[view.codes[i]!]!] = view.counts[i]! / view.count;
      }
      let [flow, sum] = [0, 0];
      for (let i = 0; i < held.length; i++) {
        flow += held[i]! - share[i]!;
        sum += Math.abs(flow);
      }
      return held.length < 2 ? 0 : sum / (held.length - 1);
    };
  });
}

/** Values are as far apart as the height of their lowest common label, over the tree's height. */
export function hierarchicalCloseness(sensitive: string, t: number, hierarchy: Hierarchy): Model {
  return closeness(sensitive, t, "hierarchical", (whole) => {
    const { levels, sizes } = tree(sensitive, whole, hierarchy);
    const height = levels.length;
    const share = whole.counts.map((n) => n / whole.total);
    const up = sizes.map((n) => new Float64Array(n));
    const down = sizes.map((n) => new Float64Array(n));
    const extra = new Float64Array(share.length);
    return (view) => {
      for (let i = 0; i < extra.length; i++) extra[i] = -share[i]!;
      for (let i = 0; i < view.distinct; i++) {
        extra[view.codes[i]!]! += view.counts[i]! / view.count;
      }
      let cost = 0;
      let below = extra;
      // What cannot be balanced below a label is carried through it, at its height.
      for (let h = 0; h < height; h++) {
        const [plus, minus] = [up[h]!.fill(0), down[h]!.fill(0)];
        const net = new Float64Array(plus.length);
        below.forEach((mass, i) => {
          const parent = levels[h]![i]!;
          if (mass > 0) plus[parent]! += mass;
          else minus[parent]! -= mass;
          net[parent]! += mass;
        });
        for (let i = 0; i < plus.length; i++) {
          cost += ((h + 1) / height) * Math.min(plus[i]!, minus[i]!);
        }
        below = net;
      }
      return cost;
    };
  });
}

function closeness(
  sensitive: string,
  t: number,
  distance: string,
  bind: (whole: Distribution) => (view: ClassView) => number,
): Model {
  if (!(t >= 0 && t <= 1)) {
    throw new PipelineError("policy", "t of t-closeness is a number from 0 to 1");
  }
  return {
    name: `${t}-closeness of ${sensitive} (${distance} distance)`,
    source: SOURCE,
    sensitive,
    monotone: unsuppressed,
    bind(whole) {
      const of = bind(whole);
      return (view) => of(view) <= t;
    },
  };
}

function orderOf(
  sensitive: string,
  values: readonly string[],
  order: readonly string[] | undefined,
): number[] {
  const codes = values.map((_, i) => i);
  if (order !== undefined) {
    const rank = new Map(order.map((value, i) => [value, i]));
    if (values.some((value) => !rank.has(value))) {
      throw new PipelineError("policy", `the order of ${sensitive} lacks some of its values`);
    }
    return codes.sort((a, b) => rank.get(values[a]!)! - rank.get(values[b]!)!);
  }
  const numbers = values.map(Number);
  if (numbers.every(Number.isFinite)) return codes.sort((a, b) => numbers[a]! - numbers[b]!);
  return codes.sort((a, b) => (values[a]! < values[b]! ? -1 : 1));
}

/** `levels[h][i]` is the parent, at height h + 1, of node i at height h. */
function tree(
  sensitive: string,
  { values }: Distribution,
  { rows, height }: Hierarchy,
): { readonly levels: readonly Uint32Array[]; readonly sizes: readonly number[] } {
  if (values.some((value) => !rows.has(value))) {
    throw new PipelineError("policy", `values of ${sensitive} are missing from its hierarchy`);
  }
  let names: readonly string[] = values;
  let labels: readonly (readonly string[])[] = values.map((value) => rows.get(value)!);
  const levels: Uint32Array[] = [];
  const sizes: number[] = [];
  for (let level = 1; level < height; level++) {
    const numbers = new Map<string, number>();
    const next: (readonly string[])[] = [];
    const parents = Uint32Array.from(names, (_, i) => {
      const label = labels[i]![level]!;
      const number = numbers.get(label) ?? numbers.size;
      numbers.set(label, number);
      next[number] ??= labels[i]!;
      return number;
    });
    levels.push(parents);
    sizes.push(numbers.size);
    names = [...numbers.keys()];
    labels = next;
  }
  if (names.length > 1) {
    throw new PipelineError("policy", `the hierarchy of ${sensitive} does not end in one label`);
  }
  return { levels, sizes };
}
