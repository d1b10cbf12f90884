import { below, pick } from "../../core/random.ts";
import type { Random } from "../../core/types.ts";
import type { PlantedEntity } from "./planted.ts";

export type Country = "US" | "GB" | "CN";
export type Sex = "female" | "male";

/** A calendar date. */
export interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** `n` decimal digits. */
export function digits(random: Random, n: number): string {
  let text = "";
  while (text.length < n) text += String(below(random, 10));
  return text;
}

/** ISO 8601. */
export function isoDay({ year, month, day }: Day): string {
  return `${year}-${two(month)}-${two(day)}`;
}

/** A day between the first of January of one year and the 28th of December of another. */
export function dayBetween(random: Random, from: number, to: number): Day {
  return {
    year: from + below(random, to - from + 1),
    month: 1 + below(random, 12),
    day: 1 + below(random, 28),
  };
}

const monthNames = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** A day as people of a country write it. */
export function writtenDay(random: Random, day: Day, country: Country): string {
  const month = monthNames[day.month - 1]!;
  const forms: Readonly<Record<Country, readonly string[]>> = {
    US: [
      `${month} ${day.day}, ${day.year}`,
      `${two(day.month)}/${two(day.day)}/${day.year}`,
      `${month.slice(0, 3)} ${day.day}, ${day.year}`,
      isoDay(day),
    ],
    GB: [
      `${day.day} ${month} ${day.year}`,
      `${two(day.day)}/${two(day.month)}/${day.year}`,
      `${day.day} ${month.slice(0, 3)} ${day.year}`,
      isoDay(day),
    ],
    CN: [
      `${day.year}年${day.month}月${day.day}日`,
      isoDay(day),
      `${day.year}年${two(day.month)}月${two(day.day)}日`,
      `${day.year}/${two(day.month)}/${two(day.day)}`,
    ],
  };
  return pick(random, forms[country]);
}

/** The national identifier of a person; `area` is the six-digit county code of a Chinese one. */
export function nationalId(
  random: Random,
  person: {
    readonly country: Country;
    readonly sex: Sex;
    readonly born: Day;
    readonly area: string;
  },
): { readonly value: string; readonly entity: PlantedEntity } {
  switch (person.country) {
    case "US":
      return { value: socialSecurityNumber(random), entity: "US_SSN" };
    case "GB":
      return { value: insuranceNumber(random), entity: "UK_NINO" };
    case "CN":
      return { value: residentId(random, person), entity: "CN_RESIDENT_ID" };
  }
}

/** Areas 773 to 899 were first opened in 2011, so that no adult has one. */
function socialSecurityNumber(random: Random): string {
  const group = two(1 + below(random, 99));
  const serial = String(1 + below(random, 9999)).padStart(4, "0");
  return `${773 + below(random, 127)}-${group}-${serial}`;
}

function insuranceNumber(random: Random): string {
  const unused = ["BG", "GB", "KN", "NK", "NT", "TN", "ZZ"];
  let prefix = "GB";
  while (unused.includes(prefix)) {
    prefix =
      pick(random, Array.from("ABCEGHJKLMNPRSTWXYZ")) +
      pick(random, Array.from("ABCEGHJKLMNPRSTWXYZ"));
  }
  const number = digits(random, 6);
  const suffix = pick(random, Array.from("ABCD"));
  if (below(random, 3) === 0) return prefix + number + suffix;
  return `${prefix} ${number.slice(0, 2)} ${number.slice(2, 4)} ${number.slice(4)} ${suffix}`;
}

/** GB 11643-1999: county, birth date, sequence (odd for men) and a check by ISO 7064 MOD 11-2. */
function residentId(
  random: Random,
  { sex, born, area }: { readonly sex: Sex; readonly born: Day; readonly area: string },
): string {
  const sequence = below(random, 499) * 2 + (sex === "male" ? 1 : 2);
  const body = `${area}${isoDay(born).replaceAll("-", "")}${String(sequence).padStart(3, "0")}`;
  let sum = 0;
  for (const [i, digit] of Array.from(body).entries()) sum += Number(digit) * (2 ** (17 - i) % 11);
  return body + "10X98765432"[sum % 11]!;
}

