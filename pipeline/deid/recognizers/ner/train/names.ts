import { hashText } from "../hash.ts";

/** Given and family names of one origin, in Latin letters; `familyFirst` where that order is usual. */
export interface NamePool {
  readonly given: readonly string[];
  readonly family: readonly string[];
  readonly familyFirst?: boolean;
  /** What joins two given syllables, where given names are made of two. */
  readonly joins?: readonly string[];
}

const words = (list: string): string[] => list.trim().split(/\s+/);

/** Which locales of faker make up an origin. */
const locales: Readonly<Record<string, readonly string[]>> = {
  english: ["en", "en_AU"],
  spanish: ["es", "es_MX"],
  portuguese: ["pt_BR", "pt_PT"],
  french: ["fr", "fr_CH"],
  german: ["de", "de_CH", "nl", "nl_BE", "af_ZA"],
  nordic: ["da", "sv", "nb_NO", "fi"],
  italian: ["it"],
  "eastern-european": ["pl", "cs_CZ", "sk", "hr", "sr_RS_latin", "hu", "ro", "sl_SI", "lv"],
  turkic: ["tr", "az", "uz_UZ_latin", "ku_kmr_latin"],
  indian: ["en_IN", "en_NP"],
  "west-african": ["en_NG", "en_GH", "yo_NG", "fr_SN"],
  "southern-african": ["zu_ZA", "en_ZA"],
  vietnamese: ["vi"],
  indonesian: ["id_ID"],
};

const romanised: Readonly<Record<string, readonly string[]>> = {
  russian: ["ru", "uk"],
  greek: ["el"],
};

