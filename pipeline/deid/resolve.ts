import type { Span } from "../core/types.ts";

/**
 * Spans in order, none overlapping, that together cover exactly the characters of the input.
 * Overlapping spans become their union, and touching spans of one entity too where two recognizers
 * found one part each. Touching spans stay apart where they are of two entities, or two finds of one
 * recognizer ("张伟李娜"): no character lies between them. A union takes the fields of its best
 * member: the highest score, then the longest, then the first.
 */
export function resolveSpans<S extends Span>(spans: readonly S[]): S[] {
  const sorted = spans
    .filter((span) => span.end > span.start)
    .sort((a, b) => a.start - b.start || b.end - a.end);
  const resolved: S[] = [];
  let best: S | undefined;
  let start = 0;
  let end = 0;
  const close = (): void => {
    if (best !== undefined) {
      resolved.push(best.start === start && best.end === end ? best : { ...best, start, end });
    }
  };
  for (const span of sorted) {
    const joins =
      best !== undefined && (span.start < end || (span.start === end && isPart(span, best)));
    if (!joins) {
      close();
      best = span;
      start = span.start;
      end = span.end;
      continue;
    }
    end = Math.max(end, span.end);
    if (isBetter(span, best!)) best = span;
  }
  close();
  return resolved;
}

function isPart(span: Span & { recognizer?: string }, of: Span & { recognizer?: string }): boolean {
  const sameFinder = span.recognizer !== undefined && span.recognizer === of.recognizer;
  return span.entity === of.entity && !sameFinder;
}

function isBetter(a: Span, b: Span): boolean {
  if (a.score !== b.score) return a.score > b.score;
  return a.end - a.start > b.end - b.start;
}
