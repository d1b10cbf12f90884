import { below } from "../../core/random.ts";
import type { Random } from "../../core/types.ts";
import { readDate } from "../dates.ts";
import { surrogateEmail, surrogateIp, surrogatePhone, surrogateUrl } from "./contact.ts";
import { surrogateIdentifier } from "./identifier.ts";
import { isListed, surrogateListed } from "./listed.ts";
import { surrogatePerson } from "./person.ts";
import { surrogateLocation, surrogateWords } from "./place.ts";
import { sameForm } from "./same-form.ts";

/** What a surrogate is made from. */
export interface SurrogateRequest {
  readonly entity: string;
  /** Fork it by scope: one secret, one mapping. */
  readonly secret: Random;
  readonly checksum: "valid" | "invalid";
  readonly taken: (candidate: string) => boolean;
  /** Dates move by this: one person's dates alike. */
  readonly person?: Random;
  /** Whether a candidate may be a real value of the dataset. */
  readonly real?: (candidate: string) => boolean;
}

const ATTEMPTS = 40;
/** The most days that an invented date lies from the true one. */
const DAYS = 365;

/**
 * An invented value of the same kind and form: never the value itself, and none that `taken` knows.
 * It is a function of the secret and the value; a candidate that is taken gives way to the next.
 * Where no other value can be found (a value without letters and digits), the kind in brackets.
 */
export function surrogateFor(value: string, request: SurrogateRequest): string {
  const entity = request.entity === "VALUE" ? guess(value) : request.entity;
  // The true dates, ages and creeds of other people are no secret of theirs, and all are somebody's.
  const moves = entity === "DATE" || entity === "AGE" || isListed(entity);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const secret = attempt === 0 ? request.secret : request.secret.fork(`attempt ${attempt}`);
    const candidate = candidateFor(value, { ...request, entity }, secret);
    if (candidate.toLowerCase() === value.toLowerCase() || request.taken(candidate)) continue;
    if (moves || request.real?.(candidate) !== true) return candidate;
  }
  return `<${request.entity}>`;
}

/** The kind of a cell of a column that nobody named, by its form. */
function guess(value: string): string {
  if (/^\S+@\S+\.\S+$/.test(value)) return "EMAIL";
  if (/^\w{2,8}:\/\/\S+$/.test(value)) return "URL";
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(value)) return "IP_ADDRESS";
  if (readDate(value) !== undefined && value.length <= 30) return "DATE";
  if (/^[+(]?[\d ().-]{7,20}$/.test(value) && /[+() -]/.test(value)) return "PHONE";
  if (/\p{L}.*\d|\d.*\p{L}{3}/u.test(value)) return /\s/.test(value) ? "ADDRESS" : "VALUE";
  return /^[\p{L}\p{M}.'’ ,-]+$/u.test(value) ? "PERSON" : "VALUE";
}

function candidateFor(value: string, request: SurrogateRequest, secret: Random): string {
  const { entity, checksum, real = () => false } = request;
  const own = secret.fork(JSON.stringify([entity, value]));
  switch (entity) {
    case "PERSON":
      return surrogatePerson(value, secret, real);
    case "EMAIL":
      return surrogateEmail(value, secret, real);
    case "PHONE":
      return surrogatePhone(value, own);
    case "URL":
      return surrogateUrl(value, secret);
    case "IP_ADDRESS":
      return surrogateIp(value, own);
    case "LOCATION":
      return surrogateLocation(value, secret, real);
    case "ADDRESS":
    case "ORGANIZATION":
      return surrogateWords(value, secret, real);
    case "DATE":
      return surrogateDate(value, request.person ?? secret, own);
    case "AGE":
      return surrogateAge(value, own);
    default:
      if (isListed(entity)) return surrogateListed(value, entity, own);
      return surrogateIdentifier(value, entity, checksum, own);
  }
}

/** Dates move by one number of days under one secret, so the order of a person's dates stays. */
function surrogateDate(value: string, secret: Random, own: Random): string {
  const read = readDate(value);
  if (read === undefined) return sameForm(value, own);
  const drawn = below(secret.fork("days"), 2 * DAYS);
  return read.write(read.day + (drawn < DAYS ? drawn - DAYS : drawn - DAYS + 1));
}

function surrogateAge(value: string, own: Random): string {
  const drawn = below(own, 6);
  const by = drawn < 3 ? drawn - 3 : drawn - 2;
  return value.replace(/\d+/, (years) => String(Math.max(0, Number(years) + by)));
}
