import { wordRecognizer } from "../word-list.ts";

/** Demonyms of the states of the world; those that are other words too count with a capital only. */
export const nationality = wordRecognizer({
  entity: "NATIONALITY",
  source: "ISO 3166-1, demonyms",
  about: "nationality of a person",
  example: "Nigerian",
  context: [
    "citizen",
    "national",
    "nationality",
    "born",
    "passport",
    "immigrant",
    "migrant",
    "国籍",
  ],
  words:
    "afghan,albanian,algerian,american,andorran,angolan,argentine,argentinian,armenian,australian,austrian,azerbaijani,bahraini,bangladeshi,barbadian,belarusian,belgian,belizean,beninese,bhutanese,bolivian,bosnian,botswanan,brazilian,bulgarian,burmese,burundian,cambodian,cameroonian,canadian,chadian,chilean,chinese,colombian,congolese,costa rican,croatian,cuban,cypriot,czech,danish,dominican,ecuadorian,egyptian,emirati,eritrean,estonian,ethiopian,fijian,filipino,filipina,finnish,gabonese,gambian,georgian,german,ghanaian,greek,guatemalan,guinean,guyanese,haitian,honduran,hungarian,icelandic,indonesian,iranian,iraqi,irish,israeli,italian,ivorian,jamaican,japanese,jordanian,kazakh,kenyan,kuwaiti,kyrgyz,laotian,latvian,lebanese,liberian,libyan,lithuanian,luxembourgish,macedonian,malagasy,malawian,malaysian,maldivian,malian,maltese,mauritanian,mauritian,mexican,moldovan,mongolian,montenegrin,moroccan,mozambican,namibian,nepalese,nepali,new zealander,nicaraguan,nigerian,nigerien,north korean,norwegian,omani,pakistani,palestinian,panamanian,paraguayan,peruvian,portuguese,qatari,romanian,russian,rwandan,salvadoran,samoan,saudi,scottish,senegalese,serbian,singaporean,slovak,slovenian,somali,south african,south korean,spanish,sri lankan,sudanese,surinamese,swazi,swedish,swiss,syrian,taiwanese,tajik,tanzanian,thai,togolese,tongan,trinidadian,tunisian,turkmen,ugandan,ukrainian,uruguayan,uzbek,venezuelan,vietnamese,welsh,yemeni,zambian,zimbabwean,中国籍,美国籍,英国籍,日本籍,韩国籍,法国籍,德国籍,加拿大籍,澳大利亚籍,俄罗斯籍".split(
      ",",
    ),
  capital:
    "British,English,French,Dutch,Polish,Turkish,Korean,Indian,Brit,Spaniard,Swede,Dane,Finn,Pole,Turk,Scot".split(
      ",",
    ),
  score: 0.5,
});
