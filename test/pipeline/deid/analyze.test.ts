import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createAnalyzer } from "../../../pipeline/deid/analyze.ts";

const cases: readonly (readonly [text: string, finds: readonly (readonly [string, string])[]])[] = [
  [
    "Call (212) 736-5000 or write to john.smith@example.org. SSN 536-90-4399, card 4111 1111 1111 1111.",
    [
      ["PHONE", "(212) 736-5000"],
      ["EMAIL", "john.smith@example.org"],
      ["US_SSN", "536-90-4399"],
      ["PAYMENT_CARD", "4111 1111 1111 1111"],
    ],
  ],
  [
    "She lives at 1600 Pennsylvania Avenue NW, Washington, DC 20500, born March 5, 1980.",
    [
      ["ADDRESS", "1600 Pennsylvania Avenue NW, Washington, DC 20500"],
      ["DATE", "March 5, 1980"],
    ],
  ],
  [
    "手机１３８ ００１３ ８０００,住在北京市朝阳区建国路88号3号楼1202室,身份证号11010519491231002X",
    [
      ["PHONE", "１３８ ００１３ ８０００"],
      ["ADDRESS", "北京市朝阳区建国路88号3号楼1202室"],
      ["CN_RESIDENT_ID", "11010519491231002X"],
    ],
  ],
  ["4111 1111 11\n11 1111", [["PAYMENT_CARD", "4111 1111 11\n11 1111"]]],
  ["jane (at) example (dot) org", [["EMAIL", "jane (at) example (dot) org"]]],
  ["1101\u200b05194912\u200b31002X.", [["CN_RESIDENT_ID", "1101\u200b05194912\u200b31002X"]]],
  [
    "(born 5 Jan 1962), lives at Flat 4, 10 Downing Street, London SW1A 2AA. It paid 120k. Room 12.",
    [
      ["DATE", "5 Jan 1962"],
      ["ADDRESS", "Flat 4, 10 Downing Street, London SW1A 2AA"],
    ],
  ],
  ["txt 07700 900123", [["PHONE", "07700 900123"]]],
  ["Passport: C01X00T47, passport controls of 2024: long", [["ID_NUMBER", "C01X00T47"]]],
  [
    "手机留给客服小王的同事，住院号：0012345，户名：王五",
    [
      ["PERSON", "小王"],
      ["ID_NUMBER", "0012345"],
      ["PERSON", "王五"],
    ],
  ],
  [
    "请联系李娜，或找老王一起去。客户金额，客户来电。",
    [
      ["PERSON", "李娜"],
      ["PERSON", "老王"],
    ],
  ],
  ["version 1.2.3.4 of 12,345,678 rows took 3.14159265358979 s", []],
];

describe("createAnalyzer", async () => {
  const entities = [
    "PHONE",
    "EMAIL",
    "US_SSN",
    "PAYMENT_CARD",
    "ADDRESS",
    "DATE",
    "CN_RESIDENT_ID",
    "IP_ADDRESS",
    "ID_NUMBER",
    "PERSON",
  ];
  const analyzer = await createAnalyzer({ mode: "balanced", language: "auto", entities });
  for (const [text, finds] of cases) {
    it(`finds ${finds.length} in ${JSON.stringify(text.slice(0, 40))}`, () => {
      const found = analyzer.analyze(text).map((d) => [d.entity, text.slice(d.start, d.end)]);
      assert.deepEqual(found, finds);
    });
  }

  it("lets the field decide over a bare number", () => {
    assert.equal(analyzer.analyze("536904399").length, 0);
    assert.equal(analyzer.analyze("536904399", { field: "customerSsn" })[0]?.entity, "US_SSN");
  });
});
