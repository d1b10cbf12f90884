import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { guessColumn } from "../../pipeline/cli/column-guess.ts";
import { createAnalyzer } from "../../pipeline/deid/analyze.ts";
import type { Cell } from "../../pipeline/core/types.ts";

const rows = 40;
const family = ["王", "李", "张", "刘"];
const columns: Readonly<Record<string, readonly [role: string, cell: (i: number) => Cell]>> = {
  客户编号: ["identifier", (i) => i],
  姓名: ["identifier", (i) => `${family[i % 4]!}秀英`],
  性别: ["quasi", (i) => "男女"[i % 2]!],
  年龄: ["quasi", (i) => 20 + i],
  城市: ["quasi", (i) => ["北京市", "上海市"][i % 2]!],
  月收入: ["other", (i) => 3000 + (i % 7)],
  手机: ["identifier", (i) => 13_812_345_600 + i],
  备注: ["text", (i) => `客户${family[i % 4]!}秀英，电话138123456${10 + i}，来电咨询。`],
  诊断: ["sensitive", (i) => ["甲", "乙"][i % 2]!],
  是否批准: ["label", (i) => ["是", "否"][i % 2]!],
};

describe("guessColumn", async () => {
  const analyzer = await createAnalyzer({ mode: "balanced", language: "auto" });
  const cells = Object.fromEntries(
    Object.entries(columns).map(([name, [, cell]]) => [
      name,
      Array.from({ length: rows }, (_, i) => cell(i)),
    ]),
  );
  for (const [name, [role]] of Object.entries(columns)) {
    it(`takes ${name} for ${role}`, () => {
      const guess = guessColumn(name, { rows, columns: cells }, analyzer);
      assert.equal(guess.role, role, guess.why);
      assert.equal(guess.protected, name === "性别");
      assert.equal(guess.subject, name === "客户编号");
    });
  }
});
