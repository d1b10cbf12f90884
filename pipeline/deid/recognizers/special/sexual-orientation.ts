import { wordRecognizer } from "../word-list.ts";

/** Words that people use for orientation and identity. */
export const sexualOrientation = wordRecognizer({
  entity: "SEXUAL_ORIENTATION",
  source: "GDPR Art. 9(1), sex life or sexual orientation",
  about: "sexual orientation or gender identity",
  example: "bisexual",
  context: ["identifies", "came out", "orientation"],
  special: true,
  words:
    "asexual,bisexual,cisgender,demisexual,gay man,gay men,gay woman,genderfluid,genderqueer,heterosexual,homosexual,intersex,lesbian,lgbt,lgbtq,lgbtqia,non-binary,nonbinary,pansexual,queer,same-sex partner,same-sex couple,trans man,trans woman,transgender,transsexual,gay,同性恋,同性恋者,双性恋,异性恋,跨性别,跨性别者,变性人,男同性恋,女同性恋".split(
      ",",
    ),
  score: 0.5,
});
