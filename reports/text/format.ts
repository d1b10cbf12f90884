import type { Digest, Estimate } from "../../pipeline/core/types.ts";

/** An estimate as every report prints it: the number, its interval, or why there is none. */
export interface Formatted {
  /** "0.123", or "not estimable" in the report's language. */
  readonly value: string;
  /** "[0.101, 0.145]", the reason why there is no value, or empty. */
  readonly detail: string;
}

/** Formats an estimate; the interval is rounded to the decimals of its value. */
export function formatEstimate(estimate: Estimate, notEstimable = "not estimable"): Formatted {
  if (estimate.value === null) return { value: notEstimable, detail: estimate.why ?? "" };
  const decimals = decimalsOf(estimate.value);
  const { interval } = estimate;
  return {
    value: formatNumber(estimate.value),
    detail:
      interval === undefined
        ? ""
        : `[${fixed(interval[0], decimals)}, ${fixed(interval[1], decimals)}]`,
  };
}

/** One line: `0.123 [0.101, 0.145]`, or `not estimable: n⁺ = 0`. */
export function estimateText(estimate: Estimate, notEstimable = "not estimable"): string {
  const { value, detail } = formatEstimate(estimate, notEstimable);
  if (detail === "") return value;
  return estimate.value === null ? `${value}: ${detail}` : `${value} ${detail}`;
}

/**
 * A measured number: integers with thousands separators, else three decimals, one from 100 on, two
 * significant digits below 0.01 and scientific notation below 0.0001.
 */
export function formatNumber(value: number): string {
  if (Number.isInteger(value)) return formatCount(value);
  if (Math.abs(value) < 0.0001) return minus(value.toExponential(1));
  return fixed(value, decimalsOf(value));
}

/** An integer with commas between thousands. */
export function formatCount(value: number): string {
  return minus(Math.round(value).toLocaleString("en-US"));
}

/** A number of the policy, with all its digits: a limit is never rounded. */
export function formatExact(value: number): string {
  return minus(String(value));
}

/** A share in [0, 1] as a percentage: "0 %", "< 0.1 %", "98.2 %", "100 %". */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent === 0 || percent === 100) return `${percent} %`;
  if (percent < 0.1) return "< 0.1 %";
  if (percent > 99.9) return "> 99.9 %";
  return `${percent.toFixed(1)} %`;
}

/** Bytes in decimal units: "812 B", "1.2 MB". */
export function formatBytes(bytes: number): string {
  let value = bytes;
  for (const unit of ["B", "kB", "MB", "GB"]) {
    if (value < 1000) return `${unit === "B" ? value : value.toFixed(1)} ${unit}`;
    value /= 1000;
  }
  return `${value.toFixed(1)} TB`;
}

/** Time between two ISO 8601 instants: "0.42 s", "12.3 s", "3 min 05 s"; empty when either is unreadable. */
export function formatDuration(started: string, ended: string): string {
  const seconds = (Date.parse(ended) - Date.parse(started)) / 1000;
  if (!Number.isFinite(seconds)) return "";
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${pad(Math.floor(whole / 60) % 60)} min`;
}

/** An ISO 8601 instant as "2026-03-14 09:26:53 UTC"; text that is not one stays as it is. */
export function formatInstant(instant: string): string {
  const time = Date.parse(instant);
  if (Number.isNaN(time)) return instant;
  return `${new Date(time).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** The first twelve hexadecimal digits, enough to tell the artifacts of one report apart. */
export function shortDigest(digest: Digest | string): string {
  return digest.slice(0, 12);
}

function decimalsOf(value: number): number {
  const size = Math.abs(value);
  if (size >= 100) return 1;
  if (size >= 0.01 || size === 0) return 3;
  return Math.min(6, 1 - Math.floor(Math.log10(size)));
}

function fixed(value: number, decimals: number): string {
  if (Math.abs(value) >= 1000) return formatCount(value);
  const text = value.toFixed(decimals);
  return minus(Number(text) === 0 ? (0).toFixed(decimals) : text);
}

function minus(text: string): string {
  return text.replace("-", "−").replace("e−", "e-");
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}
