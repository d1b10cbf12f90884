import { below, pick } from "../../core/random.ts";
import type { Random } from "../../core/types.ts";
import type { CodeForm } from "../recognizers/codes.ts";
import { recognizers } from "../recognizers/index.ts";
import type { TextRecognizer } from "../recognizers/recognizer.ts";
import { sameForm } from "./same-form.ts";

const codes = new Map<string, CodeForm[]>();
for (const { entity, code } of Object.values<TextRecognizer>(recognizers)) {
  if (code === undefined) continue;
  const list = codes.get(entity);
  if (list === undefined) codes.set(entity, [code]);
  else list.push(code);
}

/** What a Chinese number plate begins with. */
const PROVINCES = Array.from("京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼");
const ROUNDS = 2;
const TRIES = 60;

/**
 * An invented identifier in the form of another. "valid" passes every check that the standard knows,
 * "invalid" has the form and fails a check, so that it can belong to nobody; a kind without a check
 * has valid ones only. It walks from the value in steps that keep the form, changing every place.
 */
export function surrogateIdentifier(
  value: string,
  entity: string,
  checksum: "valid" | "invalid",
  random: Random,
): string {
  // Areas 000 and 666 are given to nobody, and the number has no check digit to break.
  if (entity === "US_SSN" && checksum === "invalid") {
    return sameForm(value, random).replace(/^\d{3}/, "666");
  }
  if (entity === "MAC_ADDRESS" || /^0x[\da-f]{40}$/i.test(value)) return sameHex(value, random);
  if (entity === "CN_PLATE") return sameForm(value, random).replace(/^./u, pick(random, PROVINCES));
  const compact = value.replace(/[^A-Za-z0-9]/g, "").toUpperCase();
  const code = codes.get(entity)?.find((form) => form.form.test(compact) && form.check(compact));
  if (code === undefined) return sameForm(value, random);
  let walked = compact;
  for (let round = 0; round < ROUNDS; round++) {
    // The country of an account stays.
    for (let place = entity === "IBAN" ? 4 : 0; place < compact.length; place += 2) {
      walked = stepFrom(walked, place, code, random) ?? walked;
    }
  }
  if (checksum === "invalid") walked = broken(walked, code, random) ?? walked;
  let next = 0;
  return value.replace(/[A-Za-z0-9]/g, (shown) => {
    const character = walked[next++]!;
    return shown === shown.toLowerCase() ? character.toLowerCase() : character;
  });
}

/** Hexadecimal digits drawn anew, in their case; what stands between and a 0x stay. */
function sameHex(value: string, random: Random): string {
  const upper = /[A-F]/.test(value) && !/[a-f]/.test(value);
  const prefix = /^0x/i.exec(value)?.[0] ?? "";
  const digits = value.slice(prefix.length).replace(/[\da-f]/gi, () => {
    const digit = "0123456789abcdef"[below(random, 16)]!;
    return upper ? digit.toUpperCase() : digit;
  });
  return prefix + digits;
}

/** A valid code that differs at `place` or beside it, its check characters mended. */
function stepFrom(code: string, place: number, form: CodeForm, random: Random): string | undefined {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    let tried = redrawn(code, place, random);
    if (place + 1 < code.length) tried = redrawn(tried, place + 1, random);
    if (tried === code || !form.form.test(tried)) continue;
    const mended = mend(tried, form, checkPlaces(form, code));
    if (mended !== undefined && mended !== code) return mended;
  }
  return undefined;
}

/** The code with other characters at its check places, so that the check passes. */
function mend(code: string, form: CodeForm, places: readonly number[]): string | undefined {
  if (form.check(code)) return code;
  for (const place of places.length === 1 ? places : []) {
    const alphabet = /[A-Z]/.test(code[place]!) ? LETTERS : DIGITS;
    for (const character of alphabet) {
      const tried = replaced(code, place, character);
      if (form.check(tried) && form.form.test(tried)) return tried;
    }
  }
  if (places.length !== 2) return undefined;
  for (const first of DIGITS) {
    for (const second of DIGITS) {
      const tried = replaced(replaced(code, places[0]!, first), places[1]!, second);
      if (form.check(tried) && form.form.test(tried)) return tried;
    }
  }
  return undefined;
}

const DIGITS = "0123456789";
const LETTERS = `ABCDEFGHIJKLMNOPQRSTUVWXYZ${DIGITS}`;

/** Where the check characters stand: at the end, or at places three and four, or at place nine. */
function checkPlaces(form: CodeForm, code: string): readonly number[] {
  if (form.entity === "IBAN") return [2, 3];
  if (form.entity === "VIN") return [8];
  const last = code.length - 1;
  return TWO.test(form.entity) ? [last - 1, last] : [last];
}

/** Kinds with two check digits at the end. */
const TWO = /^(?:FR_NIR|BR_CPF|BR_CNPJ|TR_TCKN)$/;

function replaced(code: string, place: number, character: string): string {
  return code.slice(0, place) + character + code.slice(place + 1);
}

function broken(code: string, form: CodeForm, random: Random): string | undefined {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const place = attempt < 20 ? code.length - 1 : below(random, code.length);
    const tried = redrawn(code, place, random);
    if (form.form.test(tried) && !form.check(tried)) return tried;
  }
  return undefined;
}

function redrawn(code: string, place: number, random: Random): string {
  const shown = code[place]!;
  const first = /\d/.test(shown) ? 48 : 65;
  const drawn = String.fromCharCode(first + below(random, first === 48 ? 10 : 26));
  return replaced(code, place, drawn);
}
