import { below, pick } from "../../../../core/random.ts";
import type { Random } from "../../../../core/types.ts";
import { capital, letter, person, words, type Values } from "./english-values.ts";

const forms = [
  "Inc", "Inc.", "Ltd", "Ltd.", "LLC", "Corp", "Corp.", "Co", "PLC", "plc", "AG", "GmbH", "SA", "SpA", "NV", "AB",
  "Group", "Holdings", "Industries", "Partners", "& Co", "& Sons", "Bank", "Airlines", "Motors", "Systems",
  "Technologies", "Pharmaceuticals", "Energy", "Capital", "Foods", "Insurance", "Steel", "Telecom", "Media",
]; // prettier-ignore
const places = [
  "University", "Hospital", "General Hospital", "High School", "College", "Police Department", "City Council",
  "Stock Exchange", "Medical Center", "Museum", "Times", "Post", "Herald", "Chamber of Commerce", "Airport Authority",
  "Symphony Orchestra", "Business School", "Supreme Court", "Central Bank", "Football Association", "Red Cross",
]; // prettier-ignore
const bodies = [
  "Ministry of Finance", "Ministry of Health", "Department of Justice", "Foreign Ministry", "Senate", "Parliament",
  "Supreme Court", "National Bank of", "University of", "Bank of", "Republic Bank of", "Institute of", "Church of",
  "Central Bank of", "Federation of", "Association of", "Federal Reserve", "Labour Party", "Democratic Party",
  "Liberal Party", "Green Party", "National Front", "People's Party", "Social Democrats", "Conservative Party",
]; // prettier-ignore
const leanings = words(
  "Liberal|Conservative|Labour|Communist|Socialist|Green|Democratic|National|People's|Republican|Christian Democratic|Progressive|Independent|Social Democratic|Workers'|Reform",
);
const unions = words("Party|Union|Front|Alliance|League|Movement|Bloc|Coalition|Congress");
const circles = words(
  "Association|Institute|Center|Centre|Council|Bank|Alliance|Bureau|Society|Foundation|Campaign|Committee|League|Office|Commission|Movement|Network|Academy|School|Coalition|Court|House|Federation|Board|Fund|Department|Ministry|Agency",
);
const known = [
  "UN", "NATO", "EU", "WHO", "IMF", "FBI", "CIA", "NASA", "OPEC", "UNESCO", "World Bank", "United Nations", "European Union",
  "European Commission", "Reuters", "BBC", "CNN", "Google", "Microsoft", "Apple", "Amazon", "Facebook", "Twitter", "IBM",
  "Toyota", "Sony", "Samsung", "Siemens", "Boeing", "Airbus", "Walmart", "Starbucks", "McDonald's", "Nike", "Netflix",
  "Congress", "Senate", "Pentagon", "White House", "Kremlin", "Interpol", "Amnesty International", "Greenpeace",
  "Red Cross", "Hamas", "Hezbollah", "Taliban", "Fed", "Treasury", "Interfax", "Xinhua", "Tass", "AFP", "AP",
  "Nokia", "Ericsson", "Philips", "Shell", "BP", "Total", "Exxon", "Chevron", "Gazprom", "Lukoil", "Petrobras", "Intel",
  "Oracle", "Cisco", "Dell", "Motorola", "Hewlett-Packard", "General Motors", "General Electric", "Ford", "Chrysler", "Honda",
  "Nissan", "Hyundai", "Volkswagen", "BMW", "Daimler", "Renault", "Peugeot", "Fiat", "Volvo", "Deutsche Bank", "Credit Suisse",
  "UBS", "Lloyds", "Merrill Lynch", "Morgan Stanley", "JP Morgan", "Lehman Brothers", "American Airlines", "British Airways",
  "Lufthansa", "Air France", "Qantas", "Pfizer", "Merck", "Novartis", "Roche", "Bayer", "BASF", "Nestle", "Unilever", "Coca-Cola",
  "Pepsi", "Procter & Gamble", "Disney", "Time Warner", "Viacom", "Comcast", "AT&T", "Verizon", "Vodafone", "France Telecom",
  "Yahoo", "eBay", "PayPal", "LinkedIn", "YouTube", "Mozilla", "Adobe", "Kmart", "Target", "Costco", "Tesco", "Carrefour",
  "Kodak", "Xerox", "Lockheed Martin", "Northrop Grumman", "Rolls-Royce", "Caterpillar", "Monsanto", "Cargill", "Rio Tinto",
  "New York Times", "Washington Post", "Wall Street Journal", "Financial Times", "Guardian", "Le Monde", "Al Jazeera", "Fox News",
  "Associated Press", "Bloomberg", "Harvard", "Oxford", "Cambridge", "Stanford", "MIT", "Yale", "Princeton", "Supreme Court",
  "House of Representatives", "House of Commons", "State Department", "Security Council", "World Trade Organization", "OSCE",
  "African Union", "Arab League", "ASEAN", "UEFA", "FIFA", "IOC", "NBA", "NFL", "NHL", "Al Qaeda", "PLO", "Fatah", "IRA", "ETA",
  "Tamil Tigers", "FARC", "Likud", "Labour", "Conservatives", "Republicans", "Democrats", "Tories", "Socialists", "KGB", "MI5",
  "NSA", "FDA", "EPA", "SEC", "IRS", "FAA", "Nasdaq", "Dow Jones", "Standard & Poor's", "Moody's", "KPMG", "Deloitte", "Accenture",
  "Huawei", "Tencent", "Alibaba", "Tata", "Infosys", "HSBC", "Barclays", "Citibank", "Goldman Sachs", "Visa", "Uber",
]; // prettier-ignore
const services = words(
  "Auto Repair|Dental|Dental Care|Plumbing|Movers|Realty|Landscaping|Veterinary Clinic|Animal Hospital|Transport|Roofing|Cleaners|Photography|Law Firm|Consulting|Construction|Electric|Security|Travel|Logistics|Elementary School|Fire Department|Public Library|Foundation|Institute|Housing Authority|School District|Orchestra|Records|Studios|Publishing|Brewing Company",
);

