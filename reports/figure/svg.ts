import { clip, displayWidth } from "../text/plain.ts";
import { escapeHtml } from "../text/escape.ts";

/** Width in pixels of every small figure: the text column of a phone 360 pixels wide. */
export const COLUMN = 328;

/** An SVG picture with its text alternative. Colours come from the page's style through classes. */
export function svg(
  width: number,
  height: number,
  alternative: string,
  body: string,
  name = "",
): string {
  const size = `width="${round(width)}" height="${round(height)}" viewBox="0 0 ${round(width)} ${round(height)}"`;
  const className = name === "" ? "" : ` class="${name}"`;
  return `<svg${className} role="img" aria-label="${escapeHtml(alternative)}" ${size}>${body}</svg>`;
}

/** A line of text with its baseline at `y`, cut to `room` pixels; what was cut stays as a tooltip. */
export function label(
  x: number,
  y: number,
  text: string,
  options: {
    readonly name?: string;
    readonly anchor?: "middle" | "end";
    readonly room?: number;
    readonly size?: number;
  } = {},
): string {
  const { name, anchor, room, size = 12 } = options;
  const shown =
    room === undefined ? text : clip(text, Math.max(2, Math.floor(room / (size * 0.6))));
  const title = shown === text ? "" : `<title>${escapeHtml(text)}</title>`;
  return (
    `<text x="${round(x)}" y="${round(y)}"` +
    (size === 12 ? "" : ` font-size="${size}"`) +
    (anchor === undefined ? "" : ` text-anchor="${anchor}"`) +
    (name === undefined ? "" : ` class="${name}"`) +
    `>${escapeHtml(shown)}${title}</text>`
  );
}

/** About how many pixels a text takes. There is no font to ask, so it is an upper guess. */
export function textWidth(text: string, size = 12): number {
  return displayWidth(text) * size * 0.6;
}

export function line(x1: number, y1: number, x2: number, y2: number, name: string): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" class="${name}"/>`;
}

/** Strokes that look alike as one element, which keeps pages of many small pictures small. */
export function path(strokes: readonly string[], name: string): string {
  return strokes.length === 0 ? "" : `<path d="${strokes.join("")}" class="${name}"/>`;
}

/** A stroke from left to right. */
export function across(from: number, to: number, y: number): string {
  return `M${round(from)} ${round(y)}H${round(to)}`;
}

/** A stroke downwards. */
export function upright(x: number, top: number, height: number): string {
  return `M${round(x)} ${round(top)}v${round(height)}`;
}

export function rect(
  x: number,
  y: number,
  width: number,
  height: number,
  name: string,
  more = "",
): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(Math.max(0, width))}" height="${round(Math.max(0, height))}" class="${name}"${more}/>`;
}

/** Pixels to a tenth: finer is invisible and only makes the file larger. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