const written: Readonly<Record<string, NamePool>> = {
  arabic: {
    given: words(
      "Mohammed Muhammad Ahmed Ahmad Ali Omar Hassan Hussein Khalid Khaled Youssef Yusuf Ibrahim Mustafa Abdullah Abdul Karim Tariq Bilal Hamza Samir Nasser Faisal Saleh Walid Rashid Jamal Zaid Amir Adel Hisham Mahmoud Salim Anwar Ziad Fadi Bashar Rami Marwan Imad Fatima Aisha Khadija Maryam Zainab Layla Leila Noor Nour Huda Amina Salma Rania Hanan Samira Yasmin Yasmine Dina Lina Reem Mona Nadia Farida Asma Sumaya Hind Iman Rana Dalia Ghada Lubna Abeer",
    ),
    family: words(
      "Al-Masri Al-Hashimi Al-Rashid Al-Sayed Al-Najjar Al-Farsi Al-Khatib Al-Shehri Al-Ghamdi Al-Qahtani Al-Harbi Al-Otaibi El-Sayed El-Amin El-Baradei Haddad Khoury Mansour Nasser Saleh Hamdan Hariri Aoun Jabari Barghouti Qasim Darwish Shaheen Sabbagh Halabi Najjar Hamad Rahman Aziz Hakim Bakr Suleiman Kassem Fayed Zaki Tantawi Mubarak Naguib Farouk Ghanem Badawi Abdallah Abbas Habib Malik Saad Sharif Siddiqui Yassin Zidan Benali Bouazizi Bensalem Belkacem Ziani Hamidi Osman Idris Bashir Jaber Hijazi Awad Shami",
    ),
  },
  persian: {
    given: words(
      "Reza Mehdi Hossein Amir Arash Babak Behrouz Cyrus Dariush Farhad Farzad Hamid Kaveh Kourosh Mahmoud Majid Masoud Mohsen Nader Navid Omid Parviz Ramin Saeed Shahram Siavash Vahid Azadeh Bahar Elham Fereshteh Golnaz Laleh Leila Mahsa Maryam Mina Nasrin Nazanin Niloufar Parisa Roya Sahar Setareh Shirin Soraya Yasaman Zahra",
    ),
    family: words(
      "Ahmadi Hosseini Mohammadi Rezaei Karimi Moradi Jafari Rahimi Sadeghi Hashemi Ebrahimi Ghasemi Tehrani Shirazi Esfahani Tabrizi Khorasani Kermani Amini Bahrami Daneshvar Farahani Ghorbani Heydari Javadi Kazemi Mousavi Najafi Norouzi Pahlavi Rostami Salehi Soltani Tavakoli Yazdani Zand Zarei Azimi Bagheri Golzar",
    ),
  },
  chinese: {
    given: words(
      "wei fang na min jing li qiang lei jun yang yong yan jie juan tao ming chao xiu ying xia ping gang gui fen hui hua yu xin hao ran yi ning bo chen kai peng fei long bin dong xiang zhi wen guo jian hong mei lan lin qing rong shan shu ting xuan yuan zhen zi han jia meng rui si tian xiao yue ze",
    ),
    family: words(
      "Wang Li Zhang Liu Chen Yang Zhao Huang Zhou Wu Xu Sun Hu Zhu Gao Lin He Guo Ma Luo Liang Song Zheng Xie Han Tang Feng Yu Dong Xiao Cheng Cao Yuan Deng Fu Shen Zeng Peng Lu Su Jiang Cai Jia Ding Wei Xue Ye Yan Pan Du Dai Xia Zhong Tian Ren Fan Fang Shi Yao Tan Liao Zou Xiong Jin Hao Kong Bai Cui Kang Mao Qiu Qin Gu Hou Shao Meng Long Wan Duan Lei Qian Ouyang Situ Zhuge",
    ),
    familyFirst: true,
    joins: ["", "", "", "-", " "],
  },
  cantonese: {
    given: words(
      "wai ming kit ho chi man ka kwok wing siu mei ling yuk fung hung kin shing tak lok hei yin yee yan sze hoi lai kwan tin chung keung lam pui suk yiu sum kei",
    ),
    family: words(
      "Chan Wong Lee Cheung Lau Leung Ng Ho Tsang Kwok Cheng Lam Yeung Tang Chow Chiu Fung Yip Tse Tsui Poon Mak Kwan Lui Lok Siu Tam Hui Szeto Au Yuen Chu Choi Kwong Ip Law Mok Pang So To Wan",
    ),
    familyFirst: true,
    joins: ["-", " ", "-"],
  },
  japanese: {
    given: words(
      "Hiroshi Takashi Kenji Satoshi Akira Makoto Kazuo Yoshio Shigeru Haruto Sota Yuki Ren Riku Kaito Daiki Takumi Shota Kenta Ryo Naoki Daisuke Kohei Shinji Junichi Koji Masao Minoru Osamu Tetsuya Yusuke Yuko Keiko Naoko Yoko Akiko Michiko Sachiko Emiko Haruka Sakura Yui Aoi Hina Misaki Ayaka Nanami Kaori Megumi Mayumi Tomoko Chieko Fumiko Reiko Noriko Sayuri Miyuki Rina Asuka",
    ),
    family: words(
      "Sato Suzuki Takahashi Tanaka Watanabe Ito Yamamoto Nakamura Kobayashi Kato Yoshida Yamada Sasaki Yamaguchi Matsumoto Inoue Kimura Hayashi Shimizu Yamazaki Mori Abe Ikeda Hashimoto Yamashita Ishikawa Nakajima Maeda Fujita Ogawa Goto Okada Hasegawa Murakami Kondo Ishii Saito Sakamoto Endo Aoki Fujii Nishimura Fukuda Ota Miura Takeuchi Nakagawa Okamoto Matsuda Harada Nakano Ono Tamura Fujiwara Ueda Kudo Hirano Morita Kojima Arai Takeda Uchida Noguchi Shibata Sugawara",
    ),
  },
  korean: {
    given: words(
      "min jun seo ji hyun soo young jin woo sung ho dong hyuk tae yeon eun hee kyung mi sun hye joon jae won seung kyu chul sang hwa in ja ok yong gyu na ri da bin",
    ),
    family: words(
      "Kim Lee Park Choi Jung Jeong Kang Cho Yoon Jang Lim Han Oh Seo Shin Kwon Hwang Ahn Song Ryu Hong Jeon Ko Moon Son Yang Bae Baek Heo Nam Shim Noh Ha Joo Koo Sung Cha Yoo Ryoo Pyo",
    ),
    familyFirst: true,
    joins: ["-", "-", " ", ""],
  },
  thai: {
    given: words(
      "Somchai Somsak Prasert Surachai Wichai Anan Chaiwat Kittisak Nattapong Niran Pongsak Prayut Sarawut Thaksin Wirat Apinya Chanida Kanya Malee Nattaya Nok Pimchanok Ploy Ratana Siriporn Sunisa Suda Wanida Yingluck Kanokwan",
    ),
    family: words(
      "Srisai Wongsawat Chaiyasit Saetang Saelim Suwannarat Boonmee Charoensuk Intharat Jaidee Kaewkla Limsakul Meesuk Phongphan Rattanakosin Sombat Thongchai Wattana Yodsuwan Chanthara Promma Sukjai Panyarachun Leekpai Bunnag Suksawat",
    ),
  },
  hebrew: {
    given: words(
      "Avi Amit Ariel Asaf Boaz Dov Eitan Eyal Gal Gilad Haim Ido Itai Lior Menachem Moshe Nadav Nir Noam Ofer Omer Oren Ron Shimon Shlomo Tal Tomer Uri Yair Yaakov Yehuda Yitzhak Yonatan Zvi Adi Ayelet Dafna Efrat Einat Hadas Inbal Keren Maya Michal Moran Noa Orly Ronit Rivka Shira Sigal Tamar Yael Yardena Zehava",
    ),
    family: words(
      "Cohen Levi Mizrahi Peretz Biton Dahan Avraham Friedman Malka Azoulay Katz Yosef Amar Ohayon Hadad Gabay Ben-David Ben-Ami Ben-Haim Adler Segal Shapira Golan Barak Peres Rabin Dayan Shamir Oz Navon Eshkol Sharon Netanel Harel Carmi Regev Shaked Tzur Almog Elbaz",
    ),
  },
  "east-african": {
    given: words(
      "Wanjiku Njeri Kamau Mwangi Otieno Achieng Kipchoge Kiprop Wambui Juma Baraka Asha Neema Amani Makena Abebe Alemayehu Bekele Dawit Desta Girma Haile Kebede Mulugeta Selam Tadesse Tigist Tsegaye Yohannes Zeinab Abdi Farah Hodan Ifrah Warsame Mugisha Kagame Uwase Tendai Farai Chipo Tatenda Rutendo Thandiwe Wangari Kwizera Habimana Okello Nakato Wasswa",
    ),
    family: words(
      "Kenyatta Odinga Ochieng Odhiambo Kariuki Kimani Njoroge Waweru Kipkemboi Cheruiyot Rotich Kosgei Mutua Musyoka Mbugua Tesfaye Gebreselassie Bekele Tadesse Wolde Assefa Mengistu Getachew Hailu Gebre Abdullahi Mohamud Hersi Museveni Okello Byaruhanga Nkurunziza Habyarimana Mugabe Moyo Ncube Chikwanda Mutasa Banda Phiri Mwale Chirwa Nyirenda Nyerere Magufuli Mkapa Mushi",
    ),
  },
  "south-asian-muslim": {
    given: words(
      "Imran Asif Kamran Shahid Waqar Zafar Iqbal Nadeem Rizwan Usman Arif Javed Babar Shoaib Rafiq Tanvir Mahbub Kamal Shafiq Nasreen Rubina Shabnam Saima Sadia Ayesha Farzana Nusrat Rehana Shazia Tahira Bushra Mehwish Hina Sana Rukhsana Zubair Faheem Junaid Sarfraz Ghulam",
    ),
    family: words(
      "Khan Malik Chaudhry Butt Qureshi Sheikh Mirza Akhtar Hussain Raza Siddiqui Baig Bhutto Sharif Afridi Durrani Rahman Chowdhury Miah Begum Sarkar Talukdar Bhuiyan Mollah Haque Karzai Ghani Ashraf Gilani Zardari Niazi Bibi Bukhari Shaikh Ansari",
    ),
  },
  pacific: {
    given: words(
      "Tane Hemi Wiremu Aroha Kiri Mere Ngaire Rangi Tama Sione Semisi Viliami Mele Sina Tui Malia Losa Fetu Keoni Kalani Leilani Nalani Makoa Ratu Sitiveni Josaia Litia Adi Manaia Tevita",
    ),
    family: words(
      "Tamihana Parata Ngata Te-Kanawa Rangihuna Paewai Tuilagi Fonoti Leota Taufa Tupou Vaipulu Fifita Moala Kahale Kealoha Kamaka Nakamoto-Kahale Bainimarama Qarase Rabuka Naivalu Vunipola Tuivasa Faleolo Sapolu Tuimavave",
    ),
  },
};

