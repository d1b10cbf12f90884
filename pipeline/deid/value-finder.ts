const WORD = /[\p{L}\p{N}\p{M}_]/u;
const HAN = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/;

/**
 * Finds every whole-word occurrence of a set of values, the longest at each place, none overlapping.
 * The scripts without spaces have no word boundary. Time is linear in the text times the number of
 * different lengths that share a first character pair, whatever the number of values.
 */
export function valueFinder(
  values: readonly string[],
): (text: string) => readonly (readonly [start: number, end: number])[] {
  const known = new Set<string>();
  const lengths = new Map<string, number[]>();
  // First pairs and triples of characters of the values, hashed: most places are passed at a glance.
  const begins = new Uint8Array(1 << 16);
  const goesOn = new Uint8Array(1 << 16);
  for (const value of values) {
    if (value === "" || known.has(value)) continue;
    known.add(value);
    const pair = pairAt(value, 0);
    if (value.length < 3) begins[pair] = WHOLE;
    else {
      begins[pair]! |= BEGUN;
      goesOn[tripleAt(value, 0, pair)] = 1;
    }
    const key = value.slice(0, 2);
    const list = lengths.get(key);
    if (list === undefined) lengths.set(key, [value.length]);
    else if (!list.includes(value.length)) list.push(value.length);
  }
  for (const list of lengths.values()) list.sort((a, b) => b - a);
  const single = new Set([...known].filter((value) => value.length === 1));
  return (text) => {
    const found: [number, number][] = [];
    if (known.size === 0) return found;
    for (let i = 0; i < text.length;) {
      const pair = pairAt(text, i);
      const how = begins[pair]!;
      const begun = how > BEGUN || (how === BEGUN && goesOn[tripleAt(text, i, pair)] === 1);
      if ((!begun && single.size === 0) || !isBoundary(text, i)) {
        i++;
        continue;
      }
      let length = 0;
      if (begun) length = lengthAt(text, i, lengths.get(text.slice(i, i + 2)));
      if (length === 0 && single.size > 0 && single.has(text[i]!)) length = lengthAt(text, i, [1]);
      if (length === 0) i++;
      else {
        found.push([i, i + length]);
        i += length;
      }
    }
    return found;
  };

  function lengthAt(text: string, at: number, candidates: readonly number[] | undefined): number {
    if (candidates === undefined) return 0;
    for (const length of candidates) {
      if (at + length > text.length || !isBoundary(text, at + length)) continue;
      if (known.has(text.slice(at, at + length))) return length;
    }
    return 0;
  }
}

/** Of a pair of characters: longer values begin with it; a value of one or two may be all of it. */
const BEGUN = 1;
const WHOLE = 3;

function tripleAt(text: string, at: number, pair: number): number {
  const third = at + 2 < text.length ? text.charCodeAt(at + 2) : 0;
  return (pair * 257 + third) & 0xffff;
}

function pairAt(text: string, at: number): number {
  const second = at + 1 < text.length ? text.charCodeAt(at + 1) : 0;
  return (text.charCodeAt(at) * 251 + second) & 0xffff;
}

/** Whether a word may begin or end between two characters of a text. */
export function isBoundary(text: string, at: number): boolean {
  if (at <= 0 || at >= text.length) return true;
  const before = kindOf(text.charCodeAt(at - 1));
  if (before !== LETTER) return true;
  return kindOf(text.charCodeAt(at)) !== LETTER;
}

const LETTER = 1;
const kinds = new Uint8Array(1 << 16);

/** 1 for what holds words together, 2 for all else: spaces, signs, and scripts without spaces. */
function kindOf(code: number): number {
  const known = kinds[code]!;
  if (known !== 0) return known;
  const character = String.fromCharCode(code);
  const kind = WORD.test(character) && !HAN.test(character) ? LETTER : 2;
  kinds[code] = kind;
  return kind;
}
