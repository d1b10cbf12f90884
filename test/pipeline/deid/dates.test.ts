import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readDate } from "../../../pipeline/deid/dates.ts";

const dayOf = (iso: string): number => Date.parse(`${iso}T00:00:00Z`) / 86_400_000;
const written = {
  "1970-01-01": "一九七〇年一月一日",
  "1961-09-27": "一九六一年九月二十七日",
  "2000-10-10": "二〇〇〇年十月十日",
  "2011-11-20": "二〇一一年十一月二十日",
  "2024-12-31": "二〇二四年十二月三十一日",
  "1999-06-15": "一九九九年六月十五日",
};

describe("readDate", () => {
  for (const [iso, text] of Object.entries(written)) {
    it(`reads and writes ${text}`, () => {
      assert.equal(readDate(text)?.day, dayOf(iso));
      assert.equal(readDate("一九八四年二月三日")!.write(dayOf(iso)), text);
    });
  }

  it("reads back every day that it writes in Chinese", () => {
    const date = readDate("二〇〇一年一月一日")!;
    for (let day = -20_000; day < 20_000; day += 13)
      assert.equal(readDate(date.write(day))?.day, day, date.write(day));
  });

  it("reads no day that is none", () => {
    assert.equal(readDate("一九八四年二月三十一日"), undefined);
    assert.equal(readDate("一九八四年十三月一日"), undefined);
  });
});
