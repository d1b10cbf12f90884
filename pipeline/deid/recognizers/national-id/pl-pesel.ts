import { isDay, weightedSum } from "../checksum/weighted.ts";
import { codeRecognizer } from "../recognizer.ts";

/** PESEL: day of birth with the century in the month, serial, check digit. */
export const plPesel = codeRecognizer({
  entity: "PL_PESEL",
  source: "Dz.U. 2010 nr 217 poz. 1427",
  about: "Polish PESEL number",
  example: "44051401359",
  context: ["pesel", "numer ewidencyjny"],
  form: /^\d{2}[0-9]\d[0-3]\d{6}$/,
  lengths: [11],
  checks: "day of birth, weights 1, 3, 7, 9",
  check: (digits) => {
    const month = Number(digits.slice(2, 4));
    const century = [1900, 2000, 2100, 2200, 1800][Math.floor(month / 20)]!;
    return (
      isDay(century + Number(digits.slice(0, 2)), month % 20, Number(digits.slice(4, 6))) &&
      weightedSum(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0
    );
  },
  score: { bare: 0.6, grouped: 0.6 },
});
