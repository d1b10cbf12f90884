import type { Match } from "./match.ts";
import type { TextRecognizer } from "./recognizer.ts";
import { traits } from "./traits.ts";

const SUFFIX = String.raw`(?:street|st|avenue|ave|av|road|rd|boulevard|blvd|drive|dr|lane|ln|court|ct|circle|cir|place|pl|square|sq|terrace|ter|trail|trl|parkway|pkwy|highway|hwy|freeway|turnpike|way|alley|crescent|cres|close|gardens|gdns|grove|mews|row|quay|wharf|loop|plaza|pike|ridge|view|hill|hills|heights|park|walk|green|rise|vale|crossing|run|point|route|esplanade|parade|track|lodge|mount|bypass|junction|ford|common|springs|meadow|meadows|creek|canyon|harbor|harbour|isle|landing|manor|mill|mills|station|spur|summit|union|villages?|vista|causeway|ramp|rapids?|shoals?|skyway|stravenue|throughway|trace|tunnel|underpass|viaduct|via|rue|bluffs?|bottom|branch|bridge|brooks?|burgs?|camp|cape|cent(?:er|re)s?|corners?|coves?|dale|dam|divide|estates?|expressway|extensions?|falls?|ferry|fields?|flats?|forges?|forks?|fort|garden|gateway|glens?|greens|groves|haven|hollow|inlet|islands?|keys?|knolls?|lakes?|lights?|locks?|motorway|mountains?|neck|orchard|oval|overpass|pass|passage|path|pines|plains?|ports?|prairie|radial|ranch|rest|ridges|river|roads|shores?|spring|squares|stream|streets|trafficway|valleys?|views|walks|wall|ways|wells?|crossroads?|cliffs?|club|course|crest|curve|harbors|hollow|unions|trails|throughway|stravenue|rapid|shoal|mews|ville)`;
const suffix = new RegExp(String.raw`(?<=[\w.'] )${SUFFIX}\b\.?`, "gi");
/** Kinds of streets that are more often something else. */
const rarely =
  /^(?:summit|union|station|villages?|common|mission|mills?|ford|springs|harbou?r|landing|junction|trace|track|parade|tunnel|park|view|run|point|ring|manor|lodge|mount|isle|park|plaza|square|court|gardens|circle|hills?|heights|walk|green|rise|route|quay|close|loop|row|via|rue)\.?$/i;
/** Kinds of streets in American directories that are mostly other things elsewhere. */
const directory =
  /^(?:bluffs?|bottom|branch|bridge|brooks?|burgs?|camp|cape|cent(?:er|re)s?|corners?|coves?|dale|dam|divide|estates?|expressway|extensions?|falls?|ferry|fields?|flats?|forges?|forks?|fort|garden|gateway|glens?|greens|groves|haven|hollow|inlet|islands?|keys?|knolls?|lakes?|lights?|locks?|motorway|mountains?|neck|orchard|oval|overpass|pass|passage|path|pines|plains?|ports?|prairie|radial|ranch|rest|ridges|river|roads|shores?|spring|squares|stream|streets|trafficway|valleys?|views|walks|wall|ways|wells?|crossroads?|cliffs?|club|course|crest|curve|harbors|hollow|unions|trails|throughway|stravenue|rapid|shoal|mews|ville)\.?$/i;
