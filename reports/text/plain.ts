// C0 and C1 controls, bidirectional overrides and isolates, line separators: they can repaint a
// terminal or reorder a line of text, and names in a record may come from a stranger.
const UNSAFE = /[\p{Cc}\u{61c}\u{200e}\u{200f}\u{2028}-\u{202e}\u{2066}-\u{2069}\u{feff}]/gu;

/** Text that cannot move a cursor or reorder its line: unsafe code points become U+FFFD, white space one blank. */
export function plain(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\t\n\r ]+/g, " ")
    .replace(UNSAFE, "\u{fffd}");
}

/** Cells the text takes in a terminal: two for East Asian wide characters and emoji, none for marks. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += graphemeWidth(segment);
  return width;
}

/** The text cut to at most `cells` terminal cells, with an ellipsis where something was cut. */
export function clip(text: string, cells: number): string {
  if (displayWidth(text) <= cells) return text;
  let width = 0;
  let kept = "";
  for (const { segment } of segmenter.segment(text)) {
    width += graphemeWidth(segment);
    if (width > cells - 1) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

// Unicode 16, UAX 11: the blocks whose characters are Wide or Fullwidth.
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

function graphemeWidth(grapheme: string): number {
  const point = grapheme.codePointAt(0) ?? 0;
  if (point < 0x300) return 1;
  if (/^[\p{Mark}\u{200b}-\u{200d}]/u.test(grapheme)) return 0;
  if (/\u{fe0f}|\p{Emoji_Presentation}/u.test(grapheme)) return 2;
  return WIDE.some(([from, to]) => point >= from && point <= to) ? 2 : 1;
}
