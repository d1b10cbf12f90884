/** The kinds of personal values that are planted. */
export const plantedEntities = [
  "PERSON",
  "EMAIL",
  "PHONE",
  "ADDRESS",
  "DATE",
  "US_SSN",
  "UK_NINO",
  "CN_RESIDENT_ID",
  "IBAN",
  "PAYMENT_CARD",
  "IP_ADDRESS",
  "URL",
] as const;
export type PlantedEntity = (typeof plantedEntities)[number];

/** Where a planted value stands in its cell: half-open, in UTF-16 units. */
interface PlantedSpan {
  readonly start: number;
  readonly end: number;
  readonly entity: PlantedEntity;
}

/** A value and what it is; without an entity it is no personal value. */
export interface Filling {
  readonly value: string;
  readonly entity?: PlantedEntity;
}

export interface PlantedText {
  readonly text: string;
  readonly spans: readonly PlantedSpan[];
}

/** Fills the `{slots}` of a template in order and records where the personal values came to stand. */
export function fill(template: string, fillingOf: (slot: string) => Filling): PlantedText {
  let text = "";
  const spans: PlantedSpan[] = [];
  for (const [i, part] of template.split(/[{}]/).entries()) {
    if (i % 2 === 0) {
      text += part;
      continue;
    }
    const { value, entity } = fillingOf(part);
    if (entity !== undefined) {
      spans.push({ start: text.length, end: text.length + value.length, entity });
    }
    text += value;
  }
  return { text, spans };
}

/** Texts one after the other, with a separator between them. */
export function join(texts: readonly PlantedText[], separator: string): PlantedText {
  let text = "";
  const spans: PlantedSpan[] = [];
  for (const part of texts) {
    if (text !== "") text += separator;
    for (const { start, end, entity } of part.spans) {
      spans.push({ start: start + text.length, end: end + text.length, entity });
    }
    text += part.text;
  }
  return { text, spans };
}