/** House number and the words of the name, ending just before the suffix. */
const before =
  /(?:^|[^\w.,$€£#/-])((?:\d{1,6}[A-Za-z]?(?:[-/]\d{1,5}[A-Za-z]?)?|[A-Z]\d{1,4}),? (?:(?:[NSEW]|[NS][EW]|North|South|East|West|Old|New|Upper|Lower)\.? )?(?:(?:[A-Z0-9\u00c0-\u024f][\w\u00c0-\u024f.'-]{0,24}|of|the|de|la|du|des|del|von|van|der) ){1,5})$/;
/** Streets of other countries: the kind of street first, the number last. */
const europe =
  /\b(?:rue|avenue|boulevard|place|chemin|allée|impasse|quai|via|viale|piazza|piața|bulevardul|calea|aleea|strada|corso|largo|vicolo|strada|calle|carrer|avenida|paseo|plaza|ronda|camino|travesía|rua|travessa|praça|alameda|ulica|ul\.|aleja|al\.|plac|os\.|bulw\.|jardines|edificio|urbanización|glorieta|bajada|rambla|vía)(?: (?:[\p{Lu}\d][\p{L}\p{M}\d.'-]{0,24}|de|del|della|dei|delle|di|da|du|des|la|le|las|los|les|el|do|dos|y|et|e|d'\p{L}+|l'\p{L}+)){1,6},? (?:n[.º°o]? ?)?\d{1,5}(?: ?[a-z]\b)?(?:\/\d{1,4})?/giu;
const europeFirst =
  /(?<![\w.,-])\d{1,4}(?: ?(?:bis|ter|[a-d]))?,? (?:rue|avenue|boulevard|bd|place|chemin|allée|impasse|quai|cours|square|route)(?: (?:[\p{Lu}\d][\p{L}\p{M}.'-]{0,24}|de|du|des|la|le|les|et|d'\p{L}+|l'\p{L}+)){1,6}/giu;
/** German, Dutch and Nordic compounds: Hauptstraße 5, Keizersgracht 12, Storgatan 3. */
const compound =
  /(?<![\p{L}\d])\p{Lu}[\p{L}\p{M}.-]{1,30}(?: \p{Lu}[\p{L}\p{M}.-]{1,30})?(?: ?(?:stra(?:ß|ss)e|str\.|gasse|allee|platz|ring|ufer|damm)|weg|steig|straat|laan|gracht|plein|kade|dijk|singel|gatan|vägen|väg|gränd|stigen|gata|vej|gade|veien|katu|tie|kuja|polku|linja|väylä|rinne|raitti|puisto|park|hof|pfad|stieg|markt|utca|út) \d{1,4}(?: ?[a-zA-Z]\b)?(?:[-/]\d{1,4})?/gu;
const poBox =
  /\b(?:P\.? ?O\.? ?Box|Post Office Box|PSC|Unit|APO|FPO|Postfach|Apartado(?: de correos)?) \d{1,6}(?:,? Box \d{1,6})?/gi;
const unit =
  /[,.]?[ \n]{1,2}(?:apt|apartment|suite|ste|unit|flat|floor|fl|room|rm|bldg|building|bungalow|#)\.? ?#?[A-Za-z]?-?\d{0,5}[A-Za-z]?\b/iy;
/** Town, region and postal code behind a street; every part is optional, the whole is bounded. */
const TOWN = String.raw`(?:[\p{Lu}][\p{L}\p{M}.'-]{1,30})(?:[ -](?:[\p{Lu}][\p{L}\p{M}.'-]{1,30}|of|upon|on|de|la|le|am|an der|im|del|den|sur)){0,4}`;
const US = String.raw`(?:[A-Z]{2}|\p{Lu}\p{Ll}+(?: \p{Lu}\p{Ll}+)?),? {1,2}\d{5}(?:-\d{4})?\b`;
const UK = String.raw`[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b`;
const CA = String.raw`[ABCEGHJ-NPRSTVXY]\d[A-Z][ -]?\d[A-Z]\d\b`;
const tail = new RegExp(
  String.raw`(?:,? ?\n|,) {0,2}(?:${TOWN},? {0,2}\n? ?)?(?:${US}|(?:[A-Z]{2,3},? )?(?:${UK}|${CA})|(?:[A-Z]{1,3}[- ])?\d{4,6}(?:[- ]\d{3,4})? ${TOWN}|\d{5}\b(?:-\d{4})?)`,
  "uy",
);
const zipTail = new RegExp(
  String.raw`,? {1,2}(?:${TOWN},? )?(?:[A-Z]{2},? \d{5}(?:-\d{4})?\b|${UK}|${CA})`,
  "uy",
);
const townTail = new RegExp(String.raw`, {0,2}${TOWN}(?:, {0,2}(?:[A-Z]{2}\b|${TOWN}))?`, "uy");

/** Street addresses of the Latin alphabet, with unit, town and postal code where they follow. */
export const addressLatin: TextRecognizer = {
  entity: "ADDRESS",
  source: "USPS Publication 28; UPU S42",
  about: "street address, with unit, town and postal code",
  example: "1600 Pennsylvania Avenue NW, Washington, DC 20500",
  needs: traits.digit,
  context: [
    "address",
    "live",
    "lives",
    "living",
    "resides",
    "located",
    "street",
    "ship",
    "deliver",
  ],
  recognize(text) {
    const matches: Match[] = [];
    if (!/\d/.test(text)) return matches;
    for (const hit of text.matchAll(suffix)) {
      const from = Math.max(0, hit.index - 120);
      const name = before.exec(text.slice(from, hit.index));
      if (name === null) continue;
      if (
        hit[0] === hit[0].toLowerCase() &&
        /^(?:st|dr|row|run|view|way|point|union|station|park|walk)$/.test(hit[0])
      )
        continue;
      const start = hit.index - name[1]!.length;
      let end = hit.index + hit[0].length;
      end +=
        /^ (?:[NSEW]|[NS][EW]|North|South|East|West)\b/.exec(text.slice(end, end + 7))?.[0]
          .length ?? 0;
      // "2012 Security Summit": these words end other names too, and a year is no house number.
      const [number = ""] = /^\d+/.exec(name[1]!) ?? [];
      const listed = directory.test(hit[0]);
      const doubtful =
        (listed && (number.length < 3 || !/^\p{Lu}/u.test(hit[0]))) ||
        rarely.test(hit[0]) ||
        /^(?:1[89]|20)\d{2} /.test(name[1]!);
      add(
        matches,
        text,
        start,
        end,
        doubtful ? 0.4 : listed ? 0.55 : 0.8,
        "number, name, kind of street",
      );
    }
    for (const [pattern, why] of [
      [europe, "kind of street, name, number"],
      [europeFirst, "number, kind of street, name"],
      [compound, "compound street, number"],
      [poBox, "box"],
    ] as const) {
      for (const hit of text.matchAll(pattern)) {
        if (pattern === poBox && /^unit/i.test(hit[0]) && !/box/i.test(hit[0])) continue;
        if (pattern === europe && !/^\S+ (?:[^a-z]|d[aeiou]|la|le|las|los|les|el)/u.test(hit[0]))
          continue;
        add(matches, text, hit.index, hit.index + hit[0].length, 0.75, why);
      }
    }
    return matches;
  },
};

function add(
  matches: Match[],
  text: string,
  start: number,
  end: number,
  score: number,
  why: string,
): void {
  let stop = end + follow(unit, text, end);
  const full =
    follow(tail, text, stop) || follow(zipTail, text, stop) || follow(townTail, text, stop);
  stop += full;
  // A town or a postal code behind it speaks for an address.
  const sure = full > 0 && /\d/.test(text.slice(end, stop)) ? Math.max(score, 0.8) : score;
  while (/[\s,.]/.test(text[stop - 1]!)) stop--;
  matches.push({
    start,
    end: Math.max(stop, end),
    entity: "ADDRESS",
    score: sure,
    reasons: [`form: ${why}`],
  });
}

function follow(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}
