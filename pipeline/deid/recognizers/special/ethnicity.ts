import { wordRecognizer } from "../word-list.ts";

/** Ethnic groups as censuses and people name them. */
export const ethnicity = wordRecognizer({
  entity: "ETHNICITY",
  source: "GDPR Art. 9(1), racial or ethnic origin; US OMB SPD 15",
  about: "ethnic origin",
  example: "African American",
  context: ["ethnicity", "race", "ethnic", "identifies as", "descent", "heritage", "民族"],
  special: true,
  words:
    "aboriginal,african american,african-american,afro-caribbean,alaska native,american indian,arab american,ashkenazi,asian american,asian-american,biracial,black british,caucasian,chicano,chicana,first nations,hispanic,hmong,indigenous australian,inuit,kurdish,latina,latino,latinx,maori,māori,mestizo,mexican american,mixed race,mixed-race,multiracial,native american,native hawaiian,pacific islander,person of color,person of colour,people of color,people of colour,romani,roma people,sami people,sephardic,south asian,torres strait islander,uyghur,uighur,white british,tibetan,汉族,回族,藏族,维吾尔族,壮族,满族,苗族,彝族,土家族,蒙古族,布依族,侗族,瑶族,朝鲜族,白族,哈尼族,哈萨克族,黎族,傣族,畲族,高山族,少数民族".split(
      ",",
    ),
  score: 0.5,
});
