/** Multiplication in the dihedral group D5 (Verhoeff 1969), row after row. */
const D5 = [
  "0123456789",
  "1234067895",
  "2340178956",
  "3401289567",
  "4012395678",
  "5987604321",
  "6598710432",
  "7659821043",
  "8765932104",
  "9876543210",
];
/** Powers of Verhoeff's permutation of the digits. */
const POWERS = [
  "0123456789",
  "1576283094",
  "5803796142",
  "8916043527",
  "9453126870",
  "4286573901",
  "2793806415",
  "7046913258",
];

/** Whether a string of digits, the last of them the check digit, passes Verhoeff's test. */
export function verhoeff(digits: string): boolean {
  let state = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    state = Number(D5[state]![Number(POWERS[i % 8]![digit])]);
  }
  return state === 0;
}