type FakerPerson = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** All pools, by origin. faker is MIT-licensed; the lists written out above are our own. */
export async function namePools(): Promise<Record<string, NamePool>> {
  const { allLocales } = await import("@faker-js/faker");
  const locale = (id: string): FakerPerson =>
    ((allLocales as unknown as Record<string, { person?: unknown }>)[id]?.person ??
      {}) as FakerPerson;
  const namesIn = (ids: readonly string[], field: string): string[] => [
    ...new Set(ids.flatMap((id) => Object.values(locale(id)[field] ?? {}).flat())),
  ];
  const pools: Record<string, NamePool> = { ...written };
  for (const [origin, ids] of Object.entries(locales)) {
    pools[origin] = { given: namesIn(ids, "first_name"), family: namesIn(ids, "last_name") };
  }
  for (const [origin, ids] of Object.entries(romanised)) {
    pools[origin] = {
      given: namesIn(ids, "first_name").map(romanise),
      family: namesIn(ids, "last_name").map(romanise),
    };
  }
  return Object.fromEntries(
    Object.entries(pools)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([origin, pool]) => [
        origin,
        { ...pool, given: clean(pool.given), family: clean(pool.family) },
      ]),
  );
}

/**
 * Whether a name is held out of the training text, to measure recall on names never seen. A third is.
 * Held-out names may still stand in the look-up lists.
 */
