import { below } from "../../core/random.ts";
import type { Random } from "../../core/types.ts";

/** What a surrogate is made from. */
export interface SurrogateRequest {
  readonly entity: string;
  readonly secret: Random;
  readonly checksum: "valid" | "invalid";
  readonly taken: (candidate: string) => boolean;
}

/** An invented value in the place of `value`: never the value itself, and none that is taken. */
export function surrogateFor(value: string, { entity, secret, taken }: SurrogateRequest): string {
  for (let attempt = 0; ; attempt++) {
    const random = secret.fork(JSON.stringify([entity, value, attempt]));
    const candidate = sameForm(value, random);
    if (candidate !== value && !taken(candidate)) return candidate;
    if (attempt === 100) return `<${entity}>`;
  }
}

/** Digits for digits and letters for letters, in the same case; all else stays. */
export function sameForm(value: string, random: Random): string {
  return Array.from(value)
    .map((c) => {
      if (/[0-9]/.test(c)) return String(below(random, 10));
      if (/[A-Z]/.test(c)) return String.fromCharCode(65 + below(random, 26));
      if (/[a-z]/.test(c)) return String.fromCharCode(97 + below(random, 26));
      return c;
    })
    .join("");
}
