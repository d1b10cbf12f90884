import { PipelineError } from "../../pipeline/core/error.ts";

/** One DER element (X.690): `bytes` is all of it, `content` what it holds. */
export interface Element {
  readonly tag: number;
  readonly bytes: Buffer;
  readonly content: Buffer;
}

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  octets: 0x04,
  none: 0x05,
  oid: 0x06,
  time: 0x18,
  sequence: 0x30,
  set: 0x31,
  context0: 0xa0,
} as const;

/** An element of a tag over the concatenation of its parts. */
export function element(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const length = content.length;
  const size = length < 0x80 ? [] : length < 0x100 ? [length] : [length >> 8, length & 0xff];
  if (length > 0xffff) throw malformed("an element is too long to be written");
  return Buffer.concat([
    Buffer.of(tag, size.length === 0 ? length : 0x80 | size.length, ...size),
    content,
  ]);
}

/** An object identifier from its dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) {
      groups.unshift(0x80 | (left % 128));
    }
    return groups;
  });
  return element(tags.oid, Buffer.from(bytes));
}

/** The one element that `bytes` is; throws `format` on anything before or after it. */
export function parseElement(bytes: Uint8Array): Element {
  const [only, ...more] = parseElements(Buffer.from(bytes));
  if (only === undefined || more.length > 0) throw malformed("it is not one element");
  return only;
}

/** The elements inside a constructed one. */
export function children(parent: Element): Element[] {
  if ((parent.tag & 0x20) === 0) throw malformed("a simple element stands for a constructed one");
  return parseElements(parent.content);
}

/** The element, after a check of its tag. */
export function expect(found: Element | undefined, tag: number): Element {
  if (found?.tag !== tag) throw malformed(`an element of tag ${tag} is missing`);
  return found;
}

function parseElements(bytes: Buffer): Element[] {
  const found: Element[] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at]!;
    const first = bytes[at + 1] ?? 0x80;
    const extra = first < 0x80 ? 0 : first & 0x7f;
    // 0x80 would be the indefinite length of BER; four bytes are more than any token has.
    if ((tag & 0x1f) === 0x1f || first === 0x80 || extra > 4) throw malformed("it is not DER");
    let length = extra === 0 ? first : 0;
    for (let i = 0; i < extra; i++) length = length * 256 + (bytes[at + 2 + i] ?? 0);
    const start = at + 2 + extra;
    const end = start + length;
    if (end > bytes.length) throw malformed("it is cut off");
    found.push({ tag, bytes: bytes.subarray(at, end), content: bytes.subarray(start, end) });
    at = end;
  }
  return found;
}

function malformed(why: string): PipelineError {
  return new PipelineError("format", `cannot read DER: ${why}`);
}
