import { Grouper } from "./classes.ts";
import type { CodedHierarchy } from "./hierarchy.ts";
import type { Tuples } from "./tuples.ts";

/** The table, or a generalisation of it, ready to be grouped further. */
export interface Layer {
  readonly levels: readonly number[];
  /** Cells keep their codes: a label of a higher level follows from any value below it. */
  readonly tuples: Tuples;
  readonly grouper: Grouper;
  /** The tuple of the table that each tuple here stands for; absent in the table itself. */
  readonly origin?: Uint32Array;
}

const LAYERS = 64;
/** A layer is worth its memory where it has this many times fewer tuples than what it was made of. */
const SHRINK = 2;

/**
 * Generalisations of a table that were grouped before, so that a more general node starts from fewer
 * tuples. Those not used for longest go first.
 */
export class Layers {
  readonly base: Layer;
  readonly #hierarchies: readonly CodedHierarchy[];
  readonly #sensitive: readonly string[];
  #layers: Layer[];

  constructor(
    tuples: Tuples,
    hierarchies: readonly CodedHierarchy[],
    sensitive: readonly string[],
  ) {
    this.#hierarchies = hierarchies;
    this.#sensitive = sensitive;
    this.base = this.#layer(
      tuples,
      undefined,
      hierarchies.map(() => 0),
    );
    this.#layers = [];
  }

  /** The smallest layer that the node can be grouped from. */
  under(levels: readonly number[]): Layer {
    let best = this.base;
    let at = -1;
    this.#layers.forEach((layer, i) => {
      if (layer.tuples.size >= best.tuples.size) return;
      for (let c = 0; c < levels.length; c++) if (layer.levels[c]! > levels[c]!) return;
      best = layer;
      at = i;
    });
    if (at >= 0) {
      this.#layers.splice(at, 1);
      this.#layers.push(best);
    }
    return best;
  }

  /** Keeps a node as a layer where that pays. `classes` is its number of classes. */
  offer(levels: readonly number[], from: Layer, classes: number): void {
    const { size } = from.tuples;
    if (classes * SHRINK * (this.#sensitive.length + 1) > size || size < 64) return;
    const own = this.#coarsened(levels, from);
    if (own.tuples.size * SHRINK > size) return;
    if (this.#layers.length >= LAYERS) this.#layers.shift();
    this.#layers.push(own);
  }

  #coarsened(levels: readonly number[], from: Layer): Layer {
    const { tuples } = from;
    const kept = this.#sensitive.map((name): CodedHierarchy => {
      const { values } = tuples.columns.find((column) => column.name === name)!;
      return asItIs(name, values);
    });
    const all = [...this.#hierarchies, ...kept];
    const grouper = new Grouper(tuples, codesOf(tuples, all), all);
    const classes = grouper.group([...levels, ...kept.map(() => 0)]);
    const first = classes.first.slice(0, classes.size);
    const columns = tuples.columns.map(({ name, values, codes }) => {
      return { name, values, codes: first.map((tuple) => codes[tuple]!) };
    });
    const coarse: Tuples = {
      columns,
      size: classes.size,
      count: classes.count.slice(0, classes.size),
      population: classes.population.slice(0, classes.size),
      rows: tuples.rows,
    };
    const { origin } = from;
    return this.#layer(coarse, origin === undefined ? first : first.map((i) => origin[i]!), levels);
  }

  #layer(tuples: Tuples, origin: Uint32Array | undefined, levels: readonly number[]): Layer {
    const grouper = new Grouper(tuples, codesOf(tuples, this.#hierarchies), this.#hierarchies);
    return { levels: [...levels], tuples, grouper, ...(origin === undefined ? {} : { origin }) };
  }
}

/** A column of one level: nothing is generalised. */
export function asItIs(column: string, values: readonly string[]): CodedHierarchy {
  return {
    column,
    height: 1,
    codes: [Uint32Array.from(values, (_, i) => i)],
    labels: [values],
    shares: [new Float64Array(values.length).fill(1 / values.length)],
    domain: values.length,
  };
}

function codesOf(tuples: Tuples, hierarchies: readonly CodedHierarchy[]): Uint32Array[] {
  return hierarchies.map(({ column }) => {
    const found = tuples.columns.find(({ name }) => name === column);
    return found?.codes ?? new Uint32Array(tuples.size);
  });
}
