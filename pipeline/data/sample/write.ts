import { mkdir, open } from "node:fs/promises";
import { join as joinPath } from "node:path";
import { PipelineError } from "../../core/error.ts";
import { below, pick, seededRandom } from "../../core/random.ts";
import type { Random } from "../../core/types.ts";
import { applicant, emailOf, type Applicant } from "./applicant.ts";
import {
  dayBetween,
  digits,
  iban,
  ipAddress,
  isoDay,
  paymentCard,
  phoneNumber,
  url,
  writtenDay,
} from "./identifiers.ts";
import { ethnicities, loadNames, type Names } from "./names.ts";
import { noteTemplates, purposes, type Language } from "./notes.ts";
import { placeIn } from "./places.ts";
import {
  fill,
  join,
  plantedEntities,
  type Filling,
  type PlantedEntity,
  type PlantedText,
} from "./planted.ts";

export interface SampleSummary {
  readonly data: string;
  readonly truth: string;
  readonly rows: number;
  /** Planted values of each kind. */
  readonly planted: Readonly<Record<PlantedEntity, number>>;
}

export const sampleColumns = [
  "application_id",
  "name",
  "email",
  "phone",
  "national_id",
  "address",
  "birth_date",
  "age",
  "sex",
  "ethnicity",
  "postcode",
  "income",
  "employment",
  "amount",
  "term_months",
  "notes",
  "approved",
] as const;
type ColumnName = (typeof sampleColumns)[number];

const ROWS_PER_WRITE = 256;

/**
 * Writes invented loan applications as `loans.csv`, and as `loans.truth.jsonl` where every personal
 * value stands: one `{row, spans: [{column, start, end, entity}]}` a row, offsets in UTF-16 units of
 * the cell. One seed gives the same bytes; more rows leave the first as they were. Approval depends on
 * income, amount and employment, and unfairly on sex and ethnicity. Nobody in it exists: identifiers
 * come from ranges set aside for examples where there are such.
 */
export async function writeSample(
  directory: string,
  options: { readonly rows: number; readonly seed: string },
): Promise<SampleSummary> {
  if (!Number.isSafeInteger(options.rows) || options.rows < 1) {
    throw new PipelineError("usage", "a sample has at least one row");
  }
  const names = await loadNames();
  const random = seededRandom(options.seed);
  const planted = Object.fromEntries(plantedEntities.map((entity) => [entity, 0])) as Record<
    PlantedEntity,
    number
  >;
  await mkdir(directory, { recursive: true });
  const data = joinPath(directory, "loans.csv");
  const truth = joinPath(directory, "loans.truth.jsonl");
  const dataFile = await open(data, "w");
  const truthFile = await open(truth, "w");
  try {
    let csv = `${sampleColumns.join(",")}\n`;
    let json = "";
    for (let row = 0; row < options.rows; row++) {
      const cells = sampleRow(random.fork(`row ${row}`), row, names);
      csv += `${sampleColumns.map((column) => csvField(cells[column].text)).join(",")}\n`;
      const spans = sampleColumns.flatMap((column) =>
        cells[column].spans.map((span) => ({ column, ...span })),
      );
      for (const { entity } of spans) planted[entity]++;
      json += `${JSON.stringify({ row, spans })}\n`;
      if ((row + 1) % ROWS_PER_WRITE === 0 || row + 1 === options.rows) {
        await dataFile.write(csv);
        await truthFile.write(json);
        csv = "";
        json = "";
      }
    }
  } finally {
    await dataFile.close();
    await truthFile.close();
  }
  return { data, truth, rows: options.rows, planted };
}

