/** What a text holds at all, as bits: a recognizer that needs another thing need not look. */
export const traits = { digit: 1, dot: 2, colon: 4, dash: 8, at: 16, han: 32 } as const;

const known = new Uint8Array(128);
for (let code = 48; code < 58; code++) known[code] = traits.digit;
known[46] = traits.dot;
known[58] = traits.colon;
known[45] = traits.dash;
known[64] = traits.at;

/** The traits of a text; `han` stands for any character from U+2E80 on. */
export function traitsOf(text: string): number {
  let found = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 128) found |= known[code]!;
    else if (code >= 0x2e80) found |= traits.han;
  }
  return found;
}
