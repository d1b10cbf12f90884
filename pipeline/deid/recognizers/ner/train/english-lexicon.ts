import { phraseHash } from "../english-encoder.ts";
import { seededRandom } from "../../../../core/random.ts";
import { facts, MEMBER } from "../english-units.ts";
import { hashText } from "../hash.ts";
import { clusterTree } from "./clusters.ts";
import { buildBloom, buildLexicon } from "../lexicon.ts";
import { kinds, tokenize } from "../tokens.ts";
import { plain, type Values } from "./english-values.ts";
import type { NamePool } from "./names.ts";
import {
  cities,
  countryNames,
  nameFile,
  plainTexts,
  wordNetNouns,
  type Sources,
} from "./sources.ts";
import { wordVectors } from "./word-vectors.ts";

/** Tables of the English model, as `createEnglishEncoder` reads them, and what templates draw from. */
export interface EnglishLexicon {
  readonly tables: Readonly<Record<string, Uint8Array>>;
  readonly values: Values;
}

const CLUSTERED = 100_000;

// WordNet's lexicographer files (lexnames(5WN)).
const GROUP = 14;
const LOCATION = 15;
const OBJECT = 17;
const PERSON = 18;

const otherCountries =
  "America|USA|U.S.|US|U.S.A.|UK|U.K.|Britain|Great Britain|England|Scotland|Wales|Northern Ireland|Soviet Union|USSR|Czech Republic|Ivory Coast|Burma|Holland|Yugoslavia|Macedonia|Zaire|Korea|Congo|UAE|Bosnia|Swaziland|Tibet|Kurdistan|Chechnya|East Timor|Republic of Ireland|Europe|Asia|Africa|Middle East|Latin America|North America|South America|Central America|Caribbean|Balkans|Kosovo|Palestine|West Bank|Gaza".split(
    "|",
  );
// Written often, so drawn often.
const abbreviated = [
  "U.S.",
  "U.S.",
  "U.S.",
  "U.K.",
  "U.S.A.",
  "US",
  "USA",
  "UK",
  "America",
  "England",
  "England",
];
const regions =
  "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia|Wisconsin|Wyoming|Ontario|Quebec|Alberta|Manitoba|Saskatchewan|Nova Scotia|New Brunswick|British Columbia|Bavaria|Saxony|Hesse|Tuscany|Lombardy|Sicily|Sardinia|Catalonia|Andalusia|Galicia|Brittany|Normandy|Provence|Corsica|Flanders|Wallonia|Crimea|Siberia|Punjab|Kerala|Gujarat|Bihar|Maharashtra|Tamil Nadu|Karnataka|Rajasthan|Kashmir|Assam|Sindh|Guangdong|Sichuan|Hubei|Hunan|Henan|Hebei|Shandong|Shanxi|Yunnan|Fujian|Zhejiang|Jiangsu|Xinjiang|Hokkaido|Okinawa|Kyushu|New South Wales|Queensland|Tasmania|Yorkshire|Lancashire|Kent|Surrey|Sussex|Essex|Devon|Cornwall|Somerset|Norfolk|Suffolk|Hampshire|Derbyshire|Leicestershire|Warwickshire|Worcestershire|Gloucestershire|Nottinghamshire|Northamptonshire|Durham|Glamorgan|Middlesex|Ulster|Munster|Leinster|Oaxaca|Chiapas|Jalisco|Bahia|Minas Gerais|Patagonia|Darfur|KwaZulu-Natal|Gauteng|Chubut|Anatolia|Transylvania|Moravia|Bohemia|Galilee|Sinai|Aceh|Java|Sumatra|Borneo|Mindanao|Luzon".split(
    "|",
  );
