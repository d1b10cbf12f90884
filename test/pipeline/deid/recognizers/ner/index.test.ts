import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import fc from "fast-check";
import { packageRoot } from "../../../../../pipeline/core/package-root.ts";
import { decodeModel } from "../../../../../pipeline/deid/recognizers/ner/model-file.ts";
import { createNameModel } from "../../../../../pipeline/deid/recognizers/ner/name-model.ts";
import {
  loadNameModel,
  type NameModel,
} from "../../../../../pipeline/deid/recognizers/ner/index.ts";

const models: Readonly<Record<"en" | "zh", NameModel>> = {
  en: (await loadNameModel("en"))!,
  zh: (await loadNameModel("zh"))!,
};

/** A model that has read nothing yet. */
async function freshEnglish(): Promise<NameModel> {
  const file = new URL("pipeline/deid/recognizers/ner/models/en.bin", packageRoot);
  return createNameModel(decodeModel(await readFile(file)));
}

const english = [
  ["My name is Oluwaseun Adeyemi and I live in Lagos.", "Oluwaseun Adeyemi", "PERSON"],
  ["Patient name: Nguyen Thi Lan, seen on 3 May.", "Nguyen Thi Lan", "PERSON"],
  ["Please call Siobhan O'Connor about the invoice.", "Siobhan O'Connor", "PERSON"],
  ["Best regards, Priya Ramanathan", "Priya Ramanathan", "PERSON"],
  ["Dear Mr. Nakamura, thank you for your letter.", "Nakamura", "PERSON"],
  ["I spoke with Fatima Al-Masri yesterday.", "Fatima Al-Masri", "PERSON"],
  ["From: Katarzyna Wiśniewska", "Katarzyna Wiśniewska", "PERSON"],
  ["We flew from Berlin to Buenos Aires.", "Buenos Aires", "LOCATION"],
  ["She works for Microsoft in Seattle.", "Microsoft", "ORGANIZATION"],
  ["The painting by Leonardo da Vinci was sold for a record price.", "Leonardo da Vinci", "PERSON"],
] as const;
const chinese = [
  ["我叫王小明，今年三十岁。", "王小明", "PERSON"],
  ["患者姓名：欧阳雪梅，女。", "欧阳雪梅", "PERSON"],
  ["他昨天从上海飞到纽约。", "纽约", "LOCATION"],
  ["李娜毕业于北京大学。", "北京大学", "ORGANIZATION"],
  ["患者姓名：歐陽雪梅，女。", "歐陽雪梅", "PERSON"],
  ["他昨天從上海飛到紐約。", "紐約", "LOCATION"],
  ["李娜畢業於北京大學。", "北京大學", "ORGANIZATION"],
] as const;

describe("names", () => {
  it("are the same whatever was read before", async () => {
    const texts = ["look @ that, said Maria Garcia", "@maria met Li Wei in Paris", "@ @x John Smith @ home"]; // prettier-ignore
    const one = await freshEnglish();
    const inOrder = texts.map((text) => one.recognize(text));
    const other = await freshEnglish();
    const backwards = texts.toReversed().map((text) => other.recognize(text));
    assert.deepEqual(backwards.toReversed(), inOrder);
  });
  for (const [language, cases] of [
    ["en", english],
    ["zh", chinese],
  ] as const) {
    for (const [text, name, entity] of cases) {
      it(`are found in ${JSON.stringify(text)}`, () => {
        const found = models[language]
          .recognize(text)
          .map((span) => [text.slice(span.start, span.end), span.entity]);
        assert.ok(
          found.some(([value, kind]) => value === name && kind === entity),
          JSON.stringify(found),
        );
      });
    }
  }

  it("found once are found again: alone, in capitals, where nothing else tells", () => {
    const text =
      "My name is Oluwaseun Adeyemi and I live in Lagos.\nADEYEMI 44\nthe form that Adeyemi got\nOLUWASEUN ADEYEMI";
    const found = models.en.recognize(text).map(({ start, end }) => text.slice(start, end));
    for (const name of ["Oluwaseun Adeyemi", "ADEYEMI", "Adeyemi", "OLUWASEUN ADEYEMI"]) {
      assert.ok(found.includes(name), `${name} in ${JSON.stringify(found)}`);
    }
  });

  it("lie in the text in order, disjoint, with scores within (0, 1), the same each time", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string({ unit: "binary", maxLength: 8 }),
            fc.constantFrom(
              "John Smith",
              " said ",
              "London",
              "\n",
              "王小明",
              "，",
              "\ud83d",
              "J. ",
            ),
          ),
          { maxLength: 30 },
        ),
        fc.constantFrom("en" as const, "zh" as const),
        fc.constantFrom(0, 2),
        (parts, language, recallBias) => {
          const text = parts.join("");
          const spans = models[language].recognize(text, { recallBias });
          assert.deepEqual(models[language].recognize(text, { recallBias }), spans);
          let at = 0;
          for (const { start, end, score } of spans) {
            assert.ok(start >= at && end > start && end <= text.length);
            assert.ok(score > 0 && score < 1);
            at = end;
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("are found, and found again, on both sides of a block of a long text", () => {
    for (const gap of ["\n", " ", "-"]) {
      const head = "My name is Oluwaseun Adeyemi and I live in Lagos.";
      const text = `${head}${gap.repeat(1_100_000)}\nADEYEMI 44`;
      const found = models.en.recognize(text).map(({ start, end }) => text.slice(start, end));
      assert.ok(found.includes("Oluwaseun Adeyemi") && found.includes("ADEYEMI"));
    }
  });

  it("are found in traditional script where they are found in simplified script", () => {
    const pairs = [
      ["国务院总理在纽约会见了记者陈晓东。", "國務院總理在紐約會見了記者陳曉東。"],
      ["联合国秘书长访问印度尼西亚。", "聯合國秘書長訪問印度尼西亞。"],
    ] as const;
    for (const [simplified, traditional] of pairs) {
      const found = models.zh.recognize(simplified);
      assert.ok(found.length > 0);
      assert.deepEqual(models.zh.recognize(traditional), found);
    }
  });

  it("are more with a recall bias", () => {
    const text = "we met wanjiru at the cafe, then kofi and blessing came over from accra";
    const few = models.en.recognize(text).length;
    assert.ok(models.en.recognize(text, { recallBias: 2 }).length >= few);
  });

  const hostile = [
    ["one long word", (n: number) => "A".repeat(n)],
    ["one long line of names", (n: number) => "John Smith ".repeat(n / 10)],
    ["at signs and dots", (n: number) => "a@.".repeat(n / 3)],
    ["one long line of characters", (n: number) => "王".repeat(n)],
    ["zero-width characters", (n: number) => "a\u200b".repeat(n / 2)],
    ["distinct words", (n: number) => Array.from({ length: n / 8 }, (_, i) => `W${i}x`).join(" ")],
  ] as const;
  for (const [name, make] of hostile) {
    it(`take linear time on ${name}`, () => {
      const cost = (n: number): number => {
        const text = make(n);
        const best = Math.min(
          ...[1, 2].map(() => {
            const started = process.cpuUsage();
            models.en.recognize(text);
            models.zh.recognize(text);
            return process.cpuUsage(started).user;
          }),
        );
        return best + 1;
      };
      cost(2000);
      const [small, large] = [cost(4000), cost(32_000)];
      assert.ok(large < 40 * small + 200_000, `${small} and ${large} microseconds`);
    });
  }
});
