/** Sum of the digits of a string times weights, position by position; 0 past the last weight. */
export function weightedSum(digits: string, weights: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += (digits.charCodeAt(i) - 48) * weights[i]!;
  return sum;
}

/** Whether all characters are the same, as in the placeholders of forms. */
export function isRepeated(code: string): boolean {
  for (let i = 1; i < code.length; i++) if (code[i] !== code[0]) return false;
  return true;
}

/** Whether year, month and day (1 to 12, 1 to 31) are a day of the Gregorian calendar. */
export function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  return day <= new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}
