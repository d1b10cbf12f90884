import { below, pick, uniform } from "../../../../core/random.ts";
import type { Random } from "../../../../core/types.ts";
import { isHeldOut, type NamePool } from "./names.ts";

/** What fills the places of templates. */
export interface Values {
  readonly origins: readonly (readonly [origin: string, pool: NamePool])[];
  readonly wideGiven: readonly string[];
  readonly wideFamily: readonly string[];
  readonly cities: readonly string[];
  readonly countries: readonly string[];
  readonly regions: readonly string[];
  readonly demonyms: readonly string[];
  readonly words: readonly string[];
  /** Full names of well-known people, and well-known bodies. */
  readonly famous: readonly string[];
  readonly bodies: readonly string[];
}

/** The parts of one person's name. */
export interface Person {
  readonly given: string;
  readonly family: string;
  readonly full: string;
}

/** A person of some origin; `held` takes only names kept out of training, else only the others. */
export function person(values: Values, random: Random, held = false, origin?: string): Person {
  if (origin === undefined && below(random, 6) === 0) {
    const given = pick(random, values.wideGiven);
    const family = pick(random, values.wideFamily);
    return { given, family, full: `${given} ${family}` };
  }
  if (origin === undefined && values.famous.length > 0 && below(random, 12) === 0) {
    const full = pick(random, values.famous);
    const parts = full.split(" ");
    return { given: parts[0]!, family: parts.at(-1)!, full };
  }
  const [, pool] = values.origins.find(([name]) => name === origin) ?? pick(random, values.origins);
  const draw = (names: readonly string[]): string => {
    for (;;) {
      const name = pick(random, names);
      if (isHeldOut(name) === held) return name;
    }
  };
  const english = values.origins.find(([name]) => name === "english")?.[1];
  // Many who write their family name first have a second given name for those who do not.
  const second = pool.joins !== undefined && english !== undefined && below(random, 7) === 0;
  let given =
    pool.joins === undefined
      ? draw(pool.given)
      : second
        ? draw(english.given)
        : syllables(pool, random);
  if (pool.joins === undefined && below(random, 14) === 0) given += ` ${draw(pool.given)}`;
  let family = draw(pool.family);
  if (below(random, 25) === 0) family += `-${draw(pool.family)}`;
  if (below(random, 5) === 0) [given, family] = [plain(given), plain(family)];
  const familyFirst = pool.familyFirst === true && !second && below(random, 3) > 0;
  const middle = !familyFirst && below(random, 12) === 0 ? ` ${letter(random)}.` : "";
  return {
    given,
    family,
    full: familyFirst ? `${family} ${given}` : `${given}${middle} ${family}`,
  };
}

// Two syllables, the second often joined by a hyphen, which few lists write down.
function syllables({ given, joins }: NamePool, random: Random): string {
  const first = capital(pick(random, given));
  if (below(random, 4) === 0) return first;
  const join = pick(random, joins!);
  const second = pick(random, given);
  return first + join + (join === "" || below(random, 3) > 0 ? second : capital(second));
}

const kitchens = words(
  "Pizza|Pizzeria|Grill|Bar & Grill|Cafe|Café|Diner|Bakery|Deli|Kitchen|Bistro|Steakhouse|Noodle House|Sushi|Restaurant|Pub|Tavern|Coffee|Tea House|BBQ|Seafood|Burgers|Cantina|Curry House|Ice Cream",
);
const articles = words("The|La|Le|El|Casa|Chez|Mi|Il|The Old|The Golden|The Blue|The Red");
const inns = words(
  "Hotel|Hilton|Hyatt Regency|Marriott|Holiday Inn|Sheraton|Grand Hotel|Best Western|Radisson|Novotel|Ibis",
);
const lodgings = words(
  "Hotel|Inn|Hostel|Resort|Lodge|Suites|Guest House|Apartments|Plaza Hotel|Spa",
);
const sights = words(
  "Park|Zoo|Airport|International Airport|Stadium|Arena|Museum|Theatre|Theater|Mall|Square|Bridge|Castle|Cathedral|Church|Temple|Station|Harbour|Market|Gallery|Gardens|Plaza|Cemetery|Prison|Library|Hall|Country Club|Golf Club|Beach|Racecourse|Palace|Tower",
);
const lands = words(
  "Lake|Mount|Mt.|Cape|Fort|Port|Camp|River|San|Santa|Saint|St.|North|South|East|West|Upper|Lower|New",
);
const landscapes = words(
  "River|Lake|Valley|Hills|Mountains|Island|Islands|Bay|Creek|Canyon|Desert|Forest|Peninsula|Falls|County|Heights|Springs|Province|District|Coast|Ridge|Point|Village|Strait",
);
const nicknames = [
  "United", "City", "Rovers", "Wanderers", "Athletic", "Albion", "Town", "County", "FC", "Tigers", "Lions", "Bears", "Eagles",
  "Hawks", "Kings", "Knights", "Pirates", "Giants", "Rangers", "Stars", "Sharks", "Bulls", "Devils", "Wolves", "Raiders",
  "Red Sox", "White Sox", "Blue Jays", "Dynamo", "Spartak", "Real", "Inter", "Sporting", "Racing", "Olympique", "Borussia",
]; // prettier-ignore

