import { luhn } from "./checksum/luhn.ts";
import { isRepeated } from "./checksum/weighted.ts";
import { codeRecognizer } from "./recognizer.ts";

/** Issuer identification ranges of the large networks, with the lengths each of them uses. */
const networks: readonly (readonly [prefix: RegExp, lengths: readonly number[]])[] = [
  [/^4/, [13, 16, 19]], // Visa
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]], // Mastercard
  [/^3[47]/, [15]], // American Express
  [/^(?:6011|64[4-9]|65)/, [16, 19]], // Discover
  [/^3(?:0[0-5]|095|6|[89])/, [14, 16, 19]], // Diners Club
  [/^35(?:2[89]|[3-8])/, [16, 19]], // JCB
  [/^(?:62|81)/, [16, 17, 18, 19]], // UnionPay
  [/^(?:50|5[6-9]|6[0-9])/, [13, 14, 15, 16, 18, 19]], // Maestro
  [/^220[0-4]/, [16, 19]], // Mir
  [/^60|^65|^81|^82|^508/, [16]], // RuPay
];

/** Payment cards: 13 to 19 digits of a known issuer range that pass the Luhn test. */
export const paymentCard = codeRecognizer({
  entity: "PAYMENT_CARD",
  source: "ISO/IEC 7812-1:2017",
  about: "credit or debit card number",
  example: "4111 1111 1111 1111",
  context: [
    "card",
    "credit",
    "debit",
    "visa",
    "mastercard",
    "amex",
    "maestro",
    "cc",
    "pan",
    "信用卡",
    "卡号",
    "银行卡",
    "kreditkarte",
    "carte",
    "tarjeta",
  ],
  form: /^\d{13,19}$/,
  lengths: [13, 14, 15, 16, 17, 18, 19],
  groups: [
    "4-4-4-4",
    "4-6-5",
    "4-6-4",
    "4-4-4-4-3",
    "6-13",
    "4-4-4-4-2",
    "4-4-4-4-1",
    "4-4-4-1",
    "4-4-5",
    "4-4-4-2",
    "4-4-4-3",
    "3-3-3-4",
    "8-8",
    "4-8-4",
    "6-10",
    "4-12",
    "2-2-2-2-2-2-2-2",
    "4-5-6",
    "5-5-5",
    "5-5-5-1",
  ],
  checks: "Luhn, issuer range",
  check: (digits) =>
    !isRepeated(digits) &&
    networks.some(([prefix, lengths]) => lengths.includes(digits.length) && prefix.test(digits)) &&
    luhn(digits),
  score: (digits) =>
    // Fourteen digits and fewer, or seventeen and more, are rare for cards and common for other things.
    digits.length === 15 || digits.length === 16
      ? { bare: 0.9, grouped: 1 }
      : { bare: 0.45, grouped: 0.95 },
});
