import { below, pick } from "../../core/random.ts";
import type { Random } from "../../core/types.ts";
import { freshWord } from "./fresh-word.ts";
import { sameForm } from "./same-form.ts";
import { cultures, cyrillicLists, hangulNames as hangul, hanNames, type Culture } from "./names.ts";

/** Whether a word may stand in the dataset: no one is given the name of another. */
export type IsReal = (candidate: string) => boolean;
const nothing: IsReal = () => false;

interface Known {
  readonly list: readonly string[];
}

/** Each known name with the list it is drawn from; a name of two lists belongs to the first. */
const known = new Map<string, Known>();
for (const [name, culture] of Object.entries<Culture>(cultures)) {
  // Where the family name comes first, a word that may be either is the family name.
  const familyFirst = /^(?:chinese|korean|vietnamese)/.test(name);
  const given = [culture.female, culture.male];
  for (const list of familyFirst ? [culture.surnames, ...given] : [...given, culture.surnames]) {
    for (const name of list) {
      const key = folded(name);
      if (!known.has(key)) known.set(key, { list });
    }
  }
}
for (const list of Object.values(cyrillicLists)) {
  for (const name of list) known.set(folded(name), { list });
}
const untouched =
  /^(?:mr|mrs|ms|miss|mx|dr|prof|professor|sir|madam|dame|rev|fr|hon|jr|sr|ii|iii|iv|phd|md|de|da|do|di|du|dos|das|del|della|la|le|van|von|der|den|ter|bin|ibn|bint|al|el|y|and|of|the|thị)\.?$/i;

/**
 * An invented name. Each word of the name is replaced on its own, by a word of the same culture and
 * gender where the word is known, under a function of the word alone: so "Maria Garcia", "Ms Garcia"
 * and "GARCIA" stay one person. Chinese names are replaced character by character.
 */
export function surrogatePerson(value: string, secret: Random, real: IsReal = nothing): string {
  return value.replace(/[\u3400-\u9fff]+|[\p{L}\p{M}]+/gu, (word, at: number) => {
    if (/^[\u3400-\u9fff]/.test(word)) return hanName(word, secret);
    const initial = word.length === 1 && /[.\s]|$/.test(value.slice(at + 1, at + 2));
    if (untouched.test(word)) return word;
    return initial ? letter(word, secret) : surrogateWord(word, secret, real);
  });
}

/** "Nguyễn" and "nguyen" are one name: mail addresses and forms leave the marks out. */
function folded(word: string): string {
  return word
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/đ/g, "d")
    .normalize("NFC");
}

/** An invented name for one word of a name, in the case of the word. */
export function surrogateWord(word: string, secret: Random, real: IsReal = nothing): string {
  const key = folded(word);
  if (/^[\uac00-\ud7a3]+$/.test(word)) return hangulName(word, secret);
  const cyrillic = /^\p{Script=Cyrillic}+$/u.test(word);
  if (!cyrillic && !/^[\p{Script=Latin}\p{M}]+$/u.test(word)) {
    return sameForm(word, secret.fork(`word ${key}`));
  }
  const list =
    known.get(key)?.list ?? (cyrillic ? cyrillicListOf(word) : cultures.english.surnames);
  return caseLike(freshWord(list, key, secret.fork(`name ${key}`), real), word);
}

function cyrillicListOf(word: string): readonly string[] {
  const { female, surnames, surnamesOfWomen } = cyrillicLists;
  if (/(?:ова|ева|ина|ая)$/i.test(word)) return surnamesOfWomen;
  return /[ая]$/i.test(word) ? female : surnames;
}

function hangulName(name: string, secret: Random): string {
  return Array.from(name)
    .map((c, i) => other(i === 0 && name.length > 1 ? hangul.surnames : hangul.given, c, secret))
    .join("");
}

const honorifics = /^(?:先生|女士|小姐|老师|医生|教授|经理|同学|博士|律师|主任|总)$/;

function hanName(name: string, secret: Random): string {
  const title =
    [3, 2, 1]
      .map((n) => name.slice(-n))
      .find((end) => end.length < name.length && honorifics.test(end)) ?? "";
  const bare = name.slice(0, name.length - title.length);
  const compound = hanNames.compound.find((surname) => bare.startsWith(surname) && bare.length > 2);
  const surname = compound ?? bare.slice(0, 1);
  const nickname = /^[小老阿大]/.test(surname) && bare.length === 2;
  if (nickname) return surname + other(hanNames.surnames, bare.slice(1), secret) + title;
  const surnames: readonly string[] =
    compound === undefined ? hanNames.surnames : hanNames.compound;
  const given = Array.from(bare.slice(surname.length));
  const female = given.some((c) => hanNames.female.includes(c));
  const male = given.some((c) => hanNames.male.includes(c));
  const woman = female === male ? below(secret.fork(`gender ${bare}`), 2) === 0 : female;
  return (
    other(surnames, surname, secret) +
    given.map((c) => other(woman ? hanNames.female : hanNames.male, c, secret)).join("") +
    title
  );
}

function other(list: readonly string[], value: string, secret: Random): string {
  return pick(
    secret.fork(`han ${value}`),
    list.filter((item) => item !== value),
  );
}

function letter(word: string, secret: Random): string {
  return sameForm(word, secret.fork(`initial ${word.toLowerCase()}`));
}

/** A word in the case of another: all capitals, all small, or as it is. */
export function caseLike(word: string, shown: string): string {
  if (shown.length > 1 && shown === shown.toUpperCase()) return word.toUpperCase();
  return shown === shown.toLowerCase() ? word.toLowerCase() : word;
}
