import { numberOf, refuse, type TextOperator } from "./operator.ts";

/**
 * A coarser value: the first characters (`keep`), the interval that holds a number (`intervals`, the
 * widths of levels 1, 2, …), or a date cut to year or month (`date`). Level 0 is the value itself, a
 * level past the last is `*`.
 */
export const generalize: TextOperator = {
  name: "generalize",
  about: "a coarser value: first characters, an interval, a year",
  reversible: false,
  keyed: false,
  settings: {
    keep: {
      kind: "integer",
      minimum: 0,
      about: "characters kept at the start; the others become *",
    },
    intervals: { kind: "intervals", about: "widths of the intervals, from fine to coarse" },
    level: { kind: "integer", minimum: 0, about: "which of the widths; 1 by default" },
    date: { kind: ["year", "month", "decade"], about: "what is kept of a date" },
  },
  check(params, path) {
    const ways = ["keep", "intervals", "date"].filter((name) => params[name] !== undefined);
    if (ways.length !== 1) refuse(path, "expected one of keep, intervals and date");
    if (params.level !== undefined && params.intervals === undefined) {
      refuse(`${path}.level`, "a level needs intervals");
    }
  },
  apply(value, params) {
    const intervals = params.intervals as readonly number[] | undefined;
    if (intervals !== undefined) return intervalOf(value, intervals, numberOf(params, "level", 1));
    if (params.date !== undefined) return dateTo(value, params.date as string);
    const kept = numberOf(params, "keep", 0);
    return Array.from(value)
      .map((c, i) => (i < kept || /[\s\p{P}]/u.test(c) ? c : "*"))
      .join("");
  },
};

function intervalOf(value: string, widths: readonly number[], level: number): string {
  if (level === 0) return value;
  const width = widths[level - 1];
  const number = Number(/-?\d+(?:\.\d+)?/.exec(value)?.[0] ?? "NaN");
  if (width === undefined || Number.isNaN(number)) return "*";
  const low = Math.floor(number / width) * width;
  if (Number.isInteger(width) && Number.isInteger(number)) {
    return width === 1 ? String(low) : `${low}-${low + width - 1}`;
  }
  return `[${low}, ${low + width})`;
}

function dateTo(value: string, part: string): string {
  const year = /(?<!\d)(\d{4})(?!\d)/.exec(value)?.[1];
  if (year === undefined) return "*";
  if (part === "year") return year;
  if (part === "decade") return `${year.slice(0, 3)}0s`;
  const month = /\d{4}\s?[-/.年]\s?(\d{1,2})/.exec(value)?.[1];
  return month === undefined ? year : `${year}-${month.padStart(2, "0")}`;
}
