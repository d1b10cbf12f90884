import type { Policy } from "../../policies/schema.ts";
import type { SourceOptions } from "../data/source.ts";

/** How a policy says that its source is to be read. */
export function sourceOptions(dataset: Policy["dataset"]): SourceOptions {
  return {
    format: dataset.format,
    header: dataset.header,
    ...(dataset.names === undefined ? {} : { names: dataset.names }),
    ...(dataset.delimiter === undefined ? {} : { delimiter: dataset.delimiter }),
    ...(dataset.quote === undefined ? {} : { quote: dataset.quote }),
    encoding: dataset.encoding,
    missing: dataset.missing,
    trim: dataset.trim,
    onBadRow: dataset.on_bad_row,
  };
}