function sampleRow(random: Random, row: number, names: Names): Record<ColumnName, PlantedText> {
  const person = applicant(random, names);
  const plain = (value: string | number): PlantedText => ({ text: String(value), spans: [] });
  const planted = (text: string, entity: PlantedEntity): PlantedText => ({
    text,
    spans: [{ start: 0, end: text.length, entity }],
  });
  // A few applications lack a mail address, a phone or a note.
  const unlessMissing = (text: PlantedText) => (below(random, 40) === 0 ? plain("") : text);
  return {
    application_id: plain(`LN-${100_000 + row}`),
    name: planted(person.name.full, "PERSON"),
    email: unlessMissing(planted(person.email, "EMAIL")),
    phone: unlessMissing(planted(person.phone, "PHONE")),
    national_id: planted(person.id.value, person.id.entity),
    address: planted(person.place.address, "ADDRESS"),
    birth_date: planted(isoDay(person.born), "DATE"),
    age: plain(person.age),
    sex: plain(person.sex),
    ethnicity: plain(person.ethnicity),
    postcode: plain(person.place.postcode),
    income: plain(person.income),
    employment: plain(person.employment),
    amount: plain(person.amount),
    term_months: plain(person.term),
    notes: unlessMissing(note(random, person, names)),
    approved: plain(person.approved ? "yes" : "no"),
  };
}

function note(random: Random, person: Applicant, names: Names): PlantedText {
  const language: Language = person.country === "CN" ? "zh" : "en";
  const other = () =>
    language === "zh"
      ? names.chinese(random, pick(random, ["female", "male"]))
      : names.latin(random, pick(random, ethnicities), pick(random, ["female", "male"]));
  const spouse = other();
  const slots: Readonly<Record<string, () => Filling>> = {
    name: () => ({ value: person.name.full, entity: "PERSON" }),
    first: () => ({ value: person.name.first, entity: "PERSON" }),
    spouse: () => ({ value: spouse.full, entity: "PERSON" }),
    officer: () => ({ value: other().full, entity: "PERSON" }),
    email: () => ({ value: person.email, entity: "EMAIL" }),
    otheremail: () => ({ value: emailOf(random, spouse.handle), entity: "EMAIL" }),
    phone: () => ({ value: person.phone, entity: "PHONE" }),
    otherphone: () => ({ value: phoneNumber(random, person.country), entity: "PHONE" }),
    id: () => person.id,
    birth: () => ({ value: writtenDay(random, person.born, person.country), entity: "DATE" }),
    date: () => ({
      value: writtenDay(random, dayBetween(random, 2022, 2024), person.country),
      entity: "DATE",
    }),
    address: () => ({ value: person.place.address, entity: "ADDRESS" }),
    otheraddress: () => ({ value: placeIn(random, person.country).address, entity: "ADDRESS" }),
    iban: () => ({ value: iban(random), entity: "IBAN" }),
    card: () => ({ value: paymentCard(random), entity: "PAYMENT_CARD" }),
    ip: () => ({ value: ipAddress(random), entity: "IP_ADDRESS" }),
    otherip: () => ({ value: ipAddress(random), entity: "IP_ADDRESS" }),
    url: () => ({ value: url(random, person.name.handle), entity: "URL" }),
    idlabel: () => ({ value: person.country === "US" ? "SSN" : "NI number" }),
    amount: () => ({ value: money(person) }),
    term: () => ({ value: String(person.term) }),
    purpose: () => ({ value: pick(random, purposes[language]) }),
    percent: () => ({ value: String(10 + below(random, 40)) }),
    number: () => ({ value: digits(random, 5) }),
  };
  const texts = noteTemplates(random, language).map((template) =>
    fill(template, (slot) => {
      const filling = slots[slot];
      if (filling === undefined) throw new PipelineError("internal", `no filling for ${slot}`);
      return filling();
    }),
  );
  const separator = below(random, 12) === 0 ? "\n" : language === "zh" ? "" : " ";
  return join(texts, separator);
}

function money({ amount, country }: Applicant): string {
  const grouped = String(amount).replace(/\B(?=(\d{3})+$)/g, ",");
  return country === "CN" ? `${amount}元` : `${country === "US" ? "$" : "£"}${grouped}`;
}

function csvField(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
