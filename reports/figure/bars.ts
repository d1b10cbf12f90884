import type { BarFigure } from "../blocks.ts";
import { formatCount } from "../text/format.ts";
import { scaleOver } from "./scale.ts";
import { COLUMN, label, line, rect, svg } from "./svg.ts";

const BAR = 9;

/** Bars lying down, up to two series a row: the first hollow, the last filled. */
export function barPicture(figure: BarFigure): string {
  const [left, right] = [60, COLUMN - 56];
  const scale = scaleOver(
    figure.rows.flatMap(({ values }) => values),
    left,
    right,
  );
  const height = figure.series.length * BAR + 10;
  const top = 28;
  const legend = figure.series
    .map(
      (name, i) =>
        rect(i * 150, 6, 12, BAR, barName(figure, i)) +
        label(i * 150 + 18, 15, name, { name: "soft", room: 126 }),
    )
    .join("");
  const rows = figure.rows.map(({ label: name, values }, i) => {
    const y = top + i * height;
    return (
      label(left - 8, y + height / 2 + 1, name, { anchor: "end", room: left - 8 }) +
      values
        .map(
          (value, j) =>
            rect(left, y + j * BAR, scale.at(value) - left, BAR - 1.5, barName(figure, j)) +
            label(scale.at(value) + 5, y + j * BAR + 8, formatCount(value), {
              name: "soft",
              size: 10,
            }),
        )
        .join("")
    );
  });
  const bottom = top + figure.rows.length * height;
  const alternative = `${figure.title}: ${figure.rows.map((row) => `${row.label}: ${row.values.map(formatCount).join(" / ")}`).join("; ")}`;
  return svg(
    COLUMN,
    bottom + 2,
    alternative,
    legend + rows.join("") + line(left, top - 4, left, bottom, "axis"),
  );
}

function barName({ series }: BarFigure, i: number): string {
  return i === series.length - 1 ? "solid" : "hollow";
}