const clubs =
  "Ajax|Feyenoord|PSV|Juventus|AC Milan|Inter Milan|Lazio|AS Roma|Napoli|Fiorentina|Sampdoria|Bayern Munich|Borussia Dortmund|Schalke|Werder Bremen|Hamburg|Real Madrid|Barcelona|Atletico Madrid|Valencia|Sevilla|Benfica|Porto|Sporting|Paris St Germain|Monaco|Marseille|Lyon|Lens|Auxerre|Anderlecht|Club Brugge|Standard Liege|Celtic|Rangers|Aberdeen|Hearts|Arsenal|Chelsea|Liverpool|Everton|Manchester United|Manchester City|Tottenham|Aston Villa|Newcastle|Leeds|Blackburn|Southampton|West Ham|Wimbledon|Sheffield Wednesday|Nottingham Forest|Galatasaray|Fenerbahce|Besiktas|Panathinaikos|Olympiakos|AEK Athens|Red Star Belgrade|Partizan|Dynamo Kiev|Spartak Moscow|CSKA Moscow|Steaua Bucharest|Slavia Prague|Sparta Prague|Rapid Vienna|Grasshopper|Rosenborg|Brondby|IFK Gothenburg|River Plate|Boca Juniors|Flamengo|Santos|Palmeiras|Corinthians|Gremio|Penarol|Nacional|Colo Colo|Al Ahly|Zamalek|Kaizer Chiefs|Orlando Pirates|Hearts of Oak|Asante Kotoko|New York Yankees|Boston Red Sox|Chicago Cubs|Chicago Bulls|Los Angeles Lakers|Dallas Cowboys|Green Bay Packers|San Francisco 49ers|Toronto Blue Jays|Montreal Canadiens|Detroit Red Wings|Miami Heat|Utah Jazz|Seattle Mariners|Atlanta Braves|Cleveland Indians|Houston Rockets|Yankees|Mets|Dodgers|Lakers|Celtics|Cowboys|Steelers|Broncos|Packers|Bruins|Flyers|Penguins|Oilers|Canucks|Surrey|Kent|Essex|Lancashire|Yorkshire|Warwickshire|Mumbai Indians|Chennai Super Kings|Urawa Reds|Kashima Antlers|Gamba Osaka|Pohang Steelers|Guangzhou Evergrande|Beijing Guoan".split(
    "|",
  );

/** A place that people visit: somewhere to eat, to sleep or to look at, or a piece of land or water. */
export function venue(values: Values, random: Random): string {
  const family = (): string => person(values, random).family;
  const given = (): string => person(values, random).given;
  const word = (): string => capital(pick(random, values.words));
  const city = (): string => pick(random, values.cities);
  switch (below(random, 12)) {
    case 0:
      return `${below(random, 2) === 0 ? family() : given()}'s`;
    case 1:
      return `${given()}'s ${pick(random, kitchens)}`;
    case 2:
    case 3:
      return `${below(random, 2) === 0 ? word() : city()} ${pick(random, kitchens)}`;
    case 4:
      return `${pick(random, articles)} ${word()}`;
    case 5:
      return `${pick(random, inns)} ${city()}`;
    case 6:
      return `${below(random, 2) === 0 ? city() : word()} ${pick(random, lodgings)}`;
    case 7:
    case 8:
      return `${below(random, 2) === 0 ? family() : city()} ${pick(random, sights)}`;
    case 9:
      return `${pick(random, lands)} ${below(random, 2) === 0 ? family() : word()}`;
    default:
      return `${below(random, 2) === 0 ? family() : word()} ${pick(random, landscapes)}`;
  }
}

