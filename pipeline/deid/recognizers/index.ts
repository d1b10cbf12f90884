import { addressLatin } from "./address-latin.ts";
import { addressZh } from "./address-zh.ts";
import { age } from "./age.ts";
import { cnMobile } from "./cn-mobile.ts";
import { date } from "./date.ts";
import { email } from "./email.ts";
import { iban } from "./iban.ts";
import { ipAddress } from "./ip-address.ts";
import { cnResidentId } from "./national-id/cn-resident-id.ts";
import { ukNino } from "./national-id/uk-nino.ts";
import { usSsn } from "./national-id/us-ssn.ts";
import { paymentCard } from "./payment-card.ts";
import { phone } from "./phone.ts";
import type { TextRecognizer } from "./recognizer.ts";
import { url } from "./url.ts";

/** Every rule-based recognizer by name. The learned names model stands beside them. */
export const recognizers = {
  address_latin: addressLatin,
  address_zh: addressZh,
  age,
  cn_mobile: cnMobile,
  cn_resident_id: cnResidentId,
  date,
  email,
  iban,
  ip_address: ipAddress,
  payment_card: paymentCard,
  phone,
  uk_nino: ukNino,
  url,
  us_ssn: usSsn,
} as const satisfies Record<string, TextRecognizer>;

export type RecognizerName = keyof typeof recognizers;
