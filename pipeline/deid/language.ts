export type Language = "en" | "zh";

/** Languages a text may be in, by its letters: English for Latin ones, Chinese for Han characters. */
export function languagesOf(text: string): readonly Language[] {
  const languages: Language[] = [];
  if (/[A-Za-z\u00c0-\u024f]{2}/.test(text)) languages.push("en");
  if (/[\u3400-\u9fff]/.test(text)) languages.push("zh");
  return languages.length === 0 ? ["en"] : languages;
}

/** Share of Latin letters among all letters from which a line counts as English too. */
const LATIN_SHARE = 0.2;

/** The lines of a text that are in a language, neighbours together; a mixed line is in both. */
export function linesOf(
  text: string,
  language: Language,
): readonly { readonly start: number; readonly text: string }[] {
  const stretches: { start: number; end: number }[] = [];
  for (let from = 0; from < text.length;) {
    const line = text.indexOf("\n", from);
    const end = line < 0 ? text.length : line + 1;
    const last = stretches.at(-1);
    if (isIn(text, from, end, language)) {
      if (last?.end === from) last.end = end;
      else stretches.push({ start: from, end });
    }
    from = end;
  }
  return stretches.map(({ start, end }) => ({ start, text: text.slice(start, end) }));
}

function isIn(text: string, from: number, to: number, language: Language): boolean {
  let latin = 0;
  let han = 0;
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    if ((code >= 65 && code <= 90) || (code >= 97 && code <= 122) || (code >= 0xc0 && code < 0x250))
      latin++;
    else if (code >= 0x3400 && code <= 0x9fff) han++;
  }
  // A Han character carries about as much as three letters.
  return language === "zh" ? han > 0 : han === 0 || latin / (latin + 3 * han) >= LATIN_SHARE;
}
