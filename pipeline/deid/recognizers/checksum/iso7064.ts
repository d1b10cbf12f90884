/** The check character of ISO/IEC 7064 MOD 11-2 for a string of digits: "0" to "9" or "X". */
export function mod11Dash2(digits: string): string {
  let sum = 0;
  for (const digit of digits) sum = ((sum + Number(digit)) * 2) % 11;
  const check = (12 - sum) % 11;
  return check === 10 ? "X" : String(check);
}

/** The check digit of ISO/IEC 7064 MOD 11,10 for a string of digits. */
export function mod11Comma10(digits: string): string {
  let product = 10;
  for (const digit of digits) {
    const sum = (Number(digit) + product) % 10;
    product = ((sum === 0 ? 10 : sum) * 2) % 11;
  }
  return String((11 - product) % 10);
}
