import type { Match } from "./match.ts";
import type { TextRecognizer } from "./recognizer.ts";
import { traits } from "./traits.ts";

const decimal =
  /(?<![\w.-])[-+]?(?:90(?:\.0{1,10})?|[0-8]?\d\.\d{3,10})°? ?[NSns]?[,;]? {0,2}[-+]?(?:180(?:\.0{1,10})?|(?:1[0-7]\d|\d{1,2})\.\d{3,10})°?(?: ?[EWew]\b)?(?![\w.])/g;
const sexagesimal =
  /(?<![\w.])\d{1,2} ?° ?(?:\d{1,2}(?:\.\d{1,8})? ?['′] ?(?:\d{1,2}(?:\.\d{1,6})? ?(?:"|″|”|''))? ?)?[NSns][,;]? {0,2}\d{1,3} ?° ?(?:\d{1,2}(?:\.\d{1,8})? ?['′] ?(?:\d{1,2}(?:\.\d{1,6})? ?(?:"|″|”|''))? ?)?[EWew]\b/g;

/** Pairs of latitude and longitude, decimal (three decimals or more, about 100 m) or in degrees. */
export const gpsCoordinates: TextRecognizer = {
  entity: "GPS_COORDINATES",
  source: "ISO 6709:2022",
  about: "latitude and longitude",
  example: "48.8583, 2.2945",
  needs: traits.digit,
  context: [
    "gps",
    "lat",
    "lon",
    "lng",
    "latitude",
    "longitude",
    "coordinates",
    "location",
    "position",
    "located",
    "坐标",
    "经纬度",
    "位置",
  ],
  recognize(text) {
    const matches: Match[] = [];
    for (const hit of text.matchAll(decimal)) {
      const [, second] = hit[0].split(/[,;]/);
      // Two decimals in a row of a table are rarely a place; a comma and four decimals often are.
      const marked = /[°NSEWnsew]/.test(hit[0]);
      const fine = /\.\d{4,}.*\.\d{4,}/.test(hit[0]);
      const score = marked ? 0.9 : second !== undefined && fine ? 0.6 : 0.2;
      push(matches, hit, score, "decimal degrees");
    }
    if (text.includes("°")) {
      for (const hit of text.matchAll(sexagesimal)) push(matches, hit, 0.95, "degrees and minutes");
    }
    return matches;
  },
};

function push(matches: Match[], hit: RegExpExecArray, score: number, form: string): void {
  const end = hit.index + hit[0].trimEnd().length;
  matches.push({
    start: hit.index,
    end,
    entity: "GPS_COORDINATES",
    score,
    reasons: [`form: ${form}`],
  });
}
