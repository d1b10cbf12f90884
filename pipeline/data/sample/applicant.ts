import { below, gaussian, pick, uniform } from "../../core/random.ts";
import type { Random } from "../../core/types.ts";
import {
  dayBetween,
  nationalId,
  phoneNumber,
  type Country,
  type Day,
  type Sex,
} from "./identifiers.ts";
import type { Ethnicity, Names, PersonName } from "./names.ts";
import { placeIn, type Place } from "./places.ts";
import type { PlantedEntity } from "./planted.ts";

export interface Applicant {
  readonly country: Country;
  readonly sex: Sex;
  readonly ethnicity: Ethnicity;
  readonly name: PersonName;
  readonly email: string;
  readonly phone: string;
  readonly id: { readonly value: string; readonly entity: PlantedEntity };
  readonly place: Place;
  readonly born: Day;
  readonly age: number;
  readonly income: number;
  readonly employment: Employment;
  readonly amount: number;
  readonly term: number;
  readonly approved: boolean;
}

type Employment = "employed" | "self-employed" | "part-time" | "unemployed" | "retired" | "student";

/** Ages are as of 30 June of this year: a sample does not depend on the day it is written. */
const AS_OF_YEAR = 2025;

/**
 * The planted disparity, in log-odds: what a woman, or a Black applicant, loses against another with
 * the same income, amount and employment.
 */
const SEX_PENALTY = 0.65;
const ETHNICITY_PENALTY = 1.3;

/** An invented applicant; income, employment and amount alone should decide, but do not. */
export function applicant(random: Random, names: Names): Applicant {
  const chance = uniform(random);
  const country: Country = chance < 0.4 ? "CN" : chance < 0.75 ? "US" : "GB";
  const sex: Sex = below(random, 2) === 0 ? "female" : "male";
  const ethnicity = country === "CN" ? "East Asian" : ethnicityOf(random);
  const name = country === "CN" ? names.chinese(random, sex) : names.latin(random, ethnicity, sex);
  const born = dayBetween(random, 1948, 2006);
  const age = AS_OF_YEAR - born.year - (born.month > 6 ? 1 : 0);
  const place = placeIn(random, country);
  const employment = employmentOf(random, age, sex);
  const income = incomeOf(random, employment);
  const amount = Math.max(1000, Math.round((income * (0.1 + 0.8 * uniform(random))) / 500) * 500);
  return {
    country,
    sex,
    ethnicity,
    name,
    email: emailOf(random, name.handle),
    phone: phoneNumber(random, country),
    id: nationalId(random, { country, sex, born, area: place.area }),
    place,
    born,
    age,
    income,
    employment,
    amount,
    term: pick(random, [12, 24, 36, 48, 60, 72]),
    approved: isApproved(random, { income, amount, employment, sex, ethnicity }),
  };
}

/** An address at a domain that exists for examples (RFC 2606). */
export function emailOf(random: Random, handle: string): string {
  const [first, last] = handle.split(".") as [string, string];
  const local = pick(random, [
    handle,
    handle,
    first + last,
    `${first}_${last}`,
    `${first.slice(0, 1)}${last}${below(random, 100)}`,
    `${last}.${first}${1950 + below(random, 56)}`,
  ]);
  const domain = pick(random, ["example.com", "example.org", "example.net", "mail.example.com"]);
  return `${local}@${domain}`;
}

function ethnicityOf(random: Random): Ethnicity {
  const chance = uniform(random);
  if (chance < 0.46) return "White";
  if (chance < 0.68) return "Black";
  if (chance < 0.82) return "South Asian";
  return chance < 0.95 ? "Hispanic" : "East Asian";
}

function employmentOf(random: Random, age: number, sex: Sex): Employment {
  if (age >= 66) return below(random, 5) === 0 ? "employed" : "retired";
  if (age < 23 && below(random, 3) === 0) return "student";
  const chance = uniform(random);
  const partTime = sex === "female" ? 0.13 : 0.11;
  if (chance < partTime) return "part-time";
  if (chance < partTime + 0.07) return "unemployed";
  return chance < partTime + 0.2 ? "self-employed" : "employed";
}

const medianIncome: Readonly<Record<Employment, number>> = {
  employed: 46_000,
  "self-employed": 44_000,
  "part-time": 25_000,
  unemployed: 14_000,
  retired: 27_000,
  student: 12_000,
};

function incomeOf(random: Random, employment: Employment): number {
  const income = medianIncome[employment] * Math.exp(0.45 * gaussian(random));
  return Math.round(income / 100) * 100;
}

const employmentScore: Readonly<Record<Employment, number>> = {
  employed: 0.4,
  "self-employed": 0.1,
  "part-time": 0.1,
  unemployed: -1,
  retired: 0.3,
  student: -0.3,
};

function isApproved(
  random: Random,
  of: Pick<Applicant, "income" | "amount" | "employment" | "sex" | "ethnicity">,
): boolean {
  const score =
    0.4 +
    Math.log(of.income / 36_000) -
    1.4 * (of.amount / of.income - 0.5) +
    employmentScore[of.employment] -
    (of.sex === "female" ? SEX_PENALTY : 0) -
    (of.ethnicity === "Black" ? ETHNICITY_PENALTY : 0);
  return uniform(random) < 1 / (1 + Math.exp(-score));
}
