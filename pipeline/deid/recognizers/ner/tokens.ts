/** Words, numbers and marks of a text. Only the first `n` entries count. */
export interface Tokens {
  n: number;
  starts: Int32Array;
  ends: Int32Array;
  kinds: Uint8Array;
  /** 1 where a line break stands before the token. */
  breaks: Uint8Array;
}

/** What a token is; `link` is a web or mail address, `handle` a name after an at sign. */
export const kinds = {
  word: 0,
  number: 1,
  mark: 2,
  link: 3,
  handle: 4,
  initial: 5,
  han: 6,
} as const;

const SPACE = 1;
const LETTER = 2;
const DIGIT = 3;
const BREAK = 4;
const HAN = 5;

const abbreviations = new Set(
  "jr sr inc corp co ltd st mt ft dr mr mrs ms prof gen sen rep gov lt col sgt capt rev hon bros".split(
    " ",
  ),
);
// Longer runs are no addresses that a person wrote; the bound keeps the look-ahead linear.
const MAX_LINK = 300;
const MAX_WORD = 80;

export function newTokens(): Tokens {
  return {
    n: 0,
    starts: new Int32Array(64),
    ends: new Int32Array(64),
    kinds: new Uint8Array(64),
    breaks: new Uint8Array(64),
  };
}

/** The tokens of `text` from `from` to `to`, in order, into `tokens`, whose old ones are lost; linear in the length. */
export function tokenize(
  text: string,
  from = 0,
  to: number = text.length,
  tokens: Tokens = newTokens(),
): Tokens {
  tokens.n = 0;
  let broken = 1;
  let noLinkBefore = from;
  for (let i = from; i < to;) {
    const kind = classOf(text.charCodeAt(i));
    if (kind === SPACE || kind === BREAK) {
      if (kind === BREAK) broken = 1;
      i++;
      continue;
    }
    let end = 0;
    if (i >= noLinkBefore && (i === from || isGap(text.charCodeAt(i - 1)))) {
      end = linkEnd(text, i, to);
      // A run that is no link is not looked at again from within.
      if (end === 0) noLinkBefore = i + 1;
    }
    let type: number = kinds.link;
    if (end === 0) {
      if (kind === HAN) [end, type] = [i + 1, kinds.han];
      else if (kind === LETTER) [end, type] = wordEnd(text, i, to);
      else if (kind === DIGIT) [end, type] = [numberEnd(text, i, to), kinds.number];
      else if (
        text.charCodeAt(i) === 64 &&
        i + 1 < to &&
        classOf(text.charCodeAt(i + 1)) === LETTER
      ) {
        [end, type] = [handleEnd(text, i + 1, to), kinds.handle];
      } else [end, type] = [markEnd(text, i, to), kinds.mark];
    }
    push(tokens, i, end, type, broken);
    broken = 0;
    i = end;
  }
  return tokens;
}

/** Ends of the windows in which the model looks at `tokens`: lines, long ones cut at a sentence's end. */
export function windowEnds(text: string, tokens: Tokens, soft: number, hard: number): number[] {
  const ends: number[] = [];
  let start = 0;
  for (let t = 1; t < tokens.n; t++) {
    const length = t - start;
    if (
      tokens.breaks[t] === 1 ||
      length >= hard ||
      (length >= soft && endsSentence(text.charCodeAt(tokens.starts[t - 1]!)))
    ) {
      ends.push(t);
      start = t;
    }
  }
  if (tokens.n > 0) ends.push(tokens.n);
  return ends;
}

/** Whether a mark closes a sentence, Latin or Chinese. */
export function endsSentence(code: number): boolean {
  return (
    code === 46 ||
    code === 33 ||
    code === 63 ||
    code === 0x3002 ||
    code === 0xff01 ||
    code === 0xff1f
  );
}

let classes: Uint8Array | undefined;

function classOf(code: number): number {
  return (classes ??= classTable())[code]!;
}

function classTable(): Uint8Array {
  const table = new Uint8Array(0x10000);
  for (let code = 0; code < 0x10000; code++) {
    const char = String.fromCharCode(code);
    if (/[\n\r\u2028\u2029\v\f]/.test(char)) table[code] = BREAK;
    else if (/[\s\u200b-\u200f\u2060\ufeff\u202a-\u202e]|\p{Cc}/u.test(char)) table[code] = SPACE;
    else if (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(char))
      table[code] = HAN;
    else if (/[\p{L}\p{M}]/u.test(char)) table[code] = LETTER;
    else if (/\p{Nd}/u.test(char)) table[code] = DIGIT;
  }
  return table;
}

function push(tokens: Tokens, start: number, end: number, kind: number, broken: number): void {
  if (tokens.n === tokens.starts.length) {
    tokens.starts = grown(tokens.starts, new Int32Array(2 * tokens.n));
    tokens.ends = grown(tokens.ends, new Int32Array(2 * tokens.n));
    tokens.kinds = grown(tokens.kinds, new Uint8Array(2 * tokens.n));
    tokens.breaks = grown(tokens.breaks, new Uint8Array(2 * tokens.n));
  }
  tokens.starts[tokens.n] = start;
  tokens.ends[tokens.n] = end;
  tokens.kinds[tokens.n] = kind;
  tokens.breaks[tokens.n] = broken;
  tokens.n++;
}

