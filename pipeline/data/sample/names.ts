import type { Faker } from "@faker-js/faker";
import { below, pick } from "../../core/random.ts";
import type { Random } from "../../core/types.ts";
import type { Sex } from "./identifiers.ts";

export const ethnicities = ["White", "Black", "South Asian", "Hispanic", "East Asian"] as const;
export type Ethnicity = (typeof ethnicities)[number];

export interface PersonName {
  readonly first: string;
  readonly last: string;
  readonly full: string;
  /** Lower-case Latin letters, for addresses of mail and pages. */
  readonly handle: string;
}

interface NameList {
  readonly female: readonly string[];
  readonly male: readonly string[];
  readonly last: readonly string[];
}

/** Names of many cultures; the lists are loaded once and only where a sample is written. */
export interface Names {
  /** A name in Latin letters. */
  latin(random: Random, ethnicity: Ethnicity, sex: Sex): PersonName;
  chinese(random: Random, sex: Sex): PersonName;
}

/** Loads the lists. */
export async function loadNames(): Promise<Names> {
  const lists = {
    en: listOf((await import("@faker-js/faker/locale/en")).faker),
    de: listOf((await import("@faker-js/faker/locale/de")).faker),
    pl: listOf((await import("@faker-js/faker/locale/pl")).faker),
    es: listOf((await import("@faker-js/faker/locale/es")).faker),
    india: listOf((await import("@faker-js/faker/locale/en_IN")).faker),
    nigeria: listOf((await import("@faker-js/faker/locale/en_NG")).faker),
    china: listOf((await import("@faker-js/faker/locale/zh_CN")).faker),
  };
  const sources: Readonly<Record<Ethnicity, readonly NameList[]>> = {
    White: [lists.en, lists.en, lists.en, lists.de, lists.pl, welsh],
    Black: [
      { ...lists.en, last: blackSurnames },
      { ...lists.en, last: blackSurnames },
      lists.nigeria,
    ],
    "South Asian": [lists.india],
    Hispanic: [lists.es],
    "East Asian": [pinyin, { ...lists.en, last: pinyin.last }, korean],
  };
  return {
    latin(random, ethnicity, sex) {
      const list = pick(random, sources[ethnicity]);
      const first = pick(random, list[sex]);
      const last = pick(random, list.last);
      const middle =
        below(random, 12) === 0 ? `${pick(random, Array.from("ABCDEGHJKLMNPRST"))}. ` : "";
      return { first, last, full: `${first} ${middle}${last}`, handle: handleOf(first, last) };
    },
    chinese(random, sex) {
      // Half of all people have one of a few surnames; the long list has the rest.
      const common = below(random, 4) > 0;
      const [last, sound] = common
        ? pick(random, commonSurnames)
        : ([pick(random, lists.china.last), pick(random, syllables)] as const);
      const given = sex === "female" ? femaleCharacters : maleCharacters;
      const one = pick(random, given);
      const first =
        below(random, 3) === 0
          ? pick(random, lists.china[sex])
          : below(random, 4) === 0
            ? one
            : one + pick(random, given);
      const handle = handleOf(pick(random, syllables) + pick(random, ["", ...syllables]), sound);
      return { first, last, full: last + first, handle };
    },
  };
}

function listOf({ rawDefinitions }: Faker): NameList {
  const person = rawDefinitions.person;
  const plain = (names: readonly string[] | undefined) =>
    (names ?? []).filter((name) => !/[\s'.]/.test(name));
  return {
    female: plain(person?.first_name?.female),
    male: plain(person?.first_name?.male),
    last: plain(person?.last_name?.generic),
  };
}

function handleOf(first: string, last: string): string {
  const latin = (name: string) =>
    name
      .normalize("NFD")
      .toLowerCase()
      .replaceAll("ł", "l")
      .replaceAll("ß", "ss")
      .replace(/[^a-z]/g, "");
  return `${latin(first)}.${latin(last)}`;
}

const welsh: NameList = {
  female: ["Carys", "Megan", "Sian", "Rhiannon", "Aoife", "Niamh", "Eilidh", "Fiona", "Bethan"],
  male: ["Rhys", "Owen", "Gareth", "Dylan", "Ewan", "Callum", "Fergus", "Declan", "Cormac"],
  last: [
    "Llewellyn",
    "Griffiths",
    "O'Brien",
    "MacLeod",
    "O'Connor",
    "Prosser",
    "McKenna",
    "Fraser",
  ],
};
const blackSurnames = [
  "Washington",
  "Jefferson",
  "Booker",
  "Banks",
  "Jackson",
  "Mosley",
  "Rivers",
  "Gaines",
  "Dorsey",
  "Okafor",
  "Mensah",
  "Boateng",
  "Diallo",
  "Tesfaye",
  "Campbell",
  "Bailey",
  "Joseph",
  "Baptiste",
];
const pinyin: NameList = {
  female: ["Mei", "Xiaoli", "Jing", "Yan", "Mei-Ling", "Hui", "Lan", "Yifei", "Xinyi", "Qian"],
  male: ["Wei", "Jun", "Ming", "Haoran", "Zhiyuan", "Tao", "Lei", "Jian", "Yichen", "Bo"],
  last: ["Zhang", "Wang", "Li", "Chen", "Liu", "Huang", "Zhao", "Wu", "Zhou", "Xu", "Lin", "Guo"],
};
const korean: NameList = {
  female: ["Ji-woo", "Seo-yeon", "Min-ji", "Hana", "Yuki", "Sakura", "Thi", "Linh"],
  male: ["Min-jun", "Ji-hoon", "Hiroshi", "Kenji", "Takumi", "Minh", "Duc", "Tuan"],
  last: ["Kim", "Park", "Choi", "Tanaka", "Sato", "Nguyen", "Tran", "Pham", "Yamamoto", "Le"],
};
const commonSurnames = [
  ["王", "wang"],
  ["李", "li"],
  ["张", "zhang"],
  ["刘", "liu"],
  ["陈", "chen"],
  ["杨", "yang"],
  ["黄", "huang"],
  ["赵", "zhao"],
  ["吴", "wu"],
  ["周", "zhou"],
  ["徐", "xu"],
  ["孙", "sun"],
  ["马", "ma"],
  ["朱", "zhu"],
  ["胡", "hu"],
  ["郭", "guo"],
  ["何", "he"],
  ["林", "lin"],
  ["高", "gao"],
  ["罗", "luo"],
  ["郑", "zheng"],
  ["梁", "liang"],
  ["谢", "xie"],
  ["宋", "song"],
  ["唐", "tang"],
  ["许", "xu"],
  ["欧阳", "ouyang"],
  ["司马", "sima"],
] as const;
const femaleCharacters = Array.from(
  "芳娜敏静丽艳娟霞燕玲桂英秀兰梅雪婷欣怡佳慧颖琳萍红莹洁倩月蓉薇晓诗涵梦",
);
const maleCharacters = Array.from(
  "伟强磊军勇杰涛明超刚平辉鹏斌浩宇志建国文华波峰飞龙俊凯博轩子豪泽晨毅",
);
const syllables = [
  "wei",
  "jing",
  "xiao",
  "li",
  "ming",
  "yu",
  "hao",
  "jun",
  "lan",
  "yan",
  "ting",
  "bo",
];
