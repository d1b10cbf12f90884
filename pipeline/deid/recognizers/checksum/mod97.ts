/** Remainder by 97 of a string of digits and letters, with A = 10 … Z = 35 (ISO/IEC 7064 MOD 97-10). */
export function mod97(code: string): number {
  let rest = 0;
  for (let i = 0; i < code.length; i++) {
    const c = code.charCodeAt(i);
    rest = c < 65 ? (rest * 10 + c - 48) % 97 : (rest * 100 + c - 55) % 97;
  }
  return rest;
}
