import { isDay } from "./checksum/weighted.ts";
import type { Match } from "./match.ts";
import type { TextRecognizer } from "./recognizer.ts";
import { traits } from "./traits.ts";

const MONTH = String.raw`(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?`;
const TIME = String.raw`(?:[T ,]{1,2}(?:at )?\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d{1,9})?)?(?: ?[ap]\.?m\b\.?)?(?: ?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}))?)?`;
const monthFirst = new RegExp(
  String.raw`\b${MONTH}[ -]{1,2}(?:the )?\d{1,2}(?:st|nd|rd|th)?\b(?!:)(?:,? {0,2}-?\s?(?:'\d{2}|\d{4})\b)?${TIME}`,
  "gi",
);
const dayFirst = new RegExp(
  String.raw`\b\d{1,2}(?:st|nd|rd|th)?(?: of)?[ /.-]{1,2}${MONTH}(?:[ /,.-]{1,2}(?:'?\d{2}|\d{4})\b)?${TIME}`,
  "gi",
);
const monthYear = new RegExp(String.raw`\b${MONTH},?(?: of)? (?:\d{4}\b|'\d{2}\b)`, "gi");
const yearFirst = new RegExp(
  String.raw`(?<![\w.-])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d|[-/.]\d)${TIME}`,
  "g",
);
const numeric = new RegExp(
  String.raw`(?<![\w.-])(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?!\d|[-/.]\d|:)${TIME}`,
  "g",
);
const compact = /(?<![\w.])((?:19|20)\d{2})(\d{2})(\d{2})(?:T?\d{6}Z?)?(?![\w.])/g;
const chinese =
  /(?:(?:\d{4}|[〇零一二三四五六七八九]{4}|\d{2}) ?年 ?(?:\d{1,2}|[正一二三四五六七八九十]{1,3}) ?月(?: ?(?:\d{1,2}|[一二三四五六七八九十廿卅]{1,3}) ?[日号])?|(?:\d{1,2}|[正一二三四五六七八九十]{1,3}) ?月 ?(?:\d{1,2}|[一二三四五六七八九十廿卅]{1,3}) ?[日号](?!线|楼|院|店))(?: ?[上下中]?[午晚早][上晨]? ?\d{1,2}[:点时]\d{0,2}分?)?/g;
/** A year alone is a date only where it is somebody's. */
const birthYear =
  /(?:\b(?:born(?: in)?|birth(?:day|date| year)?|dob|d\.o\.b\.?|year of birth|yob)(?: is| was)?|出生年份|生于)[ :=]{1,3}((?:19|20)\d{2})(?![\d./-])/gi;
const monthName = /(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/i;

/** Calendar dates in ISO 8601, numeric, English and Chinese forms; a month name alone is none. */
export const date: TextRecognizer = {
  entity: "DATE",
  source: "ISO 8601-1:2019; GB/T 7408",
  about: "calendar date, with a time of day where one follows",
  example: "2024-03-05",
  needs: traits.digit | traits.han,
  context: ["born", "birth", "dob", "date", "出生", "生日", "日期"],
  recognize(text) {
    const matches: Match[] = [];
    for (const hit of text.matchAll(yearFirst)) {
      if (isDay(Number(hit[1]), Number(hit[3]), Number(hit[4])))
        push(matches, hit, 0.9, "ISO 8601");
    }
    for (const hit of text.matchAll(numeric)) {
      if (!isNumericDay(Number(hit[1]), Number(hit[3]), Number(hit[4]), hit[4]!.length)) continue;
      const dotted = hit[2] === "." && hit[4]!.length === 2;
      push(matches, hit, dotted ? 0.45 : 0.8, "day, month and year in digits");
    }
    for (const hit of text.matchAll(compact)) {
      if (isDay(Number(hit[1]), Number(hit[2]), Number(hit[3])))
        push(matches, hit, 0.35, "eight digits");
    }
    for (const hit of text.matchAll(birthYear)) {
      const end = hit.index + hit[0].length;
      const reasons = ["form: year of birth"];
      matches.push({ start: end - hit[1]!.length, end, entity: "DATE", score: 0.8, reasons });
    }
    if (monthName.test(text)) {
      for (const hit of text.matchAll(monthFirst)) push(matches, hit, 0.85, "month name");
      for (const hit of text.matchAll(dayFirst)) push(matches, hit, 0.85, "month name");
      for (const hit of text.matchAll(monthYear)) push(matches, hit, 0.75, "month name");
    }
    if (text.includes("月")) {
      for (const hit of text.matchAll(chinese)) push(matches, hit, 0.9, "年月日");
    }
    return matches;
  },
};

function isNumericDay(first: number, second: number, last: number, width: number): boolean {
  const year = width === 2 ? 2000 + last : last;
  if (year < 1500 || year > 2200) return false;
  return isDay(year, first, second) || isDay(year, second, first);
}

function push(matches: Match[], hit: RegExpExecArray, score: number, form: string): void {
  const end = hit.index + hit[0].trimEnd().replace(/[,.-]+$/, "").length;
  matches.push({ start: hit.index, end, entity: "DATE", score, reasons: [`form: ${form}`] });
}
