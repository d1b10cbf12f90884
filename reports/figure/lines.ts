import type { LineFigure } from "../blocks.ts";
import { formatExact } from "../text/format.ts";
import { scaleOver } from "./scale.ts";
import { COLUMN, label, line, round, svg, textWidth } from "./svg.ts";

/** Dashes that tell more than two lines apart without colour; the first line is whole. */
const patterns = ["", "7 4", "2 3", "9 3 2 3", "1 5", "14 5"];

/** Room for a name of the legend beside another one. */
const HALF = 108;

/** Lines with their names at their ends: loss by epoch, ROC, calibration. */
export function linePicture(figure: LineFigure): string {
  const [left, right] = [42, COLUMN - 8];
  // Two names to a line of the legend, where they are short.
  const across = figure.series.some(({ label: name }) => textWidth(name) > HALF) ? 1 : 2;
  const legendHeight = 16 * (Math.ceil(figure.series.length / across) - 1);
  // The name of the upright axis stands on a line of its own where it is wider than the numbers.
  const wide = textWidth(figure.y, 11) > left - 6;
  const top = 28 + legendHeight + (wide ? 16 : 0);
  const bottom = top + (figure.unitSquare === true ? 278 : 178);
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
  const many = figure.series.length > 2;
  const dashes = (i: number): string =>
    many && i > 0 ? ` stroke-dasharray="${patterns[i % patterns.length] ?? ""}"` : "";
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
  // One point makes no line.
  const lone = figure.series
    .flatMap(({ points: own }) => (own.length === 1 ? own : []))
    .map(([a, b]) => `<circle cx="${round(x.at(a))}" cy="${round(y.at(b))}" r="4" class="ring"/>`)
    .join("");
  const lines = figure.series
    .map(
      ({ points: own, dashed }, i) =>
        `<path d="${own.map(([a, b], i) => `${i === 0 ? "M" : "L"}${round(x.at(a))} ${round(y.at(b))}`).join("")}" class="curve${dashed && !many ? " dashed" : ""}"${dashes(i)}/>`,
    )
    .join("");
  const mark =
    figure.mark === undefined
      ? ""
      : `<circle cx="${round(x.at(figure.mark[0]))}" cy="${round(y.at(figure.mark[1]))}" r="4" class="dot"/>`;
  const diagonal = figure.diagonal === true ? line(x.at(0), y.at(0), x.at(1), y.at(1), "all") : "";
  const legend = figure.series
    .map(({ label: name, dashed }, i) => {
      const at = left + (i % across) * 140;
      const y = 14 + 16 * Math.floor(i / across);
      return (
        `<path d="M${at} ${y}h22" class="curve${dashed && !many ? " dashed" : ""}"${dashes(i)}/>` +
        label(at + 28, y + 4, name, { name: "soft", room: across === 1 ? 250 : HALF })
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
      lone +
      mark +
      label(right, bottom + 32, figure.x, { anchor: "end", name: "soft", size: 11 }) +
      (wide
        ? label(0, top - 8, figure.y, { name: "soft", size: 11 })
        : label(left - 6, top - 8, figure.y, { anchor: "end", name: "soft", size: 11 })),
  );
}

function endText(points: readonly (readonly [number, number])[]): string {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return "";
  return `${first[1].toFixed(3)} → ${last[1].toFixed(3)}`;
}
