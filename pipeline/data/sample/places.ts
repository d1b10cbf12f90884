import { below, pick } from "../../core/random.ts";
import type { Random } from "../../core/types.ts";
import { digits, type Country } from "./identifiers.ts";

/** Where somebody lives. `area` is the county code of a Chinese resident id, else "". */
export interface Place {
  readonly address: string;
  readonly postcode: string;
  readonly area: string;
}

/** An address of a country: real towns, streets that many towns have, numbers by chance. */
export function placeIn(random: Random, country: Country): Place {
  switch (country) {
    case "US":
      return american(random);
    case "GB":
      return british(random);
    case "CN":
      return chinese(random);
  }
}

function american(random: Random): Place {
  const [city, zip] = pick(random, usCities);
  const postcode = zip + digits(random, 5 - zip.length);
  const street = `${pick(random, usStreets)} ${pick(random, ["Street", "Avenue", "Drive", "Lane", "Road", "Court", "St", "Ave", "Blvd"])}`;
  const unit = pick(random, [
    "",
    "",
    "",
    `, Apt ${1 + below(random, 40)}`,
    `, Unit ${1 + below(random, 9)}B`,
  ]);
  return {
    address: `${10 + below(random, 9800)} ${street}${unit}, ${city} ${postcode}`,
    postcode,
    area: "",
  };
}

function british(random: Random): Place {
  const [city, outward] = pick(random, ukCities);
  const letters = Array.from("ABDEFGHJLNPQRSTUWXYZ");
  const postcode = `${outward}${1 + below(random, 9)} ${below(random, 10)}${pick(random, letters)}${pick(random, letters)}`;
  const street = `${pick(random, ukStreets)} ${pick(random, ["Road", "Street", "Lane", "Close", "Avenue", "Terrace", "Gardens", "Way"])}`;
  const flat = pick(random, ["", "", "", `Flat ${1 + below(random, 30)}, `]);
  return {
    address: `${flat}${1 + below(random, 220)} ${street}, ${city} ${postcode}`,
    postcode,
    area: "",
  };
}

function chinese(random: Random): Place {
  const [district, area, post] = pick(random, cnDistricts);
  const road = pick(random, cnRoads) + pick(random, ["路", "路", "街", "大道"]);
  const rooms = [
    `${1 + below(random, 30)}栋${1 + below(random, 6)}单元${1 + below(random, 28)}0${1 + below(random, 4)}室`,
    `${1 + below(random, 30)}号楼${1 + below(random, 28)}0${1 + below(random, 4)}室`,
    `${1 + below(random, 20)}幢${1 + below(random, 30)}0${1 + below(random, 6)}`,
    "",
  ];
  return {
    address: `${district}${road}${1 + below(random, 999)}号${pick(random, rooms)}`,
    postcode: post + digits(random, 6 - post.length),
    area,
  };
}

const usCities = [
  ["Springfield, IL", "627"],
  ["Portland, OR", "972"],
  ["Madison, WI", "537"],
  ["Boise, ID", "837"],
  ["Albany, NY", "122"],
  ["Dayton, OH", "454"],
  ["Tucson, AZ", "857"],
  ["Savannah, GA", "314"],
  ["Worcester, MA", "016"],
  ["Fresno, CA", "937"],
  ["Austin, TX", "787"],
  ["Omaha, NE", "681"],
  ["Raleigh, NC", "276"],
  ["Tacoma, WA", "984"],
  ["Newark, NJ", "071"],
  ["Mobile, AL", "366"],
  ["St. Paul, MN", "551"],
  ["Denver, CO", "802"],
  ["Baltimore, MD", "212"],
  ["Memphis, TN", "381"],
] as const;
const usStreets = [
  "Maple",
  "Oak",
  "Cedar",
  "Washington",
  "Lincoln",
  "Elm",
  "Lakeview",
  "Hillcrest",
  "Park",
  "Sunset",
  "Jefferson",
  "Chestnut",
  "Franklin",
  "River",
  "Church",
  "N Main",
  "W 14th",
  "Martin Luther King",
  "Meadow",
  "Spruce",
];
const ukCities = [
  ["London", "N"],
  ["London", "SE"],
  ["London", "E"],
  ["Leeds", "LS"],
  ["Manchester", "M"],
  ["Bristol", "BS"],
  ["Sheffield", "S"],
  ["Cardiff", "CF"],
  ["Glasgow", "G"],
  ["Norwich", "NR"],
  ["York", "YO"],
  ["Leicester", "LE"],
  ["Nottingham", "NG"],
  ["Exeter", "EX"],
  ["Birmingham", "B"],
  ["Liverpool", "L"],
  ["Belfast", "BT"],
  ["Swansea", "SA"],
] as const;
const ukStreets = [
  "Alma",
  "Victoria",
  "Station",
  "Church",
  "Mill",
  "Albert",
  "Grange",
  "Queens",
  "Park",
  "Manor",
  "Highfield",
  "Windsor",
  "Orchard",
  "St John's",
  "Chapel",
  "Springfield",
  "Beech",
  "Castle",
];
// Names, county codes (GB/T 2260) and the first digits of the postcode.
const cnDistricts = [
  ["北京市朝阳区", "110105", "1000"],
  ["北京市海淀区", "110108", "1000"],
  ["上海市徐汇区", "310104", "2000"],
  ["上海市浦东新区", "310115", "2001"],
  ["天津市南开区", "120104", "3001"],
  ["重庆市渝中区", "500103", "4000"],
  ["广东省深圳市南山区", "440305", "5180"],
  ["广东省广州市天河区", "440106", "5106"],
  ["江苏省南京市鼓楼区", "320106", "2100"],
  ["江苏省苏州市吴中区", "320506", "2151"],
  ["浙江省杭州市西湖区", "330106", "3100"],
  ["浙江省宁波市海曙区", "330203", "3150"],
  ["四川省成都市武侯区", "510107", "6100"],
  ["湖北省武汉市武昌区", "420106", "4300"],
  ["湖南省长沙市岳麓区", "430104", "4100"],
  ["陕西省西安市雁塔区", "610113", "7100"],
  ["山东省青岛市市南区", "370202", "2660"],
  ["河南省郑州市金水区", "410105", "4500"],
  ["福建省厦门市思明区", "350203", "3610"],
  ["辽宁省沈阳市和平区", "210102", "1100"],
  ["安徽省合肥市蜀山区", "340104", "2300"],
  ["云南省昆明市五华区", "530102", "6500"],
] as const;
const cnRoads = [
  "人民",
  "中山",
  "解放",
  "建设",
  "和平",
  "文化",
  "新华",
  "长江",
  "黄河",
  "科技",
  "学府",
  "滨河",
  "幸福",
  "光明",
  "胜利",
  "复兴",
  "延安",
  "朝晖",
  "翠竹",
  "桃园",
];