/** What people of a country, a continent or a religion are called. */
export const demonyms: readonly string[] =
  "American|British|English|Scottish|Welsh|Irish|French|German|Italian|Spanish|Portuguese|Dutch|Belgian|Swiss|Austrian|Swedish|Norwegian|Danish|Finnish|Icelandic|Polish|Czech|Slovak|Hungarian|Romanian|Bulgarian|Serbian|Serb|Croatian|Croat|Bosnian|Slovenian|Albanian|Greek|Turkish|Cypriot|Russian|Ukrainian|Belarusian|Chechen|Georgian|Armenian|Azerbaijani|Kazakh|Uzbek|Chinese|Japanese|Korean|South Korean|North Korean|Taiwanese|Vietnamese|Thai|Indonesian|Malaysian|Filipino|Indian|Pakistani|Bangladeshi|Sri Lankan|Nepali|Afghan|Iranian|Iraqi|Syrian|Lebanese|Jordanian|Israeli|Palestinian|Saudi|Kuwaiti|Yemeni|Egyptian|Libyan|Tunisian|Algerian|Moroccan|Sudanese|Ethiopian|Somali|Kenyan|Ugandan|Tanzanian|Rwandan|Nigerian|Ghanaian|Senegalese|Ivorian|Congolese|Angolan|Zambian|Zimbabwean|South African|Mexican|Cuban|Colombian|Venezuelan|Peruvian|Chilean|Argentine|Brazilian|Canadian|Australian|New Zealander|European|Asian|African|Arab|Muslim|Jewish|Christian|Catholic|Kurdish|Tibetan|Soviet|Latvian|Lithuanian|Estonian|Maltese|Burmese|Cambodian|Mongolian".split(
    "|",
  );

/** Everything the English model looks up. `texts` are more running texts to count words in. */
export function englishLexicon(
  sources: Sources,
  pools: Readonly<Record<string, NamePool>>,
  texts: readonly string[],
): EnglishLexicon {
  const entries = new Map<number, number>();
  const phrases = new Map<number, number>();
  const say = (words: string, fact: number, phraseFact = 0): void => {
    const parts = wordsOf(words);
    if (parts.length === 1) note(entries, hashText(parts[0]!), fact);
    else if (parts.length > 1 && parts.length <= 4 && phraseFact > 0)
      note(phrases, phraseHash(parts), phraseFact);
  };
  for (const [, { given, family }] of Object.entries(pools)) {
    for (const name of given)
      for (const part of name.split(" "))
        for (const form of [part, plain(part)]) say(form, facts.given);
    for (const name of family)
      for (const part of name.split(" "))
        for (const form of [part, plain(part)]) say(form, facts.family);
  }
  const known = cities(sources, 15_000);
  for (const { name } of known)
    for (const form of new Set([name, plain(name)])) say(form, facts.city, facts.placePhrase);
  const countries = [...new Set([...countryNames("en"), ...otherCountries])]
    .map((name) => name.replace(/ \(.*\)$/, ""))
    .sort();
  for (const name of countries) say(name, facts.country, facts.placePhrase);
  for (const name of regions) say(name, facts.region, facts.placePhrase);
  for (const name of demonyms) for (const part of name.split(" ")) say(part, facts.demonym);
  addWordNet(sources, say);
  const counts = countWords([...plainTexts(sources), ...texts]);
  for (const [word, [small, capital]] of counts) {
    const total = small + capital;
    if (total < 4) continue;
    const fact =
      small >= 0.8 * total ? facts.mostlySmall : small <= 0.2 * total ? facts.mostlyCapital : 0;
    note(entries, hashText(word), fact | (total > 50 && small * 2 > total ? facts.common : 0));
  }
  for (const [hash, fact] of phrases) note(entries, hash, fact);
  const wide = (name: string): string[] =>
    Object.keys(JSON.parse(nameFile(sources, name)) as object).sort();
  const [wideGiven, wideFamily] = [wide("first-names.json"), wide("last-names.json")];
  const frequent = [...counts]
    .filter(([word, [small]]) => small > 20 && /^[a-z]{3,10}$/.test(word))
    .map(([word]) => word);
  const instances = (wanted: number, form: RegExp): string[] => [
    ...new Set(
      [...wordNetNouns(sources)]
        .filter(({ lemma, file, instance }) => file === wanted && instance && form.test(lemma))
        .map(({ lemma }) => lemma),
    ),
  ];
  const isName = (name: string): boolean =>
    /^[a-z]{3,14}$/.test(name) && (counts.get(name)?.[0] ?? 0) < 2;
  const named = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
  return {
    tables: {
      words: new Uint8Array(buildLexicon(entries).slots.buffer),
      given: buildBloom(wideGiven.map((name) => hashText(name))),
      family: buildBloom(wideFamily.map((name) => hashText(name))),
      clusters: new Uint8Array(buildLexicon(wordClusters(sources)).slots.buffer),
    },
    values: {
      // Names made of syllables have too many forms to be learnt from one share in twenty-seven.
      origins: Object.entries(pools).flatMap((entry) =>
        entry[1].joins === undefined ? [entry] : [entry, entry, entry],
      ),
      famous: instances(PERSON, /^\p{Lu}[\p{L}'-]+(?: \p{Lu}[\p{L}'.-]*){1,2}$/u),
      bodies: instances(GROUP, /^\p{Lu}.{1,38}$/u),
      wideGiven: wideGiven.filter(isName).map(named),
      wideFamily: wideFamily.filter(isName).map(named),
      cities: known
        .slice(0, 12_000)
        .map(({ name }) => name)
        .filter((name) => name.length < 24 && !/[,()/]/.test(name)),
      countries: [
        ...countries.filter((name) => name.length < 26 && !/[&.]/.test(name)),
        ...abbreviated,
      ],
      regions,
      demonyms,
      words: frequent.sort(),
    },
  };
}

