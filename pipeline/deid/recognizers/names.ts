import type { Span } from "../../core/types.ts";
import type { Match } from "./recognizer.ts";

/** Finds PERSON, LOCATION and ORGANIZATION spans. Pure. */
export interface NameModel {
  recognize(text: string): readonly Span[];
}

/** A finder of names for a language: what the analyzer calls. */
export interface NameFinder {
  readonly name: string;
  recognize(text: string): readonly Match[];
}

/** The finders of a language in a mode, loaded once. */
export async function loadNameFinders(
  language: "en" | "zh",
  mode: "balanced" | "high-recall",
): Promise<readonly NameFinder[]> {
  if (language === "zh") return [{ name: "names-zh", recognize: chineseNames }];
  const rules: NameFinder = { name: "names-en", recognize: englishNames };
  return [rules, await compromiseVoter(mode === "balanced" ? 0.55 : 0.45)];
}

const WORD = String.raw`\p{Lu}[\p{L}\p{M}]{0,24}(?:['’-]\p{L}[\p{L}\p{M}]{1,24})?`;
const NAME = String.raw`${WORD}(?:[ ](?:(?:de|da|di|del|dos|van|von|der|den|la|le|bin|ibn|al|el|ter)[ ]){0,2}(?:${WORD}|\p{Lu}\.)){0,3}`;
const cues: readonly (readonly [RegExp, string])[] = [
  [
    new RegExp(
      String.raw`\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Madam|Dame|Rev|Fr|Hon|Judge|Officer|Sgt|Capt|Lt|Col|Gen)\.?[ ](${NAME})`,
      "gu",
    ),
    "title before it",
  ],
  [
    new RegExp(
      String.raw`(?:\b[Mm]y name is|\bI am|\bI'm|\b[Tt]his is|\b[Nn]ame ?:|\bcalled|\b[Pp]atient ?:?|\b[Dd]ear|\b[Ss]incerely,\s|\b[Rr]egards,\s|\b[Ss]igned,?\s|\b[Cc]ontact:?)[ ]?(${NAME})`,
      "gu",
    ),
    "words before it",
  ],
];
/** Words that start with a capital in English and are no names. */
const common =
  /^(?:The|A|An|I|It|We|You|He|She|They|This|That|These|Those|My|Our|Your|His|Her|Sir|Madam|Mr|Mrs|Ms|Dr|Team|All|Everyone|Customer|Not|Very|So|Just|Also|January|February|March|April|May|June|July|August|September|October|November|December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)$/;

function englishNames(text: string): Match[] {
  const matches: Match[] = [];
  for (const [pattern, why] of cues) {
    for (const hit of text.matchAll(pattern)) {
      const name = hit[1]!;
      if (common.test(name.split(" ")[0]!)) continue;
      const start = hit.index + hit[0].length - name.length;
      matches.push({ ...person(start, hit.index + hit[0].length, 0.75), reasons: [why] });
    }
  }
  return matches;
}

async function compromiseVoter(score: number): Promise<NameFinder> {
  const nlp = (await import("compromise/three")).default;
  const kinds = [
    ["PERSON", (doc: ReturnType<typeof nlp>) => doc.people()],
    ["LOCATION", (doc: ReturnType<typeof nlp>) => doc.places()],
    ["ORGANIZATION", (doc: ReturnType<typeof nlp>) => doc.organizations()],
  ] as const;
  return {
    name: "compromise",
    recognize(text) {
      const doc = nlp(text);
      const matches: Match[] = [];
      for (const [entity, of] of kinds) {
        const found = of(doc).json({ offset: true }) as readonly Offset[];
        for (const { text: said, offset } of found) {
          const span = checked(text, said, offset);
          if (span !== undefined) matches.push({ ...span, entity, score, reasons: ["compromise"] });
        }
      }
      return matches;
    },
  };
}

interface Offset {
  readonly text: string;
  readonly offset?: { readonly start: number; readonly length: number };
}

/** compromise misplaces about one match in a hundred: it counts only where the text agrees. */
function checked(
  text: string,
  said: string,
  offset: Offset["offset"],
): { start: number; end: number } | undefined {
  if (offset === undefined) return undefined;
  const name = said.replace(/^[\s\p{P}]+|[\s\p{P}]+$/gu, "").replace(/['’]s$/u, "");
  if (name === "") return undefined;
  const at = text.indexOf(name, offset.start);
  if (at < 0 || at > offset.start + 3) return undefined;
  return { start: at, end: at + name.length };
}

const SURNAMES =
  "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文";
const COMPOUND =
  "(?:欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒|夏侯|端木|百里|南宫|独孤)";
const GIVEN = "[\\u4e00-\\u9fff]";
const HAN_NAME = `(?:${COMPOUND}|[${SURNAMES}])${GIVEN}{1,2}`;
const after = String.raw`(?=[ ,，。、:：;；!！?？()（）\n"”」]|$|先生|女士|小姐|老师|医生|教授|经理|同学|博士|律师|主任|说|表示|认为|称|的|在|是|于|和|与|及|电|手机|身份证|住|今年|出生|来自|已|因|向|对|把|将|被|有|去|到)`;
const chineseCues: readonly (readonly [RegExp, number, string])[] = [
  [
    new RegExp(
      `(?:姓名|名字|我叫|我是|他叫|她叫|名叫|叫做|联系人|收件人|患者|病人|客户|申请人|负责人|签名|署名|本人|用户|持卡人|学生|老师|经理|医生|同事|朋友|丈夫|妻子|儿子|女儿|父亲|母亲)(?:为|是|叫)?[:： ]{0,2}(${HAN_NAME}?)${after}`,
      "g",
    ),
    0.8,
    "words before it",
  ],
  [
    new RegExp(`(${HAN_NAME}?)(?:先生|女士|小姐|老师|医生|教授|经理|同学|博士|律师)`, "g"),
    0.75,
    "title after it",
  ],
  [new RegExp(`(?<![\\u4e00-\\u9fff])(${HAN_NAME}?)${after}`, "g"), 0.55, "surname and given name"],
];

function chineseNames(text: string): Match[] {
  const matches: Match[] = [];
  for (const [pattern, score, why] of chineseCues) {
    for (const hit of text.matchAll(pattern)) {
      const start = hit.index + hit[0].indexOf(hit[1]!);
      matches.push({ ...person(start, start + hit[1]!.length, score), reasons: [why] });
    }
  }
  return matches;
}

function person(start: number, end: number, score: number): Match {
  return { start, end, entity: "PERSON", score };
}
