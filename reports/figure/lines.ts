import type { LineFigure } from "../blocks.ts";
import { formatExact } from "../text/format.ts";
import { scaleOver } from "./scale.ts";
import { COLUMN, label, line, round, svg } from "./svg.ts";

/** Lines with their names at their ends: loss by epoch, ROC, calibration. */
export function linePicture(figure: LineFigure): string {
  const [left, right, top, bottom] = [42, COLUMN - 8, 28, figure.unitSquare === true ? 306 : 206];
  const points = figure.series.flatMap((series) => series.points);
  const square = figure.unitSquare === true ? [0, 1] : [];
  const x = scaleOver([...points.map(([value]) => value), ...square], left, right, {
    ticks: 4,
    tight: points.every(([value]) => value >= 1),
  });
  const y = scaleOver([...points.map(([, value]) => value), ...square], bottom, top, {
    ticks: 4,
    tight: true,
  });
  const grid = y.ticks
    .map(
      (tick) =>
        line(left, y.at(tick), right, y.at(tick), "grid") +
        label(left - 6, y.at(tick) + 4, formatExact(tick), {
          anchor: "end",
          name: "soft",
          size: 11,
        }),
    )
    .join("");
  const below = x.ticks
    .filter((tick) => figure.unitSquare === true || Number.isInteger(tick))
    .map(
      (tick) =>
        line(x.at(tick), bottom, x.at(tick), bottom + 4, "axis") +
        label(x.at(tick), bottom + 16, formatExact(tick), {
          anchor: "middle",
          name: "soft",
          size: 11,
        }),
    )
    .join("");
  const lines = figure.series
    .map(
      ({ points: own, dashed }) =>
        `<path d="${own.map(([a, b], i) => `${i === 0 ? "M" : "L"}${round(x.at(a))} ${round(y.at(b))}`).join("")}" class="curve${dashed ? " dashed" : ""}"/>`,
    )
    .join("");
  const mark =
    figure.mark === undefined
      ? ""
      : `<circle cx="${round(x.at(figure.mark[0]))}" cy="${round(y.at(figure.mark[1]))}" r="4" class="dot"/>`;
  const diagonal = figure.diagonal === true ? line(x.at(0), y.at(0), x.at(1), y.at(1), "all") : "";
  const legend = figure.series
    .map(({ label: name, dashed }, i) => {
      const at = left + i * 130;
      return (
        line(at, 14, at + 22, 14, dashed ? "curve dashed" : "curve") +
        label(at + 28, 18, name, { name: "soft", room: 98 })
      );
    })
    .join("");
  const alternative = `${figure.title}: ${figure.series
    .map(({ label: name, points: own }) => `${name} ${endText(own)}`)
    .join("; ")}`;
  return svg(
    COLUMN,
    bottom + 36,
    alternative,
    legend +
      grid +
      diagonal +
      line(left, bottom, right, bottom, "axis") +
      below +
      lines +
      mark +
      label(right, bottom + 32, figure.x, { anchor: "end", name: "soft", size: 11 }) +
      label(left - 6, 18, figure.y, { anchor: "end", name: "soft", size: 11 }),
  );
}

function endText(points: readonly (readonly [number, number])[]): string {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return "";
  return `${first[1].toFixed(3)} → ${last[1].toFixed(3)}`;
}
