import { pick } from "../../core/random.ts";
import type { Random } from "../../core/types.ts";
import { recognizers } from "../recognizers/index.ts";
import type { TextRecognizer } from "../recognizers/recognizer.ts";
import { caseLike } from "./person.ts";

const HAN = /[\u3400-\u9fff]/;
/** Words of each kind that a list defines, in Latin letters and in Chinese. */
const lists = new Map<string, { readonly latin: string[]; readonly han: string[] }>();
for (const { entity, words } of Object.values<TextRecognizer>(recognizers)) {
  if (words === undefined) continue;
  const list = lists.get(entity) ?? { latin: [], han: [] };
  // "Believes in Buddhism" is found whole and would stand twice behind its own verb.
  for (const word of words.words.filter((w) => !w.startsWith("信")))
    (HAN.test(word) ? list.han : list.latin).push(word);
  lists.set(entity, list);
}

/** Whether values of a kind are words of a list: a religion, an illness, a job. */
export function isListed(entity: string): boolean {
  return lists.has(entity);
}

/** Another word of the kind, in the script, case and number of the one shown. */
export function surrogateListed(value: string, entity: string, random: Random): string {
  const { latin, han } = lists.get(entity)!;
  const shown = value.toLowerCase();
  const words = HAN.test(value) ? han : latin;
  const plural = !words.includes(shown) && words.some((word) => shown === `${word}s`);
  const others = words.filter((word) => word !== shown && `${word}s` !== shown);
  const drawn = pick(random, others);
  const word = plural && /[a-rt-z]$/.test(drawn) ? `${drawn}s` : drawn;
  return /^\p{Lu}\p{Ll}/u.test(value) ? capital(word) : caseLike(word, value);
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
