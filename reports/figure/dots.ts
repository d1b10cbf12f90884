import type { DotFigure, DotPanel, LimitFigure } from "../blocks.ts";
import { formatExact } from "../text/format.ts";
import { scaleOver, type Scale } from "./scale.ts";
import { across, COLUMN, label, line, path, rect, round, svg, upright } from "./svg.ts";

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
      path(
        panel.rows.flatMap(({ value }, i) =>
          value === null ? [] : [across(left, right, top + i * ROW + ROW / 2)],
        ),
        "grid",
      ) +
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
  // Room beyond the limit, so that the forbidden side is always seen; a share ends at 1.
  const room = widest < 1 ? Math.min(1, widest * 1.25) : widest * 1.25;
  const scale = scaleOver([...limits, room, value ?? 0, ...(interval ?? [])], left, right, {
    ticks: 4,
  });
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
  const [low, high] = [scale.at(interval?.[0] ?? value), scale.at(interval?.[1] ?? value)];
  const bar =
    interval === undefined
      ? ""
      : path([across(low, high, y), upright(low, y - 3.5, 7), upright(high, y - 3.5, 7)], "bar");
  return `${bar}<circle cx="${round(scale.at(value))}" cy="${y}" r="4" class="dot"/>`;
}

function axis(scale: Scale, y: number): string {
  return (
    path(
      [
        across(scale.at(scale.low), scale.at(scale.high), y),
        ...scale.ticks.map((tick) => upright(scale.at(tick), y, 4)),
      ],
      "axis",
    ) +
    scale.ticks
      .map((tick) => {
        const text = formatExact(tick);
        // Half of its width at this size, so that no number is cut off at the edge.
        const x = keepIn(scale.at(tick), 0, COLUMN, 3.2 * text.length);
        return label(x, y + 16, text, { anchor: "middle", name: "soft", size: 11 });
      })
      .join("")
  );
}

function keepIn(x: number, left: number, right: number, margin: number): number {
  return Math.min(right - margin, Math.max(left + margin, x));
}
