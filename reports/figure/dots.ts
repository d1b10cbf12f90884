import type { DotFigure, DotPanel, LimitFigure } from "../blocks.ts";
import { formatExact } from "../text/format.ts";
import { scaleOver, type Scale } from "./scale.ts";
import { COLUMN, label, line, rect, round, svg } from "./svg.ts";

const ROW = 22;
const LABELS = 116;
const VALUES = 44;

/** One small picture a metric: a dot and a bar for each group. */
export function dotPictures(figure: DotFigure): readonly string[] {
  return figure.panels.map((panel) => dotPicture(panel, figure.notEstimable));
}

/** One small picture a rule: where the value lies, and which side of the scale is forbidden. */
export function limitPictures({ rows }: LimitFigure): readonly string[] {
  return rows.map(limitPicture);
}

function dotPicture(panel: DotPanel, notEstimable: string): string {
  const [left, right] = [LABELS + 8, COLUMN - VALUES - 8];
  const values = panel.rows.flatMap(({ value, interval }) => [value ?? 0, ...(interval ?? [])]);
  const scale = scaleOver([...values, panel.line ?? 0], left, right);
  const top = 40;
  const bottom = top + panel.rows.length * ROW;
  const marks = panel.rows.map(({ label: name, value, interval }, i) => {
    const y = top + i * ROW + ROW / 2;
    const shown = label(LABELS, y + 4, name, { anchor: "end", room: LABELS });
    if (value === null)
      return shown + label(left + 4, y + 4, notEstimable, { name: "soft italic" });
    return (
      shown +
      line(left, y, right, y, "grid") +
      dot(scale, y, value, interval) +
      label(COLUMN, y + 4, value.toFixed(3), { anchor: "end", name: "soft" })
    );
  });
  const overall =
    panel.line === undefined
      ? ""
      : line(scale.at(panel.line), top - 4, scale.at(panel.line), bottom, "all") +
        label(keepIn(scale.at(panel.line), left, right, 26), top - 8, panel.lineLabel, {
          name: "soft",
          anchor: "middle",
          size: 10,
        });
  const alternative = `${panel.title}: ${panel.rows.map((row) => `${row.label} ${row.text}`).join("; ")}`;
  return svg(
    COLUMN,
    bottom + 22,
    alternative,
    label(0, 14, panel.title, { name: "strong", size: 13, room: COLUMN }) +
      marks.join("") +
      overall +
      axis(scale, bottom),
  );
}

function limitPicture(row: LimitFigure["rows"][number]): string {
  const { value, interval, min, max } = row;
  const [left, right] = [8, COLUMN - 8];
  const limits = [min, max].filter((limit) => limit !== undefined);
  const widest = Math.max(...limits.map(Math.abs), 0);
  // Room beyond the limit, so that the forbidden side is always seen.
  const scale = scaleOver(
    [...limits, widest * 1.25, value ?? 0, ...(interval ?? [])],
    left,
    right,
    { ticks: 4 },
  );
  const [top, bottom] = [46, 74];
  const zone = (from: number, to: number): string =>
    rect(from, top, to - from, bottom - top, "forbidden", ' fill="url(#hatch)"');
  const body =
    label(0, 14, row.label, { name: "strong", size: 13, room: COLUMN }) +
    label(0, 33, row.text, { room: COLUMN - 110 }) +
    label(COLUMN, 33, `${row.verdictText}, ${row.limitText}`, {
      anchor: "end",
      name: `strong ${row.verdict}`,
      room: 120,
    }) +
    rect(left, top, right - left, bottom - top, "allowed") +
    (min === undefined
      ? ""
      : zone(left, scale.at(min)) +
        line(scale.at(min), top - 3, scale.at(min), bottom + 3, "limit")) +
    (max === undefined
      ? ""
      : zone(scale.at(max), right) +
        line(scale.at(max), top - 3, scale.at(max), bottom + 3, "limit")) +
    (value === null ? "" : dot(scale, (top + bottom) / 2, value, interval)) +
    axis(scale, bottom);
  return svg(
    COLUMN,
    bottom + 22,
    `${row.label}: ${row.text}, ${row.limitText}, ${row.verdictText}`,
    body,
  );
}

function dot(
  scale: Scale,
  y: number,
  value: number,
  interval: readonly [number, number] | undefined,
): string {
  const bar =
    interval === undefined
      ? ""
      : line(scale.at(interval[0]), y, scale.at(interval[1]), y, "bar") +
        line(scale.at(interval[0]), y - 3.5, scale.at(interval[0]), y + 3.5, "cap") +
        line(scale.at(interval[1]), y - 3.5, scale.at(interval[1]), y + 3.5, "cap");
  return `${bar}<circle cx="${round(scale.at(value))}" cy="${y}" r="4" class="dot"/>`;
}

function axis(scale: Scale, y: number): string {
  return (
    line(scale.at(scale.low), y, scale.at(scale.high), y, "axis") +
    scale.ticks
      .map(
        (tick) =>
          line(scale.at(tick), y, scale.at(tick), y + 4, "axis") +
          label(scale.at(tick), y + 16, formatExact(tick), {
            anchor: "middle",
            name: "soft",
            size: 11,
          }),
      )
      .join("")
  );
}

function keepIn(x: number, left: number, right: number, margin: number): number {
  return Math.min(right - margin, Math.max(left + margin, x));
}
