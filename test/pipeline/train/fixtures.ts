import type { TrainContext } from "../../../pipeline/train/loop.ts";
import { selectBackend, type BackendChoice } from "../../../pipeline/train/backend.ts";
import { libtensorflowPresent } from "../../../pipeline/train/libtensorflow.ts";
import { gaussian, seededRandom, uniform } from "../../../pipeline/core/random.ts";
import type { Batch } from "../../../pipeline/core/types.ts";
import type { TabularData } from "../../../pipeline/train/tabular.ts";

/** A context on a backend, with everything seeded. */
export async function contextOn(
  choice: BackendChoice,
  extra: Partial<TrainContext> = {},
): Promise<TrainContext> {
  return {
    backend: await selectBackend(choice),
    random: seededRandom("test"),
    // From a seed here, so that no test fails by chance.
    entropy: seededRandom("noise"),
    signal: new AbortController().signal,
    progress: () => undefined,
    ...extra,
  };
}

/** Why a test of a backend cannot run here, or false. */
export function absent(backend: BackendChoice): string | false {
  return backend === "native" && !libtensorflowPresent()
    ? "libtensorflow is absent: npm run setup:tensorflow"
    : false;
}

/** Rows whose label follows from a number and a category, with a tenth of the labels turned. */
export function syntheticRows(rows: number, seed: string): Batch {
  const random = seededRandom(seed);
  const x: (number | null)[] = [];
  const colour: string[] = [];
  const label: string[] = [];
  for (let i = 0; i < rows; i++) {
    const value = gaussian(random);
    const red = uniform(random) < 0.5;
    const yes = value + (red ? 1 : -1) > 0 !== uniform(random) < 0.1;
    x.push(uniform(random) < 0.05 ? null : value);
    colour.push(red ? "red" : "[20, 30)");
    label.push(yes ? "yes" : "no");
  }
  return { rows, columns: { x, colour, label } };
}

/** A task over synthetic rows, in two batches for training. */
export function syntheticData(rows: number): TabularData {
  const [first, second] = [syntheticRows(rows / 2, "first"), syntheticRows(rows / 2, "second")];
  return {
    columns: [
      { name: "x", type: "decimal" },
      { name: "colour", type: "text" },
    ],
    label: { column: "label", favourable: "yes" },
    train: () => stream([{ batch: first }, { batch: second }]),
    validation: () => stream([syntheticRows(rows / 4, "validation")]),
  };
}

/** A list as a stream. */
export async function* stream<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}
