import type { Cell, ColumnType } from "../core/types.ts";

/**
 * The narrowest type of one text. A number must be one that prints as it was written: no sign `+`,
 * no leading zeros, no thousands, at most 2^53 − 1, an exponent only with its sign (`1e-05`). Zeros
 * at the end of a fraction are allowed. A date is a calendar date, with or without a time.
 */
export function typeOfText(text: string): Exclude<ColumnType, "empty"> {
  if (text === "true" || text === "false") return "boolean";
  if (integerIn(text, 0, text.length) !== undefined) return "integer";
  if (decimalIn(text, 0, text.length) !== undefined) return "decimal";
  return isDate(text) ? "date" : "text";
}

/** The type of a column that holds cells of both types. */
export function widerType(a: ColumnType, b: ColumnType): ColumnType {
  if (a === b || b === "empty") return a;
  if (a === "empty") return b;
  const numbers = (a === "integer" || a === "decimal") && (b === "integer" || b === "decimal");
  return numbers ? "decimal" : "text";
}

/** The type of a cell that has a type already, as in JSON; a text may still be a date. */
export function typeOfCell(cell: Cell): ColumnType {
  if (cell === null) return "empty";
  if (typeof cell === "number") return Number.isSafeInteger(cell) ? "integer" : "decimal";
  if (typeof cell === "boolean") return "boolean";
  return isDate(cell) ? "date" : "text";
}

/** Turns the text between two places into the cell of a column. */
export type CellReader = (text: string, start: number, end: number) => Cell;

/**
 * The reader of one column. A text that is not of the column's type stays the text it is. `missing`
 * is compared with the trimmed text.
 */
export function cellReader(
  type: ColumnType,
  options: { readonly missing: readonly string[]; readonly trim: boolean },
): CellReader {
  const isMissing = missingTest(options.missing);
  const convert = converters[type];
  return (text, start, end) => {
    let from = start;
    let to = end;
    while (from < to && isSpace(text.charCodeAt(from))) from++;
    while (to > from && isSpace(text.charCodeAt(to - 1))) to--;
    if (isMissing(text, from, to)) return null;
    return options.trim ? convert(text, from, to) : convert(text, start, end);
  };
}

/** Whether the text between two places, already trimmed, is one of those that mean missing. */
export function missingTest(
  missing: readonly string[],
): (text: string, start: number, end: number) => boolean {
  const whole = new Set(missing.map((text) => text.trim()));
  const empty = whole.delete("");
  const longest = Math.max(0, ...[...whole].map((text) => text.length));
  return (text, start, end) =>
    start === end ? empty : end - start <= longest && whole.has(text.slice(start, end));
}

const converters: Readonly<Record<ColumnType, CellReader>> = {
  integer: (text, start, end) => integerIn(text, start, end) ?? text.slice(start, end),
  decimal: (text, start, end) => decimalIn(text, start, end) ?? text.slice(start, end),
  boolean(text, start, end) {
    const word = text.slice(start, end);
    return word === "true" ? true : word === "false" ? false : word;
  },
  date: (text, start, end) => text.slice(start, end),
  text: (text, start, end) => text.slice(start, end),
  empty: (text, start, end) => text.slice(start, end),
};

const ZERO = 48;
const MINUS = 45;
const DOT = 46;
/** Decimal numbers of so many digits are told apart by doubles, so they print as they were read. */
const EXACT_DIGITS = 15;

function integerIn(text: string, start: number, end: number): number | undefined {
  let at = start;
  const negative = text.charCodeAt(at) === MINUS;
  if (negative) at++;
  const digits = end - at;
  if (digits < 1 || digits > 16) return undefined;
  const first = text.charCodeAt(at);
  if (first === ZERO && (digits > 1 || negative)) return undefined;
  let value = 0;
  for (; at < end; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  // Sixteen digits may pass 2^53, where the sum above has been rounded.
  if (digits === 16 && BigInt(text.slice(end - 16, end)) > Number.MAX_SAFE_INTEGER)
    return undefined;
  return negative ? -value : value;
}

function decimalIn(text: string, start: number, end: number): number | undefined {
  let at = start;
  const negative = text.charCodeAt(at) === MINUS;
  if (negative) at++;
  const whole = at;
  let mantissa = 0;
  let significant = 0;
  let fraction = -1; // digits after the point, -1 before it
  for (; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === DOT && fraction < 0 && at > whole) {
      fraction = 0;
      continue;
    }
    const digit = code - ZERO;
    if (digit < 0 || digit > 9) break;
    if (fraction < 0 && at > whole && text.charCodeAt(whole) === ZERO) return undefined;
    if (mantissa > 0 || digit > 0) significant++;
    mantissa = mantissa * 10 + digit;
    if (fraction >= 0) fraction++;
  }
  if (at === whole || fraction === 0) return undefined;
  if (at === end && significant <= EXACT_DIGITS && fraction <= 22) {
    // Both are exact doubles, so one division rounds correctly (Clinger 1990).
    const value = fraction > 0 ? mantissa / powers[fraction]! : mantissa;
    return negative && value !== 0 ? -value : value;
  }
  return longDecimal(text.slice(start, end));
}

function longDecimal(text: string): number | undefined {
  const parts = /^-?(\d+)(?:\.(\d+))?(?:e[+-]\d+)?$/i.exec(text);
  if (parts === null) return undefined;
  const value = Number(text);
  if (parts[2] === undefined && !/e/i.test(text) && !Number.isSafeInteger(value)) return undefined;
  const written = (parts[1]! + (parts[2] ?? "")).replace(/^0+/, "");
  if (!Number.isFinite(value) || (value === 0 && written !== "")) return undefined;
  if (value === 0) return 0;
  const printed = Math.abs(value).toExponential().split("e")[0]!.replace(".", "");
  return withoutZeros(written) === printed ? value : undefined;
}

function withoutZeros(digits: string): string {
  let end = digits.length;
  while (end > 1 && digits.charCodeAt(end - 1) === ZERO) end--;
  return digits.slice(0, end);
}

const powers = Array.from({ length: 23 }, (_, i) => 10 ** i);

const datePatterns = [
  /^(?<y>\d{4})-(?<m>\d{2})-(?<d>\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/,
  /^(?<y>\d{4})[/.](?<m>\d{1,2})[/.](?<d>\d{1,2})$/,
  /^(?<y>\d{4})年(?<m>\d{1,2})月(?<d>\d{1,2})日$/,
  /^(?<d>\d{1,2})[/.](?<m>\d{1,2})[/.](?<y>\d{4})$/,
  /^(?<m>\d{1,2})\/(?<d>\d{1,2})\/(?<y>\d{4})$/,
];
const monthDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isDate(text: string): boolean {
  const code = text.charCodeAt(0) - ZERO;
  if (text.length < 8 || text.length > 35 || code < 0 || code > 9) return false;
  return datePatterns.some((pattern) => {
    const part = pattern.exec(text)?.groups;
    if (part === undefined) return false;
    const [year, month, day] = [Number(part.y), Number(part.m), Number(part.d)];
    const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
    if (month === 2 && day === 29 && !leap) return false;
    return day >= 1 && day <= (monthDays[month - 1] ?? 0);
  });
}

function isSpace(code: number): boolean {
  return code <= 32 || code === 0xa0 || code === 0x3000 || code === 0xfeff;
}
