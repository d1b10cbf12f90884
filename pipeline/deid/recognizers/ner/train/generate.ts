import { below, pick } from "../../../../core/random.ts";
import type { Random } from "../../../../core/types.ts";
import type { Example, Mark } from "./corpus.ts";
import { organization } from "./english-bodies.ts";
import { filler, person, team, venue, type Values } from "./english-values.ts";

const PERSON = 0;
const LOCATION = 1;
const ORGANIZATION = 2;

/** Which names a generated text may hold: those for training, or those kept for measuring. */
export interface Choice {
  readonly held?: boolean;
  readonly origin?: string;
}

/** Fills a template; all its people are of one origin half of the time, as in life. */
export function fill(
  template: string,
  values: Values,
  random: Random,
  choice: Choice = {},
): Example {
  const [shared] = pick(random, values.origins);
  const origin = choice.origin ?? (below(random, 2) === 0 ? shared : undefined);
  let text = "";
  const marks: Mark[] = [];
  for (const part of template.split(/(\{[A-Za-z]\})/)) {
    const slot = /^\{(.)\}$/.exec(part)?.[1];
    if (slot === undefined) {
      text += part;
      continue;
    }
    const [value, kind] = nameFor(slot, values, random, choice.held ?? false, origin);
    const put = value ?? filler(slot, values, random) ?? part;
    if (value !== undefined)
      marks.push({ start: text.length, end: text.length + put.length, kind });
    text += put;
  }
  return { text, marks };
}

function nameFor(
  slot: string,
  values: Values,
  random: Random,
  held: boolean,
  origin: string | undefined,
): [string | undefined, number] {
  const who = (): ReturnType<typeof person> => person(values, random, held, origin);
  switch (slot) {
    case "P": {
      const { full } = who();
      return [full, PERSON];
    }
    case "G":
      return [who().given, PERSON];
    case "F":
      return [who().family, PERSON];
    case "I": {
      const { given, family } = who();
      const form = below(random, 4);
      const first = form === 0 ? given.charAt(0) : `${given.charAt(0)}.`;
      return [form === 1 ? `${family} ${first}` : `${first} ${family}`, PERSON];
    }
    case "R": {
      const { given, family } = who();
      return [`${family}, ${given}`, PERSON];
    }
    case "C":
      return [pick(random, values.cities), LOCATION];
    case "N":
      return [pick(random, values.countries), LOCATION];
    case "S":
      return [pick(random, values.regions), LOCATION];
    case "O":
      return [organization(values, random), ORGANIZATION];
    case "B":
      return [venue(values, random), LOCATION];
    case "T":
      return [team(values, random), ORGANIZATION];
    default:
      return [undefined, 0];
  }
}

/** The example in capitals or small letters; undefined where that would move the marks. */
export function recased(example: Example, how: "upper" | "lower" | "title"): Example | undefined {
  const text =
    how === "upper"
      ? example.text.toUpperCase()
      : how === "lower"
        ? example.text.toLowerCase()
        : example.text.replace(
            /\p{L}[\p{L}'’]*/gu,
            (word) => word.charAt(0).toUpperCase() + word.slice(1),
          );
  return text.length === example.text.length ? { text, marks: example.marks } : undefined;
}

/** Organisations' names by their form: what stands around a company of one word may not stand around a ministry. */
type Bodies = ReadonlyMap<string, readonly string[]>;

/** The organisations of a corpus, as often as it names them. */
export function bodiesOf(examples: readonly Example[]): Bodies {
  const bodies = new Map<string, string[]>();
  for (const { text, marks } of examples) {
    for (const { start, end, kind } of marks) {
      if (kind !== ORGANIZATION) continue;
      const name = text.slice(start, end);
      const form = formOf(name);
      const alike = bodies.get(form);
      if (alike === undefined) bodies.set(form, [name]);
      else alike.push(name);
    }
  }
  return bodies;
}

// How many words a name has, and how its first and last are written.
function formOf(name: string): string {
  const words = name.split(" ");
  const style = (word: string): string =>
    /^\p{Lu}+$/u.test(word) ? "X" : /^\p{Lu}/u.test(word) ? "Xx" : "x";
  return `${Math.min(words.length, 3)} ${style(words[0]!)} ${style(words.at(-1)!)}`;
}

/** The example with its people, half of its places and half of its `bodies` replaced by others. */
export function renamed(example: Example, values: Values, random: Random, bodies: Bodies): Example {
  const [origin] = pick(random, values.origins);
  const known = new Map<string, string>();
  let text = "";
  let at = 0;
  const marks: Mark[] = [];
  for (const { start, end, kind } of example.marks) {
    text += example.text.slice(at, start);
    const old = example.text.slice(start, end);
    let name = known.get(old) ?? replacement(old, kind, values, random, origin, bodies);
    known.set(old, name);
    if (name === "") name = old;
    marks.push({ start: text.length, end: text.length + name.length, kind });
    text += name;
    at = end;
  }
  return { text: text + example.text.slice(at), marks };
}

function replacement(
  old: string,
  kind: number,
  values: Values,
  random: Random,
  origin: string,
  bodies: Bodies,
): string {
  if (kind !== PERSON && below(random, 2) === 0) return old;
  if (kind === ORGANIZATION) {
    return pick(random, bodies.get(formOf(old)) ?? [old]);
  }
  if (kind === LOCATION) {
    return /[ ,\d]/.test(old)
      ? old
      : pick(random, below(random, 3) === 0 ? values.countries : values.cities);
  }
  const who = person(values, random, false, origin);
  const words = old.trim().split(/\s+/).length;
  const name = words > 1 ? who.full : below(random, 2) === 0 ? who.given : who.family;
  if (old === old.toUpperCase()) return name.toUpperCase();
  return old === old.toLowerCase() ? name.toLowerCase() : name;
}
