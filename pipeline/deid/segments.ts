/** Largest piece that is analysed at once, and how far a piece looks into the next. */
const SIZE = 1 << 19;
const OVERLAP = 1 << 12;

/**
 * A text in pieces of bounded size, cut at a line end or a space where there is one near. Each piece
 * reaches into the next, so that a find across a cut is whole in one of them; the union of the finds
 * of both pieces is right.
 */
export function* segments(
  text: string,
): Generator<{ readonly start: number; readonly text: string }> {
  if (text.length <= SIZE + OVERLAP) {
    yield { start: 0, text };
    return;
  }
  let start = 0;
  while (start < text.length) {
    const aim = start + SIZE;
    if (aim + OVERLAP >= text.length) {
      yield { start, text: text.slice(start) };
      return;
    }
    const cut = cutBefore(text, aim);
    yield { start, text: text.slice(start, cut + OVERLAP) };
    start = cut;
  }
}

function cutBefore(text: string, aim: number): number {
  for (const mark of ["\n\n", "\n", ". ", "。", " "]) {
    const at = text.lastIndexOf(mark, aim - mark.length);
    if (at > aim - OVERLAP) return at + mark.length;
  }
  // Never between the halves of a surrogate pair.
  return /[\udc00-\udfff]/.test(text[aim]!) ? aim - 1 : aim;
}
