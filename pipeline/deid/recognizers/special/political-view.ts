import { wordRecognizer } from "../word-list.ts";

/** Political camps, parties and unions a person may belong to. */
export const politicalView = wordRecognizer({
  entity: "POLITICAL_VIEW",
  source: "GDPR Art. 9(1), political opinions, trade union membership",
  about: "political view, party or union membership",
  example: "Labour voter",
  special: true,
  words:
    "anarchist,communist party member,conservative voter,democratic voter,registered democrat,registered republican,democrat,far-left,far-right,feminist,left-wing,leftist,liberal voter,libertarian,labour voter,labour supporter,marxist,monarchist,nationalist,party member,populist,republican voter,right-wing,social democrat,socialist,tory,tories,trade union member,trade unionist,union member,union representative,共产党员,中共党员,党员,预备党员,共青团员,民主党派,工会会员,无党派人士,群众党员".split(
      ",",
    ),
  capital: "Republican,Trotskyist,Maoist,Zionist".split(","),
  score: 0.5,
});
