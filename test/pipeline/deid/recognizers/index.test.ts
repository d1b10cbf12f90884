import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { recognizers, type RecognizerName } from "../../../../pipeline/deid/recognizers/index.ts";
import type { TextRecognizer } from "../../../../pipeline/deid/recognizers/recognizer.ts";

interface Cases {
  /** Texts that are one find from end to end. */
  readonly finds: readonly string[];
  /** Texts without a find, or with one that only context could lift. */
  readonly misses: readonly string[];
}

const cases: Record<RecognizerName, Cases> = {
  address_block: {
    finds: [],
    misses: ["It is 5 years since", "he lives in Paris", "send 3 of them to 20 people"],
  },
  address_latin: {
    finds: [
      "221B Baker Street, London NW1 6XE",
      "350 Fifth Avenue, Suite 3300, New York, NY 10118",
      "Hauptstraße 5, 10115 Berlin",
      "12 rue de la Paix",
      "Calle Mayor 5",
      "P.O. Box 1234",
    ],
    misses: ["I ran 5 miles on the road", "2 ways to the street", "He came 3rd in Paris"],
  },
  address_town: {
    finds: ["Uricani, Olt 469513", "64533 Durban", "Houterdweer 3649 PP"],
    misses: ["Room 12345", "On Monday 123456", "total, 10000 people", "in Paris 2024 was fine"],
  },
  address_zh: {
    finds: ["上海市浦东新区世纪大道100号", "广州市天河区体育西路103号维多利广场A座"],
    misses: ["这条路很长", "中山路上有很多人"],
  },
  age: {
    finds: ["34 years old", "3-year-old", "forty-two years old", "六十岁", "45岁"],
    misses: ["30 years of war", "5 years ago", "他老了"],
  },
  api_key: {
    finds: ["AKIAIOSFODNN7EXAMPLE", "ghp_16C7e42F292c6912E7710c838347Ae178B4a"],
    misses: ["AKIAIOSFODNN7EXAMPL", "sk-short"],
  },
  au_abn: { finds: ["51 824 753 556"], misses: ["51 824 753 557"] },
  au_medicare: { finds: ["2123 45670 1"], misses: ["2123 45671 1"] },
  au_tfn: { finds: ["876 543 210"], misses: ["876 543 211"] },
  br_cnpj: { finds: ["11.222.333/0001-81"], misses: ["11.222.333/0001-82"] },
  br_cpf: {
    finds: ["529.982.247-25", "52998224725"],
    misses: ["529.982.247-26", "111.111.111-11"],
  },
  ca_postcode: { finds: ["K1A 0B1"], misses: ["K1D 0B1", "Z1A 0B1"] },
  ca_sin: { finds: ["130 692 544"], misses: ["130 692 545", "046 454 286"] },
  cn_landline: {
    finds: ["010-62770334", "0755-83765566", "400-820-8820"],
    misses: ["0755-1376556"],
  },
  cn_mobile: { finds: ["138 0013 8000", "86-13912345678"], misses: ["12800138000", "1380013800"] },
  cn_passport: { finds: [], misses: ["E1234567", "Q12345678"] },
  cn_plate: { finds: ["京A·12345", "粤B12345D", "沪AD12345"], misses: ["京AI2345", "京A1234"] },
  cn_resident_id: {
    finds: ["11010519491231002X", "110105194912310021".replace(/.$/, "X"), "110105 19491231 002X"],
    misses: ["110105194912310021", "11010519491331002X", "99010519491231002X"],
  },
  cn_uscc: { finds: ["91350100M000100Y43"], misses: ["91350100M000100Y44"] },
  company: {
    finds: ["Brandt & Weiss GmbH", "Zima a Bílek a.s.", "Crist and Sons", "Bruun Baby A/S"],
    misses: ["a group of friends", "the limited edition", "Please pay the inc", "as was said"],
  },
  crypto_address: {
    finds: [
      "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
      "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
      "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    ],
    misses: ["1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5"],
  },
  date: {
    finds: [
      "2024-03-05",
      "5 March 2024",
      "Mar 5th, 2024",
      "03/05/2024",
      "2024年3月5日",
      "3月5日",
      "二〇二四年三月五日",
      "2024-03-05T10:20:30Z",
    ],
    misses: ["2024-13-05", "31/31/2024", "1.2.3", "may", "marching 5 men"],
  },
  de_id_card: { finds: [], misses: ["T220001294"] },
  de_social_insurance: { finds: ["15 070649 C 103"], misses: ["15 070649 C 104"] },
  de_tax_id: { finds: ["86 095 742 719", "47036892816"], misses: ["86 095 742 710"] },
  email: {
    finds: [
      "jane.doe+tag@sub.example.co.uk",
      "o'hara@example.org",
      "user@[192.168.1.1]",
      "jane [at] example [dot] org",
      "jane at example dot org",
    ],
    misses: ["@jane", "jane@localhost", "a @ b", "look at this dot. Then"],
  },
  es_nif: { finds: ["12345678Z", "X1234567L", "12345678-Z"], misses: ["12345678A", "X1234567A"] },
  fi_hetu: { finds: ["131052-308T", "131052A308T"], misses: ["131052-308U"] },
  fr_nir: { finds: ["2 55 08 14 168 025 38", "255081416802538"], misses: ["255081416802539"] },
  gps_coordinates: {
    finds: ["48.8583, 2.2945", "40° 26′ 46″ N, 79° 58′ 56″ W"],
    misses: ["3.1415 2.7182", "1.5, 2.5"],
  },
  hk_id: { finds: ["A123456(3)"], misses: ["A123456(4)"] },
  iban: {
    finds: ["DE89 3704 0044 0532 0130 00", "GB29NWBK60161331926819", "NO93 8601 1117 947"],
    misses: ["DE89 3704 0044 0532 0130 01", "DE89 3704 0044 0532 0130"],
  },
  id_number: { finds: [], misses: ["the number of members is 12", "account for 1200 of them"] },
  imei: { finds: ["49-015420-323751-8"], misses: ["49-015420-323751-9"] },
  in_aadhaar: { finds: ["2341 2341 2346"], misses: ["2341 2341 2347"] },
  in_pan: { finds: ["ABCPE1234F"], misses: ["ABCXE1234F", "ABCP1234FF"] },
  ip_address: {
    finds: ["192.168.0.1", "2001:db8::8a2e:370:7334", "::ffff:10.0.0.1", "10.0.0.0/8"],
    misses: ["256.1.1.1", "1.2.3", "v1.2.3.4", "10:20:30", "std::vector"],
  },
  it_fiscal_code: { finds: ["RSSMRA85T10A562S"], misses: ["RSSMRA85T10A562T"] },
  jp_my_number: { finds: ["1234 5678 9018"], misses: ["1234 5678 9019"] },
  jwt: {
    finds: ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqb2UifQ.c2lnbmF0dXJl"],
    misses: ["eyJhbGciOiJIUzI1NiJ9"],
  },
  kr_rrn: { finds: ["900101-1234568"], misses: ["901301-1234568", "900101-9234568"] },
  mac_address: {
    finds: ["00-B0-D0-63-C2-26", "00:1b:63:84:45:e6", "001b.6384.45e6"],
    misses: ["00:00:00:00:00:00", "00-B0-D0-63-C2"],
  },
  mo_id: { finds: ["1234567(8)", "5/123456/7"], misses: ["2234567(8)", "12345678"] },
  nl_bsn: { finds: [], misses: ["111222334"] },
  password: { finds: [], misses: ["the password is required", "password reset"] },
  payment_card: {
    finds: [
      "4111 1111 1111 1111",
      "5555-5555-5555-4444",
      "378282246310005",
      "3530111333300000",
      "6011 1111 1111 1117",
    ],
    misses: ["4111 1111 1111 1112", "1234 5678 9012 3452", "0.4111111111111111"],
  },
  phone: {
    finds: [
      "+1 212-736-5000",
      "(212) 736-5000",
      "+44 20 7946 0958",
      "+49 30 901820",
      "020 7946 0958",
      "07700 900123",
      "212.736.5000 x123",
    ],
    misses: ["12,345,678", "2024-03-05", "1234567890", "1.234.567"],
  },
  pl_nip: { finds: ["526-000-12-46"], misses: ["526-000-12-47"] },
  pl_pesel: { finds: ["44051401359"], misses: ["44051401358", "44151401359"] },
  private_key: {
    finds: ["-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----"],
    misses: ["-----BEGIN PUBLIC KEY-----"],
  },
  se_personnummer: { finds: ["811218-9876"], misses: ["811218-9875", "811318-9876"] },
  sg_nric: { finds: ["S1234567D"], misses: ["S1234567A"] },
  ethnicity: { finds: ["African American", "藏族"], misses: ["white walls", "black tea"] },
  health_condition: {
    finds: ["type 2 diabetes", "Parkinson's disease", "高血压"],
    misses: ["a healthy diet"],
  },
  job_title: { finds: [], misses: ["he engineers it", "software engineer"] },
  nationality: { finds: ["Nigerian", "Poles"], misses: ["polish the table", "turkey"] },
  political_view: { finds: ["registered Democrat", "中共党员"], misses: ["a democratic vote"] },
  religion: { finds: ["Muslims", "佛教徒"], misses: ["a holy day"] },
  sexual_orientation: { finds: ["bisexual", "同性恋者"], misses: ["sextant"] },
  tr_tckn: { finds: ["10000000146"], misses: ["10000000147", "00000000146"] },
  tw_id: { finds: ["A123456789"], misses: ["A123456788"] },
  uk_driving_licence: { finds: ["MORGA657054SM9IJ"], misses: ["MORGA699054SM9IJ"] },
  uk_nhs: { finds: ["943 476 5919"], misses: ["943 476 5918"] },
  uk_nino: { finds: ["AB 12 34 56 C", "AB123456C"], misses: ["GB123456C", "AB123456E"] },
  uk_postcode: { finds: ["SW1A 1AA", "M1 1AE", "EC1A 1BB"], misses: ["SW1A 1CI", "QA1 1AA"] },
  url: {
    finds: [
      "https://example.org/a?b=c",
      "www.example.com",
      "sub.example.co.uk/path",
      "http://localhost:8080/x",
    ],
    misses: ["e.g.", "end.The", "node.js", "main.rs", "1.5"],
  },
  us_aba: { finds: ["0210-0002-1"], misses: ["0210-0002-2", "9910-0002-1"] },
  us_dea: { finds: ["AP5836727"], misses: ["AP5836728"] },
  us_driver_license: { finds: [], misses: ["AB"] },
  us_itin: { finds: ["912-70-1234"], misses: ["912-93-1234", "812-70-1234"] },
  us_mbi: { finds: ["1EG4-TE5-MK73"], misses: ["1EG4-TB5-MK73", "0EG4-TE5-MK73"] },
  us_npi: { finds: [], misses: ["1234567894"] },
  us_passport: { finds: [], misses: ["AB1234567"] },
  us_ssn: {
    finds: ["536-90-4399", "536 90 4399"],
    misses: ["666-90-4399", "536-00-4399", "987-65-4321", "536904399"],
  },
  vin: { finds: ["1M8GDM9AXKP042788"], misses: ["1M8GDM9A1KP042788", "1M8GDM9AXKP04278"] },
  za_id: { finds: ["8001015009087"], misses: ["8001015009088"] },
};

const threshold = 0.5;

describe("recognizers", () => {
  before(async () => {
    for (const recognizer of Object.values<TextRecognizer>(recognizers)) await recognizer.load?.();
  });
  for (const [name, { finds, misses }] of Object.entries(cases)) {
    const recognizer: TextRecognizer = recognizers[name as RecognizerName];
    it(`${name} finds its example and ${finds.length} more`, () => {
      assert.ok(recognizer.recognize(recognizer.example).length > 0, "the example");
      for (const text of finds) {
        const found = recognizer.recognize(`(${text}) and`).filter((m) => m.score >= threshold);
        assert.ok(
          found.some((m) => m.start === 1 && m.end === text.length + 1),
          `${JSON.stringify(text)}: ${JSON.stringify(found)}`,
        );
      }
    });
    it(`${name} leaves ${misses.length} near misses`, () => {
      for (const text of misses) {
        const found = recognizer.recognize(`(${text}) and`).filter((m) => m.score >= threshold);
        assert.deepEqual(found, [], text);
      }
    });
  }

  const alphabets = [
    "1",
    "12 ",
    "1-2.",
    "a@",
    "a.",
    "A1",
    "0:f",
    "://x",
    "Aa ",
    "1 Street ",
    "路1号",
    "jan ",
    "at dot ",
    "((",
    "eyJ.",
    "-----BEGIN ",
  ];
  for (const [name, recognizer] of Object.entries<TextRecognizer>(recognizers)) {
    it(`${name} takes linear time on hostile strings`, () => {
      for (const alphabet of alphabets) {
        const hostile = alphabet.repeat(Math.ceil(100_000 / alphabet.length));
        const start = performance.now();
        recognizer.recognize(hostile);
        const took = performance.now() - start;
        assert.ok(took < 1500, `${took.toFixed(0)} ms on ${JSON.stringify(alphabet)}`);
      }
    });
  }
});