/** A sports team: a city alone, with a nickname, or the nickname. */
export function team(values: Values, random: Random): string {
  const city = pick(random, below(random, 4) === 0 ? values.regions : values.cities);
  switch (below(random, 8)) {
    case 0:
    case 1:
    case 2:
      return city;
    case 3:
      return pick(random, nicknames);
    case 4:
    case 5:
      return pick(random, clubs);
    default:
      return `${city} ${pick(random, nicknames)}`;
  }
}

const jobs = words(
  "director manager|chief executive|chairman|president|prime minister|foreign minister|finance minister|spokesman|analyst|teacher|nurse|engineer|lawyer|writer|singer|actor|footballer|coach|captain|senator|governor|mayor|secretary general|general manager|consultant|accountant|software engineer|sales director|head of research|striker|defender|goalkeeper|economist|ambassador|vice president|police chief|trader|professor",
);
const titles = words(
  "Mr.|Mrs.|Ms.|Dr.|Mr|Mrs|Ms|Dr|Prof.|Sir|Miss|Lord|Judge|Sgt.|Rev.|Sen.|Gen.|Lady|Dr|Dr.|Detective|Officer|Sister|Pastor|Coach|Lt.|Col.",
);
const months = words(
  "January|February|March|April|May|June|July|August|September|October|November|December",
);
const days = words("Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday");
const streets = words(
  "Street|St.|Road|Avenue|Ave|Lane|Drive|Boulevard|Way|Court|Close|Square|Terrace",
);

/** A value that is no name, for the place `slot` of a template; undefined for an unknown place. */
export function filler(slot: string, values: Values, random: Random): string | undefined {
  const digits = (count: number): string =>
    Array.from({ length: count }, () => below(random, 10)).join("");
  const year = 1900 + below(random, 130);
  const day = 1 + below(random, 28);
  switch (slot) {
    case "A":
      return pick(random, values.demonyms);
    case "D":
      return pick(random, [
        `${day} ${pick(random, months)} ${year}`,
        `${pick(random, months)} ${day}, ${year}`,
        `${pick(random, months)} ${day}`,
        `${year}`,
      ]);
    case "Y":
      return `${year}-${String(1 + below(random, 12)).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
    case "H":
      return `${below(random, 24)}:${digits(2)}`;
    case "J":
      return below(random, 2) === 0 ? pick(random, jobs) : title(pick(random, jobs));
    case "K":
      return street(values, random);
    case "E":
      return `${pick(random, values.words)}${digits(2)}@${pick(random, values.words)}.com`;
    case "U":
      return `https://${pick(random, values.words)}.com/${digits(3)}`;
    case "L":
      return `+${digits(2)} ${digits(3)} ${digits(3)} ${digits(3)}`;
    case "M":
      return `$${digits(2)}.${digits(1)} ${pick(random, ["million", "billion", ""])}`.trim();
    case "n":
      return String(below(random, 99));
    case "m":
      return String(100 + below(random, 99_900));
    case "X":
      return pick(random, titles);
    case "W":
      return pick(random, days);
    default:
      return undefined;
  }
}

// A house in a street, as some countries write it.
function street(values: Values, random: Random): string {
  const number = 1 + below(random, 999);
  const name =
    below(random, 2) === 0 ? person(values, random).family : capital(pick(random, values.words));
  switch (below(random, 8)) {
    case 0:
      return `${name}${pick(random, ["straße", "strasse", "gasse", "weg", "straat", "gatan", "vej", "laan"])} ${number}`;
    case 1:
      return `${pick(random, ["Rua", "Via", "Calle", "Rue", "rue", "Avenida", "Piazza", "ul.", "Jalan"])} ${name} ${number}`;
    case 2:
      return `${number} ${pick(random, ["Rue", "rue de", "Avenue", "Boulevard", "Place", "Via"])} ${name}`;
    default:
      return `${number} ${name} ${pick(random, streets)}`;
  }
}

/** A name with its accents gone. */
export function plain(name: string): string {
  return name
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/đ/g, "d")
    .replace(/Đ/g, "D")
    .replace(/ł/g, "l")
    .replace(/ø/g, "o");
}

export function letter(random: Random): string {
  return String.fromCharCode(65 + Math.floor(uniform(random) * 26));
}

function title(phrase: string): string {
  return phrase.split(" ").map(capital).join(" ");
}

export function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

export function words(list: string): string[] {
  return list.split("|");
}
