/** Whether a string of digits passes the Luhn test (ISO/IEC 7812-1 annex B). */
export function luhn(digits: string): boolean {
  return luhnSum(digits) % 10 === 0;
}

function luhnSum(digits: string): number {
  let sum = 0;
  for (let i = digits.length - 1, even = false; i >= 0; i--, even = !even) {
    const value = digits.charCodeAt(i) - 48;
    sum += even ? (value < 5 ? 2 * value : 2 * value - 9) : value;
  }
  return sum;
}
