import type { HeatFigure } from "../blocks.ts";
import type { Context } from "../context.ts";
import { valueLabel, type Grouping } from "../groups.ts";
import { formatCount, formatEstimate } from "../text/format.ts";
import { metricName } from "../words.ts";

/**
 * The intersections of exactly two attributes as a grid, for the selection rate or, where there is
 * none, the first metric. Undefined for any other number of attributes, and for grids too wide to read.
 */
export function heatFigure({ words }: Context, grouping: Grouping): HeatFigure | undefined {
  const [first, second, third] = grouping.by;
  const metric = grouping.metrics.includes("selection_rate")
    ? "selection_rate"
    : grouping.metrics[0];
  if (first === undefined || second === undefined || third !== undefined) return undefined;
  if (metric === undefined) return undefined;
  const valuesOf = (name: string): string[] => [
    ...new Set(grouping.groups.map(({ group }) => group[name] ?? "")),
  ];
  const [a, b] = [valuesOf(first), valuesOf(second)];
  // The attribute with fewer values goes across, so that the grid stays narrow.
  const across = a.length <= b.length ? first : second;
  const down = across === first ? second : first;
  const [columns, rows] = across === first ? [a, b] : [b, a];
  if (columns.length < 2 || rows.length < 2 || columns.length > 6 || rows.length > 30)
    return undefined;
  const empty = words.phrases.unknownGroup;
  return {
    kind: "heat",
    title: `${words.titles.heat}${words.colon}${metricName(words, metric)}`,
    caption: words.phrases.heat,
    rowName: down,
    columnName: across,
    rows: rows.map((value) => valueLabel(value, empty)),
    columns: columns.map((value) => valueLabel(value, empty)),
    cells: rows.map((row) =>
      columns.map((column) => {
        const found = grouping.groups.find(
          ({ group }) => (group[down] ?? "") === row && (group[across] ?? "") === column,
        );
        const estimate = found?.estimates[metric];
        if (found === undefined || estimate === undefined) return null;
        const { value } = formatEstimate(estimate, "–");
        return { value: estimate.value, text: value, size: `n ${formatCount(found.n)}` };
      }),
    ),
  };
}
