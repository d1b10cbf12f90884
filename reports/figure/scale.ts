/** A linear axis: values to pixels, with the round numbers to print along it. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
  /** Pixel of a value, held inside the axis. */
  at(value: number): number;
}

/** An axis that holds all values (and zero, unless `tight`), stretched to round numbers. */
export function scaleOver(
  values: readonly number[],
  from: number,
  to: number,
  options: { readonly ticks?: number; readonly tight?: boolean } = {},
): Scale {
  const wanted = options.ticks ?? 2;
  let [low, high] = options.tight === true ? [Infinity, -Infinity] : [0, 0];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) [low, high] = [0, 1];
  if (low === high) high = low + (low === 0 ? 1 : Math.abs(low));
  const step = niceStep((high - low) / wanted);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  const ticks = Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
  const [start, end] = [first * step, last * step];
  return {
    low: start,
    high: end,
    ticks,
    at: (value) =>
      from + ((Math.min(end, Math.max(start, value)) - start) / (end - start)) * (to - from),
  };
}

/** The smallest of 1, 2, 2.5, 5 or 10 times a power of ten that is not below `step`. */
function niceStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const factor = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= step * (1 - 1e-9));
  return (factor ?? 10) * power;
}
