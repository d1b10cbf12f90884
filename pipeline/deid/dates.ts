import { isDay } from "./recognizers/checksum/weighted.ts";

/** A date that was read, with the way to write another one in the same form. */
export interface ReadDate {
  /** Days since 1970-01-01. */
  readonly day: number;
  write(day: number): string;
}

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const NAME = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*";

type Field = "year" | "month" | "day" | "name";
/** Forms of a date: a pattern whose groups are the fields in the order given. */
const forms: readonly (readonly [RegExp, readonly Field[]])[] = [
  [/(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)/d, ["year", "month", "day"]],
  [/(?<!\d)(\d{4}) ?年 ?(\d{1,2}) ?月 ?(\d{1,2})/d, ["year", "month", "day"]],
  [
    /([〇零○一二三四五六七八九]{4}) ?年 ?([一二三四五六七八九十]{1,2}) ?月 ?([一二三四五六七八九十]{1,3})(?= ?[日号號])/d,
    ["year", "month", "day"],
  ],
  [/(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)/d, ["year", "month", "day"]],
  [/(?<!\d)(\d{1,2})[-/](\d{1,2})[-/](\d{4}|\d{2})(?!\d)/d, ["month", "day", "year"]],
  [/(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?!\d)/d, ["day", "month", "year"]],
  [
    new RegExp(
      String.raw`${NAME}\.?[ -]{1,2}(?:the )?(\d{1,2})(?:st|nd|rd|th)?(?:,? {1,2}|,|-)'?(\d{4}|\d{2})(?![\d:])`,
      "di",
    ),
    ["name", "day", "year"],
  ],
  [
    new RegExp(
      String.raw`(?<!\d)(\d{1,2})(?:st|nd|rd|th)?(?: of)?[ /.-]{1,2}${NAME}\.?[ /,.-]{1,2}'?(\d{4}|\d{2})(?![\d:])`,
      "di",
    ),
    ["day", "name", "year"],
  ],
  [
    new RegExp(String.raw`${NAME}\.?[ -]{1,2}(?:the )?(\d{1,2})(?:st|nd|rd|th)?(?!\d)`, "di"),
    ["name", "day"],
  ],
  [
    new RegExp(String.raw`(?<!\d)(\d{1,2})(?:st|nd|rd|th)?(?: of)?[ /.-]{1,2}${NAME}`, "di"),
    ["day", "name"],
  ],
  [/(?<!\d)(\d{1,2}) ?月 ?(\d{1,2})/d, ["month", "day"]],
];
/** The year that a date without one is read in: it only decides over 29 February. */
const LEAP = 2000;

/**
 * Reads year, month and day wherever they stand in a text, or undefined where there is no full date.
 * "03/04/2024" is March 4 where that is a day. A time beside it stays as it is.
 */
export function readDate(text: string): ReadDate | undefined {
  for (const [pattern, fields] of forms) {
    const hit = pattern.exec(text);
    if (hit?.indices === undefined) continue;
    const at = (field: Field): number => fields.indexOf(field) + 1;
    const named = fields.includes("name");
    const shown = (field: Field): string => hit[at(field)]!;
    const month = named
      ? MONTHS.findIndex((name) => name.toLowerCase().startsWith(shown("name").toLowerCase())) + 1
      : numberOf(shown("month"));
    const hasYear = fields.includes("year");
    const year = hasYear ? fullYear(shown("year")) : LEAP;
    const date = numberOf(shown("day"));
    if (!isDay(year, month, date)) continue;
    const indices = hit.indices;
    return {
      day: Math.round(Date.UTC(year, month - 1, date) / 86_400_000),
      write(day) {
        const moved = new Date(day * 86_400_000);
        const parts = fields.map((field, i): readonly [number, number, string] => {
          const start = indices[i + 1]![0];
          let end = indices[i + 1]![1];
          if (field === "name") {
            while (/[a-z]/i.test(text[end] ?? "")) end++;
          } else if (field === "day") {
            end += /^(?:st|nd|rd|th)\b/.exec(text.slice(end))?.[0].length ?? 0;
          }
          return [start, end, writeField(field, moved, text.slice(start, end))];
        });
        let out = text;
        for (const [start, end, shownNow] of parts.sort((a, b) => b[0] - a[0])) {
          out = out.slice(0, start) + shownNow + out.slice(end);
        }
        return out;
      },
    };
  }
  return undefined;
}

function fullYear(shown: string): number {
  const year = numberOf(shown);
  if (shown.length > 2) return year;
  return year < 50 ? 2000 + year : 1900 + year;
}

function writeField(field: Field, date: Date, shown: string): string {
  switch (field) {
    case "year": {
      const year = String(date.getUTCFullYear()).padStart(4, "0");
      if (isHan(shown)) return year.replace(/\d/g, (digit) => HAN_DIGITS[Number(digit)]!);
      return shown.length === 2 ? year.slice(2) : year;
    }
    case "month":
      return padLike(date.getUTCMonth() + 1, shown);
    case "day": {
      const day = date.getUTCDate();
      if (isHan(shown)) return hanNumber(day);
      const digits = /^\d+/.exec(shown)![0];
      return padLike(day, digits) + (digits.length < shown.length ? ordinal(day) : "");
    }
    case "name": {
      const full = MONTHS[date.getUTCMonth()]!;
      const long = shown.length > 4 || /^(?:may|june|july)$/i.test(shown);
      const name = long ? full : full.slice(0, 3);
      if (shown === shown.toUpperCase()) return name.toUpperCase();
      return /^[a-z]/.test(shown) ? name.toLowerCase() : name;
    }
  }
}

const HAN_DIGITS = "〇一二三四五六七八九";

function isHan(shown: string): boolean {
  return /[〇零○一二三四五六七八九十]/.test(shown);
}

/** 27 of "27" and of "二十七"; years are read digit by digit. */
function numberOf(shown: string): number {
  if (!isHan(shown)) return Number(shown);
  const digit = (character: string): number => Math.max(0, HAN_DIGITS.indexOf(character));
  const [tens, ones] = shown.split("十");
  if (ones === undefined) return Number(Array.from(shown, digit).join(""));
  return 10 * (tens === "" ? 1 : digit(tens!)) + (ones === "" ? 0 : digit(ones));
}

/** 1 to 31 in Chinese. */
function hanNumber(value: number): string {
  const [tens, ones] = [Math.floor(value / 10), value % 10];
  const ten = tens === 0 ? "" : `${tens === 1 ? "" : HAN_DIGITS[tens]!}十`;
  return ten + (ones === 0 ? "" : HAN_DIGITS[ones]!);
}

function padLike(value: number, shown: string): string {
  if (isHan(shown)) return hanNumber(value);
  return shown.startsWith("0") || shown.length === 2
    ? String(value).padStart(2, "0")
    : String(value);
}

function ordinal(day: number): string {
  if (day >= 11 && day <= 13) return "th";
  return ["th", "st", "nd", "rd"][day % 10] ?? "th";
}