function note(entries: Map<number, number>, hash: number, fact: number): void {
  entries.set(hash, (entries.get(hash) ?? 0) | fact);
}

// Words of running news and encyclopedia text, which names among them share clusters with names seen in training.
function wordClusters(sources: Sources): Map<number, number> {
  const vectors = wordVectors(sources, CLUSTERED);
  const ids = clusterTree(vectors, [8, 4], seededRandom("word clusters"));
  return new Map(vectors.words.map((word, i) => [hashText(word), MEMBER | ids[i]!]));
}

function addWordNet(
  sources: Sources,
  say: (words: string, fact: number, phrase?: number) => void,
): void {
  for (const { lemma, file, instance } of wordNetNouns(sources)) {
    const proper = /^\p{Lu}/u.test(lemma);
    if (file === PERSON && !proper) say(lemma, facts.person);
    else if (file === PERSON && instance && !lemma.includes(" ")) say(lemma, facts.family);
    else if ((file === LOCATION || (file === OBJECT && proper)) && instance)
      say(lemma, facts.region, facts.placePhrase);
    else if (file === GROUP && proper) say(lemma, facts.organization, facts.organizationPhrase);
  }
}

/** How often each word stands with a small and with a capital first letter, not at a sentence's start. */
function countWords(texts: readonly string[]): Map<string, [small: number, capital: number]> {
  const counts = new Map<string, [number, number]>();
  for (const text of texts) {
    const tokens = tokenize(text);
    for (let t = 1; t < tokens.n; t++) {
      if (
        tokens.kinds[t] !== kinds.word ||
        tokens.kinds[t - 1] === kinds.mark ||
        tokens.breaks[t] === 1
      )
        continue;
      const word = text.slice(tokens.starts[t], tokens.ends[t]);
      const lower = word.toLowerCase();
      let pair = counts.get(lower);
      if (pair === undefined) counts.set(lower, (pair = [0, 0]));
      if (word === lower) pair[0]++;
      else if (word.slice(1) === lower.slice(1)) pair[1]++;
    }
  }
  return counts;
}

/** The lower-case tokens of a phrase. */
function wordsOf(phrase: string): string[] {
  const tokens = tokenize(phrase);
  return Array.from({ length: tokens.n }, (_, t) =>
    phrase.slice(tokens.starts[t], tokens.ends[t]).toLowerCase(),
  );
}
