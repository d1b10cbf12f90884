import type { Match } from "./match.ts";
import type { TextRecognizer } from "./recognizer.ts";
import { traits } from "./traits.ts";

const mac =
  /(?<![\w:.-])(?:[0-9A-Fa-f]{2}([:-])[0-9A-Fa-f]{2}(?:\1[0-9A-Fa-f]{2}){4}(?:(?:\1[0-9A-Fa-f]{2}){2})?|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4})(?![\w:]|[.-]\w)/g;

/** Hardware addresses of 48 or 64 bits with colons, hyphens or dots. */
export const macAddress: TextRecognizer = {
  entity: "MAC_ADDRESS",
  source: "IEEE 802-2014 section 8",
  about: "hardware address of a network card",
  example: "00-B0-D0-63-C2-26",
  needs: traits.colon | traits.dash | traits.dot,
  context: ["mac", "hardware", "wifi", "bluetooth", "ethernet"],
  recognize(text) {
    const matches: Match[] = [];
    for (const hit of text.matchAll(mac)) {
      if (/^([0-9A-Fa-f])\1(?:[:.-]?\1\1)+$/.test(hit[0])) continue; // all ones, all zeros
      const onlyDigits = /^[\d.:-]+$/.test(hit[0]);
      const end = hit.index + hit[0].length;
      const score = onlyDigits ? 0.45 : 0.95;
      matches.push({
        start: hit.index,
        end,
        entity: "MAC_ADDRESS",
        score,
        reasons: ["form: IEEE 802"],
      });
    }
    return matches;
  },
};
