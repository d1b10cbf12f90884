import type { CountryCode, PhoneNumber } from "libphonenumber-js";
import type { Match } from "./match.ts";
import type { Hint, TextRecognizer } from "./recognizer.ts";
import { traits } from "./traits.ts";

type Parse = (text: string, region?: CountryCode) => PhoneNumber | undefined;
let parse: Parse | undefined;

/** Digits with the separators of phone numbers; the classes beside it keep it out of longer codes. */
const candidate =
  /(?<![\w@#$€£¥.,+/=-])(?:\+ ?|\(\+?)?\d(?:[ ]{0,2}[-.()/ \n]?[ ]?[(]?\d){5,16}(?!(?!x\d|ext)\w|[.,-]\d|[%°])/g;
const extension = /(?:,? {0,2}(?:x|ext\.?|extension|#|-?分机|轉|转) ?:?\d{1,6}(?!\w))/iy;
const label =
  /(?:phone|tel|cell|call|mobile|fax|dial|contact|whatsapp|text|txt|sms|reach|ring|number is|电话|手机|联系|传真|致电|拨打|热线)[^\d\n]{0,24}$/i;

/** Regions whose national numbers are tried, by language of the text. */
const regions: Readonly<Record<"en" | "zh", readonly CountryCode[]>> = {
  en: ["US", "GB", "AU", "IN", "IE", "ZA", "NZ", "DE", "FR", "ES", "IT", "NL", "SE", "JP", "BR"],
  zh: ["CN", "HK", "TW", "MO", "SG"],
};

/**
 * Telephone numbers. A scanner of digit runs finds candidates; libphonenumber then tells whether a
 * number is in use by the plan of its country. A number that is not keeps a lower score when it has
 * the outward form of one: made-up and outdated numbers still point to people.
 */
export const phone: TextRecognizer = {
  entity: "PHONE",
  source: "ITU-T E.164; libphonenumber",
  about: "telephone number, national or international",
  example: "+1 212-736-5000",
  needs: traits.digit,
  context: [
    "phone",
    "telephone",
    "tel",
    "call",
    "cell",
    "mobile",
    "fax",
    "contact",
    "ring",
    "reach",
    "whatsapp",
    "text me",
    "电话",
    "手机",
    "联系",
    "传真",
    "致电",
    "热线",
    "座机",
  ],
  against: [
    "order",
    "invoice",
    "isbn",
    "serial",
    "account",
    "tracking",
    "订单",
    "单号",
    "住院号",
    "病历号",
    "编号",
    "工号",
    "学号",
    "卡号",
    "账号",
  ],
  async load() {
    parse = (await import("libphonenumber-js/min")).parsePhoneNumberFromString;
  },
  recognize(text, hint) {
    const matches: Match[] = [];
    for (const hit of text.matchAll(candidate)) {
      // A bracket that is not closed within belongs to the sentence.
      const outer = hit[0].startsWith("(") && !hit[0].includes(")") ? 1 : 0;
      const start = hit.index + outer;
      const number = withoutTail(hit[0].slice(outer));
      const [score, why] = scoreOf(number, text, start, hint);
      if (score === 0) continue;
      extension.lastIndex = start + number.length;
      const end = start + number.length + (extension.exec(text)?.[0].length ?? 0);
      matches.push({ start, end, entity: "PHONE", score, reasons: [why] });
    }
    return matches;
  },
};

/** Without what a line break or a wide gap adds beyond a complete number. */
function withoutTail(number: string): string {
  const line = number.search(/[ \t]*\n/);
  if (line < 0) return number;
  const digits = number.slice(0, line).replace(/\D/g, "").length;
  return digits >= 9 ? number.slice(0, line) : number;
}

const NANP =
  /^(?:(?:\+ ?|00)?1[-. ]{0,2})?(?:\(\d{3}\) {0,2}\d{3}[-. ]\d{4}|\d{3}([-.])\d{3}\1\d{4}|\(?\d{3}\)?[-. /]?\d{3}[-. ]\d{4})$/;

function scoreOf(
  number: string,
  text: string,
  start: number,
  hint: Hint | undefined,
): readonly [number, string] {
  const digits = number.replace(/\D/g, "");
  if (digits.length < 7 || digits.length > 15) return [0, ""];
  if (
    /^\d{4}[-./ ]\d{1,2}[-./ ]\d{1,2}$|^\d{1,2}([-./ ])\d{1,2}\1\d{2,4}(?: \d{1,2})?$/.test(number)
  )
    return [0, ""];
  // Decimal numbers.
  if (/^\d+\.\d{1,3}$|\s\d*\.\d{1,2}$/.test(number)) return [0, ""];
  // Dotted quads, groups that never end (rows of tables) and unbalanced brackets.
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(number)) return [0, ""];
  if ((number.match(/[-. /()\n]+/g)?.length ?? 0) > 6) return [0, ""];
  if (number.split("(").length !== number.split(")").length) return [0, ""];
  if (/^\+|^\(\+|^00[1-9]/.test(number)) {
    const parsed = parse?.(number.replace(/^\(?\+?(?:00)?/, "+").replace(/\(0\)/, ""));
    if (parsed?.isValid() === true)
      return [0.95, `form: international, ${parsed.country ?? "valid"}`];
    if (/^[+(]/.test(number)) return [digits.length >= 9 ? 0.7 : 0.4, "form: international"];
    return [NANP.test(number) ? 0.6 : 0.4, "form: international with 00"];
  }
  if (NANP.test(number)) {
    if (parse?.(number, "US")?.isValid() === true) return [0.85, "form: 3-3-4, valid in US or CA"];
    return [/[()]|-.*-|\..*\./.test(number) ? 0.7 : 0.5, "form: 3-3-4"];
  }
  const labelled = label.test(text.slice(Math.max(0, start - 40), start));
  const grouped = /\D/.test(number);
  if (!labelled && (!grouped || !/^[(0]/.test(number))) return [bareScore(digits), "form: digits"];
  // Numbers kept free for films and examples are in no plan, and look like everybody's.
  if (!labelled && /^0(?:\d{4} \d{6}|\d{3} \d{3} \d{4}|\d{2} \d{4} \d{4})$/.test(number))
    return [0.6, "form: British"];
  for (const language of hint?.languages ?? ["en", "zh"]) {
    for (const region of regions[language]) {
      const parsed = parse?.(number, region);
      if (parsed?.isValid() !== true) continue;
      const usual = groupsOf(parsed.formatNational()) === groupsOf(number);
      return [labelled ? 0.9 : usual ? 0.75 : 0.4, `form: national, valid in ${region}`];
    }
  }
  if (labelled) return [0.6, "label before it"];
  return [number.startsWith("(") && digits.length >= 9 ? 0.5 : 0.3, "form: digits in groups"];
}

/** Bare digits are a phone number only where context says so. */
function bareScore(digits: string): number {
  return digits.length >= 9 && digits.length <= 12 ? 0.2 : 0.1;
}

function groupsOf(number: string): string {
  return number
    .split(/\D+/)
    .filter((group) => group !== "")
    .map((group) => group.length)
    .join("-");
}
