import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { keyedRandom } from "../../../../pipeline/core/random.ts";
import { recognizers } from "../../../../pipeline/deid/recognizers/index.ts";
import type { TextRecognizer } from "../../../../pipeline/deid/recognizers/recognizer.ts";
import { surrogateFor } from "../../../../pipeline/deid/surrogate/index.ts";

const key = (byte: number): ReturnType<typeof keyedRandom> =>
  keyedRandom(new Uint8Array(32).fill(byte));

function invent(
  entity: string,
  value: string,
  byte = 1,
  checksum: "valid" | "invalid" = "invalid",
): string {
  return surrogateFor(value, { entity, secret: key(byte), checksum, taken: () => false });
}

describe("surrogateFor", () => {
  it("keeps one person one person", () => {
    const [given, surname] = invent("PERSON", "Maria Garcia").split(" ");
    assert.equal(invent("PERSON", "Ms Garcia"), `Ms ${surname!}`);
    assert.equal(invent("PERSON", "GARCIA"), surname!.toUpperCase());
    assert.equal(invent("PERSON", "Garcia, Maria"), `${surname!}, ${given!}`);
    assert.ok(
      invent("EMAIL", "maria@acme.com").startsWith(
        `${given!.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()}@`,
      ),
    );
  });
  it("keeps one Chinese person one person", () => {
    const name = invent("PERSON", "李伟");
    assert.equal(invent("PERSON", "李先生"), `${name[0]!}先生`);
    assert.equal(Array.from(name).length, 2);
  });
  it("knows a name with and without its marks as one", () => {
    assert.equal(invent("PERSON", "Nguyễn"), invent("PERSON", "Nguyen"));
    assert.equal(invent("PERSON", "ĐẶNG"), invent("PERSON", "Đặng").toUpperCase());
  });
  it("puts another word of the list for a word of a list", () => {
    const religions: readonly string[] = recognizers.religion.words!.words;
    for (let byte = 0; byte < 20; byte++) {
      const latin = invent("RELIGION", "Muslim", byte);
      assert.ok(religions.includes(latin.toLowerCase()) && /^[A-Z]/.test(latin), latin);
      const han = invent("RELIGION", "佛教", byte);
      assert.ok(religions.includes(han) && han !== "佛教", han);
      assert.match(invent("JOB_TITLE", "nurses", byte), /s$/);
    }
  });
  it("draws hexadecimal digits for hexadecimal ones", () => {
    assert.match(invent("MAC_ADDRESS", "00:1B:44:11:3A:B7"), /^(?:[\dA-F]{2}:){5}[\dA-F]{2}$/);
    const wallet = "0x52908400098527886E0F7030069857D2E4169EE7";
    assert.match(invent("CRYPTO_ADDRESS", wallet), /^0x[\dA-F]{40}$/);
  });
  it("gives plates a province", () => {
    for (let byte = 0; byte < 20; byte++)
      assert.match(
        invent("CN_PLATE", "沪A12345", byte),
        /^[京津冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼渝沪][A-Z]\d{5}$/,
      );
  });
  it("keeps the country and the form of a phone number", () => {
    for (let byte = 0; byte < 50; byte++) {
      assert.match(invent("PHONE", "+44 20 7946 0958", byte), /^\+44 2\d \d{4} \d{4}$/);
      assert.match(invent("PHONE", "(212) 736-5000", byte), /^\(\d{3}\) 555-01\d{2}$/);
      assert.match(invent("PHONE", "138 0013 8000", byte), /^1[3-9]\d \d{4} \d{4}$/);
    }
  });
  it("uses domains and networks that belong to nobody", () => {
    assert.match(invent("EMAIL", "x.y@corp.co.uk"), /@example\.(?:com|net|org)$/);
    assert.match(
      invent("URL", "https://corp.com/a?b=1"),
      /^https:\/\/\w{6}\.example\.(?:com|net|org)\/\w\?\w=\d$/,
    );
    assert.match(invent("IP_ADDRESS", "8.8.8.8"), /^(?:192\.0\.2|198\.51\.100|203\.0\.113)\./);
  });
  it("moves all dates of one secret by one number of days, in their form", () => {
    const days = (text: string): number => Date.parse(`${text}T00:00:00Z`) / 86_400_000;
    const first = invent("DATE", "1980-03-05");
    const second = invent("DATE", "1981-03-05");
    assert.equal(days(second) - days(first), 365);
    assert.match(
      invent("DATE", "March 5th, 1980"),
      /^[A-Z][a-z]+ \d{1,2}(?:st|nd|rd|th), 19\d{2}$/,
    );
    assert.match(invent("DATE", "12 March 2011"), /^\d{1,2} [A-Z][a-z]+ 201[012]$/);
    assert.match(invent("DATE", "2024年3月5日"), /^20\d{2}年\d{1,2}月\d{1,2}日$/);
  });
  for (const [name, recognizer] of Object.entries<TextRecognizer>(recognizers)) {
    const { code, entity, example } = recognizer;
    it(`${name}: another value under each key, the same under one`, () => {
      for (let byte = 0; byte < 10; byte++) {
        const value = invent(entity, example, byte);
        assert.notEqual(value, example);
        assert.equal(invent(entity, example, byte), value);
      }
    });
    if (
      code?.checks === undefined ||
      /none|region|position|rules|prefix|range|area|letter of|birth$|kind/.test(code.checks)
    )
      continue;
    it(`${name}: passes or fails its check as asked`, () => {
      const check = (value: string): boolean =>
        code.check(value.replace(/[^A-Za-z0-9]/g, "").toUpperCase());
      for (let byte = 0; byte < 10; byte++) {
        assert.ok(check(invent(entity, example, byte, "valid")));
        assert.ok(!check(invent(entity, example, byte, "invalid")));
      }
    });
  }
  it("never gives the value back, nor one that is taken", () => {
    const entity = fc.constantFrom(
      "PERSON",
      "LOCATION",
      "ORGANIZATION",
      "ADDRESS",
      "PHONE",
      "EMAIL",
      "DATE",
      "AGE",
      "OTHER",
    );
    fc.assert(
      fc.property(
        entity,
        fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }),
        (kind, value) => {
          const secret = key(9);
          const first = surrogateFor(value, {
            entity: kind,
            secret,
            checksum: "invalid",
            taken: () => false,
          });
          assert.notEqual(first, value);
          const next = surrogateFor(value, {
            entity: kind,
            secret,
            checksum: "invalid",
            taken: (c) => c === first,
          });
          assert.ok(next !== first || next === `<${kind}>`);
        },
      ),
    );
  });
});
