import type { Match } from "./match.ts";
import type { TextRecognizer } from "./recognizer.ts";
import { traits } from "./traits.ts";

const KIND = String.raw`(?:account|acct|employee|customer|client|patient|member|policy|case|student|staff|medical record|mrn|health plan|insurance|licen[cs]e|certificate|passport|identity card|identification|national id|citizen|tax|taxpayer|voter|user|subscriber|beneficiary|registration|badge|device|serial|claim)`;
/** Alone only where a colon makes it a label. */
const LABEL = String.raw`(?:account|acct|passport|licen[cs]e|policy|member|patient|employee|insurance|badge|id)`;
const english = new RegExp(
  String.raw`\b(?:${KIND}(?: id)?(?: ?(?:number|num|no\.?|#|id|code))|mrn|ssn|id (?:number|no\.?|card)|${KIND} id|${LABEL}(?= ?[:#=]))(?: ?(?:is|was|:|#|=|-))? {0,2}#?((?=[A-Za-z0-9-]{0,12}\d)[A-Za-z0-9]{1,12}(?:[-/ ]?[A-Z0-9]{1,8}(?![a-z])){0,5})(?![A-Za-z0-9])`,
  "gi",
);
const chinese =
  /(?:账号|帐号|统一社会信用代码|信用代码|税号|纳税人识别号|护照号码?|通行证号?|身份证号?码?|客户编号|账户|工号|学号|卡号|病历号|住院号|保单号|社保号|社保卡号|医保卡号|驾驶证号|证件号码?|编号|会员号|客户号|银行卡号?|QQ号?|微信号?)(?:为|是)?[:： ]{0,2}((?=[A-Za-z0-9_-]{0,12}\d)[A-Za-z0-9][A-Za-z0-9_-]{3,30}(?:[ -]\d{2,8}){0,6})(?![A-Za-z0-9])/g;

/** Names that people go by on networks, which need no digit. */
const handle =
  /(?:(?:微信号?|QQ号?|支付宝账号|抖音号|小红书号|微博账号)(?:为|是)?[:：@ ]{0,3}|\b(?:wechat|qq|telegram|whatsapp|skype|snapchat|instagram)(?: (?:id|handle|name))?(?: is)?(?::|：| |@){1,3})([A-Za-z][A-Za-z0-9_-]*[0-9_-][A-Za-z0-9_-]*|\d{5,12})(?![A-Za-z0-9@.])/giu;

/** Numbers of people and accounts that only the words before them identify. */
export const idNumber: TextRecognizer = {
  entity: "ID_NUMBER",
  source: "HIPAA Safe Harbor, 45 CFR 164.514(b)(2)(i)(H) to (M)",
  about: "number of an account, record, policy or member, named by the words before it",
  example: "Medical record number: 4481-2207",
  needs: traits.digit,
  recognize(text) {
    const matches: Match[] = [];
    for (const pattern of [english, chinese, handle]) {
      for (const hit of text.matchAll(pattern)) {
        const value = hit[1]!.trimEnd();
        const digits = value.replace(/\D/g, "").length;
        if (pattern === handle ? value.length < 5 : digits < 4) continue;
        const start = hit.index + hit[0].length - hit[1]!.length;
        matches.push({
          start,
          end: start + value.length,
          entity: "ID_NUMBER",
          score: 0.6,
          reasons: ["words before it"],
        });
      }
    }
    return matches;
  },
};