function grown<T extends Int32Array | Uint8Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}

function isGap(code: number): boolean {
  const kind = classOf(code);
  return (
    kind === SPACE || kind === BREAK || kind === HAN || code === 40 || code === 60 || code === 34
  );
}

// A web address (with a scheme or www.) or a mail address that starts at i, else 0.
function linkEnd(text: string, i: number, to: number): number {
  const limit = Math.min(to, i + MAX_LINK);
  let end = i;
  let at = 0;
  let dot = 0;
  for (; end < limit; end++) {
    const code = text.charCodeAt(end);
    if (code <= 32 || code > 0x2000 || code === 60 || code === 62 || code === 34 || code === 41)
      break;
    if (code === 64) at = end;
    else if (code === 46 && at > 0) dot = end;
  }
  const web = text.startsWith("http", i)
    ? text.startsWith("://", i + 4) || text.startsWith("s://", i + 4)
    : text.startsWith("www.", i);
  if (!web && !(at > i && dot > at + 1 && at < end - 3)) return 0;
  while (end > i + 1 && /[.,;:!?'\]]/.test(text.charAt(end - 1))) end--;
  return end;
}

function wordEnd(text: string, start: number, to: number): [number, number] {
  let i = start + 1;
  const limit = Math.min(to, start + MAX_WORD);
  for (; i < limit; i++) {
    const code = text.charCodeAt(i);
    const kind = classOf(code);
    if (kind === LETTER || kind === DIGIT) continue;
    const next = i + 1 < to ? classOf(text.charCodeAt(i + 1)) : 0;
    if (code === 45 && next === LETTER && !partsWords(text, start, i, to)) continue;
    if (isApostrophe(code) && next === LETTER && !isClitic(text, i + 1, to)) continue;
    break;
  }
  if (i < to && text.charCodeAt(i) === 46) {
    if (i === start + 1) return [initialsEnd(text, start, to), kinds.initial];
    if (abbreviations.has(text.slice(start, i).toLowerCase())) return [i + 1, kinds.word];
  }
  return [i, kinds.word];
}

// "J." or "U.S." or "J.R.R.": single letters, each with its full stop.
function initialsEnd(text: string, start: number, to: number): number {
  let i = start + 2;
  const limit = Math.min(to, start + 12);
  while (i + 1 < limit && classOf(text.charCodeAt(i)) === LETTER && text.charCodeAt(i + 1) === 46)
    i += 2;
  return i;
}

const suffixes =
  /^(?:based|led|born|backed|owned|area|style|wide|controlled|trained|listed|bound|occupied|related|era|made|like|speaking|sponsored|run|held)(?!\p{L})/u;
const prefixes = new Set(["ex", "anti", "pro", "non", "mid", "post", "neo"]);

// Whether the hyphen at i joins a name to a common word, as in "Bonn-based", and not parts of a name.
function partsWords(text: string, start: number, i: number, to: number): boolean {
  if (i - start < 5 && prefixes.has(text.slice(start, i).toLowerCase())) return true;
  return suffixes.test(text.slice(i + 1, Math.min(to, i + 12)));
}

function isApostrophe(code: number): boolean {
  return code === 39 || code === 0x2019;
}

// The s, re, ve, ll, d and m of "it's" and its like are words of their own.
function isClitic(text: string, start: number, to: number): boolean {
  const first = text.charCodeAt(start) | 32;
  const second = start + 1 < to ? text.charCodeAt(start + 1) : 32;
  const closed = (at: number): boolean => at >= to || classOf(text.charCodeAt(at)) !== LETTER;
  if (first === 115 || first === 100 || first === 109) return closed(start + 1);
  const pair = String.fromCharCode(first, second | 32);
  return (pair === "re" || pair === "ve" || pair === "ll") && closed(start + 2);
}

function numberEnd(text: string, start: number, to: number): number {
  let i = start + 1;
  const limit = Math.min(to, start + MAX_WORD);
  for (; i < limit; i++) {
    const code = text.charCodeAt(i);
    const kind = classOf(code);
    if (kind === DIGIT || kind === LETTER) continue;
    const digitNext = i + 1 < to && classOf(text.charCodeAt(i + 1)) === DIGIT;
    // 46 . 44 , 58 : 47 / 45 -
    if (digitNext && (code === 46 || code === 44 || code === 58 || code === 47 || code === 45))
      continue;
    break;
  }
  return i;
}

function handleEnd(text: string, start: number, to: number): number {
  let i = start;
  const limit = Math.min(to, start + MAX_WORD);
  while (i < limit) {
    const kind = classOf(text.charCodeAt(i));
    if (kind !== LETTER && kind !== DIGIT && text.charCodeAt(i) !== 95) break;
    i++;
  }
  return i;
}

// A run of one mark ("...", "---") is one token; so is a surrogate pair.
function markEnd(text: string, start: number, to: number): number {
  const code = text.charCodeAt(start);
  let i = start + 1;
  if ((code & 0xfc00) === 0xd800 && i < to && (text.charCodeAt(i) & 0xfc00) === 0xdc00)
    return i + 1;
  const limit = Math.min(to, start + MAX_WORD);
  if ((code & 0xf800) !== 0xd800) while (i < limit && text.charCodeAt(i) === code) i++;
  return i;
}
