import { mod11Comma10 } from "../checksum/iso7064.ts";
import { codeRecognizer } from "../recognizer.ts";

/** Tax numbers: in the first ten digits exactly one comes twice or three times; the last is ISO 7064. */
export const deTaxId = codeRecognizer({
  entity: "DE_TAX_ID",
  source: "§ 139b AO; BZSt, Pruefziffernberechnung",
  about: "German tax identification number",
  example: "86 095 742 719",
  context: [
    "steuer",
    "steuer-id",
    "idnr",
    "identifikationsnummer",
    "tin",
    "tax id",
    "steuernummer",
  ],
  form: /^[1-9]\d{10}$/,
  lengths: [11],
  groups: ["2-3-3-3"],
  checks: "one digit repeated, ISO 7064 MOD 11,10",
  check: (digits) => {
    const counts = new Map<string, number>();
    for (const digit of digits.slice(0, 10)) counts.set(digit, (counts.get(digit) ?? 0) + 1);
    const repeated = [...counts.values()].filter((n) => n > 1);
    return (
      repeated.length === 1 && repeated[0]! <= 3 && mod11Comma10(digits.slice(0, 10)) === digits[10]
    );
  },
  score: { bare: 0.55, grouped: 0.85 },
});
