import type { PairFigure } from "../blocks.ts";
import { formatExact, formatNumber } from "../text/format.ts";
import { scaleOver } from "./scale.ts";
import { COLUMN, label, line, round, svg } from "./svg.ts";

const ROW = 54;

/** Before and after on one scale: an arrow from a hollow dot to a filled one. */
export function pairPicture(figure: PairFigure): string {
  const [left, right, top] = [8, COLUMN - 8, 30];
  const scale = scaleOver(
    figure.rows.flatMap(({ before, after }) => [before, after]),
    left,
    right,
    { ticks: 4 },
  );
  const bottom = top + figure.rows.length * ROW;
  const rows = figure.rows.map(({ label: name, before, after }, i) => {
    const y = top + i * ROW + 42;
    const values = `${formatNumber(before)} → ${formatNumber(after)}`;
    return (
      label(0, y - 26, name, { name: "strong", room: COLUMN }) +
      label(0, y - 11, values) +
      line(left, y, right, y, "grid") +
      line(scale.at(before), y, scale.at(after), y, "bar") +
      `<circle cx="${round(scale.at(before))}" cy="${y}" r="4" class="ring"/><circle cx="${round(scale.at(after))}" cy="${y}" r="4" class="dot"/>`
    );
  });
  const ticks = scale.ticks.map(
    (tick) =>
      line(scale.at(tick), bottom + 6, scale.at(tick), bottom + 10, "axis") +
      label(scale.at(tick), bottom + 22, formatExact(tick), {
        anchor: "middle",
        name: "soft",
        size: 11,
      }),
  );
  const legend =
    `<circle cx="12" cy="10" r="4" class="ring"/>${label(22, 14, figure.beforeLabel, { name: "soft", room: 130 })}` +
    `<circle cx="172" cy="10" r="4" class="dot"/>${label(182, 14, figure.afterLabel, { name: "soft", room: 130 })}`;
  const alternative = `${figure.title}: ${figure.rows
    .map(
      ({ label: name, before, after }) =>
        `${name} ${formatNumber(before)} → ${formatNumber(after)}`,
    )
    .join("; ")}`;
  return svg(
    COLUMN,
    bottom + 28,
    alternative,
    legend + rows.join("") + line(left, bottom + 6, right, bottom + 6, "axis") + ticks.join(""),
  );
}