/** Numbers set aside for fiction in the United States and Britain; for China any mobile number. */
export function phoneNumber(random: Random, country: Country): string {
  switch (country) {
    case "US": {
      const area = pick(random, [
        "212",
        "206",
        "312",
        "415",
        "512",
        "617",
        "702",
        "303",
        "404",
        "503",
      ]);
      const line = `01${digits(random, 2)}`;
      return pick(random, [
        `(${area}) 555-${line}`,
        `${area}-555-${line}`,
        `+1 ${area} 555 ${line}`,
        `${area}.555.${line}`,
      ]);
    }
    case "GB": {
      const last = digits(random, 3);
      return pick(random, [
        `020 7946 0${last}`,
        `+44 20 7946 0${last}`,
        `0113 496 0${last}`,
        `0161 496 0${last}`,
        `+44 121 496 0${last}`,
        `(0117) 496 0${last}`,
      ]);
    }
    case "CN": {
      const network = pick(random, ["135", "136", "138", "139", "150", "158", "177", "186", "188"]);
      const [middle, last] = [digits(random, 4), digits(random, 4)];
      return pick(random, [
        network + middle + last,
        network + middle + last,
        `${network}-${middle}-${last}`,
        `${network} ${middle} ${last}`,
        `+86 ${network} ${middle} ${last}`,
      ]);
    }
  }
}

/** ISO 13616: the bank codes are those of the registry's examples. */
export function iban(random: Random): string {
  const [country, bank, accountDigits] = pick(random, [
    ["GB", "NWBK601613", 8],
    ["DE", "37040044", 10],
    ["NL", "ABNA", 10],
    ["ES", "2100041845", 10],
    ["CH", "00762", 12],
  ] as const);
  const body = bank + digits(random, accountDigits);
  const numbers = Array.from(`${body}${country}00`)
    .map((c) => parseInt(c, 36))
    .join("");
  const check = two(98 - Number(BigInt(numbers) % 97n));
  const whole = country + check + body;
  return below(random, 2) === 0 ? whole : whole.replace(/.{4}(?=.)/g, "$& ");
}

/** A number with the first digits that card networks use for tests, and a right check digit. */
export function paymentCard(random: Random): string {
  const start = pick(random, ["411111", "424242", "400000", "555555", "222300", "378282"]);
  const amex = start.startsWith("37");
  const body = start + digits(random, amex ? 8 : 9);
  const whole = body + luhnDigit(body);
  const parts = amex ? /^(.{4})(.{6})(.{5})$/ : /^(.{4})(.{4})(.{4})(.{4})$/;
  return pick(random, [
    whole,
    parts.exec(whole)!.slice(1).join(" "),
    parts.exec(whole)!.slice(1).join("-"),
  ]);
}

/** Addresses set aside for documentation (RFC 5737 and RFC 3849). */
export function ipAddress(random: Random): string {
  const last = 1 + below(random, 254);
  const net = pick(random, ["192.0.2", "198.51.100", "203.0.113"]);
  if (below(random, 5) > 0) return `${net}.${last}`;
  return `2001:db8:${below(random, 0xffff).toString(16)}::${last.toString(16)}`;
}

/** A page of a site that exists for examples (RFC 2606). */
export function url(random: Random, handle: string): string {
  const number = digits(random, 6);
  return pick(random, [
    `https://portal.example.com/applications/${number}`,
    `https://www.example.org/people/${handle}`,
    `http://${handle}.example.net/`,
    `https://files.example.com/s/${number}?owner=${handle}`,
    `www.example.com/profile/${handle}`,
  ]);
}

function luhnDigit(body: string): string {
  let sum = 0;
  for (const [i, digit] of Array.from(body).reverse().entries()) {
    const value = Number(digit) * (i % 2 === 0 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return String((10 - (sum % 10)) % 10);
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}