/** An organisation's name. */
export function organization(values: Values, random: Random): string {
  const family = (): string => person(values, random).family;
  const city = (): string => pick(random, values.cities);
  const word = (): string => capital(pick(random, values.words));
  switch (below(random, 17)) {
    case 0:
    case 1:
      return `${family()} ${pick(random, forms)}`;
    case 2:
      return `${word()} ${pick(random, forms)}`;
    case 3:
      return `${word()} ${word()} ${pick(random, forms)}`;
    case 4:
      return below(random, 6) > 0
        ? `${family()} & ${family()}`
        : `${family()}, ${family()} & ${family()}`;
    case 5:
    case 6:
      return `${city()} ${pick(random, places)}`;
    case 7: {
      const body = pick(random, bodies);
      return body.endsWith(" of")
        ? `${body} ${below(random, 2) === 0 ? city() : pick(random, values.countries)}`
        : body;
    }
    case 8:
      return acronym(random);
    case 9:
      return `${below(random, 2) === 0 ? family() : city()} ${pick(random, services)}`;
    case 10:
      return (
        word() +
        pick(random, ["soft", "tech", "com", "corp", "net", "ware", "gen", "tel", "co", "ix"])
      );
    case 11:
    case 12:
      return joinedBody(values, random);
    case 13:
      return pick(random, values.bodies.length > 0 ? values.bodies : known);
    default:
      return pick(random, known);
  }
}

// A body whose name goes on after "of" or "for": "Liberal Party of Norway", "Council for Water and Trade".
function joinedBody(values: Values, random: Random): string {
  const word = (): string => capital(pick(random, values.words));
  const land = (): string =>
    pick(random, below(random, 3) === 0 ? values.cities : values.countries);
  const people = (): string => pick(random, values.demonyms);
  const first = (): string =>
    pick(random, [
      "National",
      "International",
      "European",
      "American",
      "World",
      "Federal",
      people(),
    ]);
  switch (below(random, 8)) {
    case 0:
    case 1:
      return `${pick(random, leanings)} ${pick(random, unions)} of ${land()}`;
    case 2:
      return `${below(random, 2) === 0 ? people() : land()} ${pick(random, leanings)} ${pick(random, unions)}`;
    case 3:
      return `${first()} ${pick(random, circles)} for ${word()} and ${word()}`;
    case 4:
      return `${first()} ${pick(random, circles)} for the ${word()} of ${word()}`;
    case 5:
      return `${pick(random, circles)} of ${word()} ${below(random, 2) === 0 ? word() : `and ${word()}`}`;
    case 6:
      return `${pick(random, circles)} of ${word()} of ${land()}`;
    default:
      return `${first()} ${pick(random, circles)} ${below(random, 2) === 0 ? "for" : "of"} ${word()}`;
  }
}

function acronym(random: Random): string {
  return Array.from({ length: 2 + below(random, 4) }, () => letter(random)).join("");
}
