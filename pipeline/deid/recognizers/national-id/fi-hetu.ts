import { codeRecognizer } from "../recognizer.ts";

/** Personal codes: day of birth, sign of the century, serial, check character by 31. */
export const fiHetu = codeRecognizer({
  entity: "FI_HETU",
  source: "VRK, henkilötunnus; 26.1.2023/178",
  about: "Finnish personal identity code",
  example: "131052-308T",
  context: ["henkilötunnus", "hetu", "henkilotunnus", "sotu", "personal identity"],
  form: /^[0-3]\d[01]\d{3}[A-FU-Y]?\d{3}[0-9A-FHJ-NPR-Y]$/,
  lengths: [10, 11],
  groups: ["6-4"],
  checks: "day of birth, remainder by 31",
  check: (code) =>
    /[A-Z]/.test(code) || code.length === 10
      ? "0123456789ABCDEFHJKLMNPRSTUVWXY"[Number(code.slice(0, 6) + code.slice(-4, -1)) % 31] ===
          code.at(-1) && Number(code.slice(0, 2)) <= 31
      : false,
  score: { bare: 0.55, grouped: 0.95 },
});
