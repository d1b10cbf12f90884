import { mod11Dash2 } from "../checksum/iso7064.ts";
import { isDay } from "../checksum/weighted.ts";
import { codeRecognizer } from "../recognizer.ts";

/** First two digits: provinces, Taiwan (71, 83 for residence permits), Hong Kong, Macau, abroad. */
const provinces = new Set(
  "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 91".split(
    " ",
  ),
);

/** Resident identity numbers: region, day of birth, serial and an ISO 7064 check character. */
export const cnResidentId = codeRecognizer({
  entity: "CN_RESIDENT_ID",
  source: "GB 11643-1999",
  about: "Chinese resident identity number (18 characters)",
  example: "11010519491231002X",
  context: [
    "身份证",
    "身分证",
    "证件号",
    "公民身份号码",
    "resident id",
    "id card",
    "identity card",
    "id number",
  ],
  form: /^[1-9]\d{16}[\dX]$/,
  lengths: [18],
  anyGroups: true,
  checks: "region, day of birth, ISO 7064 MOD 11-2",
  check(code) {
    const year = Number(code.slice(6, 10));
    return (
      provinces.has(code.slice(0, 2)) &&
      year >= 1850 &&
      year <= 2100 &&
      isDay(year, Number(code.slice(10, 12)), Number(code.slice(12, 14))) &&
      mod11Dash2(code.slice(0, 17)) === code[17]
    );
  },
  score: { bare: 1, grouped: 1 },
});
