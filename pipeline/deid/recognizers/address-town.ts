import type { Match } from "./match.ts";
import type { TextRecognizer } from "./recognizer.ts";
import { traits } from "./traits.ts";

const WORD = String.raw`\p{Lu}[\p{L}\p{M}'’-]{1,30}`;
const TOWN = String.raw`${WORD}(?:[ ](?:(?:de|do|da|del|la|le|am|an|der|upon|of|on)[ ]){0,2}${WORD}){0,3}`;
/** Postal codes that say more than a number: five or six digits, or parts that belong together. */
const CODE = String.raw`(?:\d{5}-\d{3,4}|\d{2}-\d{3}|\d{5,6}|\d{3}[ ]\d{2,3}|\d{4}[ ][A-Z]{2})`;
/** A line or part that is a town and its code: "…, Cape Town 21211", "Uricani, Olt 469513". */
const townFirst = new RegExp(
  String.raw`(?<=^|[\n,(][ ]{0,4})(?:${TOWN},[ ])?(${TOWN})[ ]${CODE}(?![\d\p{L}-]|[.,]\d)`,
  "gmu",
);
const codeFirst = new RegExp(
  String.raw`(?<=^|[\n,(][ ]{0,4})${CODE}[ ](${TOWN})(?=[ ]*(?:$|[\n,.;)]))`,
  "gmu",
);
/** Capital words before a number that is no postal code. */
const others =
  /^(?:On|In|At|Flight|Order|Room|Case|No|Ticket|Ref|Reference|Article|Chapter|Page|Model|Version|Account|Invoice|Number|Code|Form|Section|Line|Item|Part|Serial|Policy|Claim|Member|Employee|Customer|Patient|Record|Report|Bill|Batch|Lot|Job|Task|Error|Port|Level|Grade|Class|Unit|Suite|Box|Apt|Phone|Tel|Fax|Call|Card|Route|Track|Highway|Bus|Train|Total|About|Over|Only|Some|January|February|March|April|May|June|July|August|September|October|November|December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|People|Men|Women|Euro|Euros|Dollars|Pounds|USD|EUR|GBP|ID|Id|SKU|PIN|ISBN|Dear|The|And|Or|For|From|To|With)$/;

/** The last lines of postal addresses: a town with its postal code, behind a comma or a line end. */
export const addressTown: TextRecognizer = {
  entity: "ADDRESS",
  source: "UPU S42, locality lines",
  about: "town with its postal code, as a line or a part of an address",
  example: "Main Road, Cape Town 21211",
  needs: traits.digit,
  context: ["address", "live", "lives", "street", "ship", "deliver", "parcel", "moved", "zip"],
  against: ["order", "invoice", "flight", "ticket", "account"],
  recognize(text) {
    const matches: Match[] = [];
    if (!/\d{2}[ -]?\d{2}|\d{4} [A-Z]{2}/.test(text)) return matches;
    for (const pattern of [townFirst, codeFirst]) {
      for (const hit of text.matchAll(pattern)) {
        const words = hit[0].split(/[ ,]+/).filter((word) => /^\p{L}/u.test(word));
        if (words.some((word) => others.test(word))) continue;
        // A street before it, with its number, makes it certain.
        const before = text.slice(Math.max(0, hit.index - 40), hit.index);
        const score = /\d[^\n]{0,38}$|\d[^\n]{0,30}\n\s*$/.test(before) ? 0.7 : 0.5;
        const [start, end] = [hit.index, hit.index + hit[0].length];
        matches.push({ start, end, entity: "ADDRESS", score, reasons: ["form: town and code"] });
      }
    }
    return matches;
  },
};