export function isHeldOut(name: string): boolean {
  return hashText(name, 0) % 3 === 0;
}

function clean(names: readonly string[]): string[] {
  return [...new Set(names)].filter(
    (name) => /^[\p{L}'’ -]{2,30}$/u.test(name) && !/^\p{Script=Han}/u.test(name),
  );
}

const letters: Readonly<Record<string, string>> = Object.fromEntries(
  words(
    "а:a б:b в:v г:g ґ:g д:d е:e ё:yo є:ye ж:zh з:z и:i і:i ї:yi й:y к:k л:l м:m н:n о:o п:p р:r с:s т:t у:u ф:f х:kh ц:ts ч:ch ш:sh щ:shch ъ: ы:y ь: э:e ю:yu я:ya ’: α:a ά:a β:v γ:g δ:d ε:e έ:e ζ:z η:i ή:i θ:th ι:i ί:i ϊ:i κ:k λ:l μ:m ν:n ξ:x ο:o ό:o π:p ρ:r σ:s ς:s τ:t υ:y ύ:y φ:f χ:ch ψ:ps ω:o ώ:o",
  ).map((pair) => pair.split(":") as [string, string]),
);

function romanise(name: string): string {
  return Array.from(name)
    .map((char) => {
      const small = char.toLowerCase();
      const latin = letters[small] ?? char;
      return char === small ? latin : latin.charAt(0).toUpperCase() + latin.slice(1);
    })
    .join("");
}
