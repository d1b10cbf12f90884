import type { Match } from "../match.ts";
import type { TextRecognizer } from "../recognizer.ts";
import { traits } from "../traits.ts";

const plate =
  /[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领][A-HJ-NP-Za-hj-np-z][·•・.\- ]?(?:[A-HJ-NP-Za-hj-np-z0-9]{4}[A-HJ-NP-Za-hj-np-z0-9挂学警港澳]|[DFdf][A-HJ-NP-Za-hj-np-z0-9]\d{4}|\d{5}[DFdf])(?![A-Za-z0-9])/g;

/** Number plates of mainland China: province, authority, five characters, six for new energy. */
export const cnPlate: TextRecognizer = {
  entity: "CN_PLATE",
  source: "GA 36-2018",
  about: "Chinese vehicle number plate",
  example: "京A·12345",
  needs: traits.han,
  context: ["车牌", "牌照", "车辆", "plate"],
  recognize(text) {
    const matches: Match[] = [];
    for (const hit of text.matchAll(plate)) {
      if (!/\d/.test(hit[0])) continue;
      const end = hit.index + hit[0].length;
      matches.push({
        start: hit.index,
        end,
        entity: "CN_PLATE",
        score: 0.9,
        reasons: ["form: GA 36"],
      });
    }
    return matches;
  },
};
