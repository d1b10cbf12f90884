/** Given names by culture and gender, and surnames by culture, as one might meet them anywhere. */
export interface Culture {
  readonly female: readonly string[];
  readonly male: readonly string[];
  readonly surnames: readonly string[];
}

const list = (names: string): readonly string[] => names.split(" ");

/** Cultures by name; the first one serves for names of none of them. */
export const cultures = {
  english: {
    female: list(
      "Alice Amy Anna Barbara Betty Carol Catherine Charlotte Clara Deborah Donna Dorothy Elizabeth Ella Emily Emma Evelyn Florence Grace Hannah Heather Helen Isabella Jane Janet Jennifer Jessica Joan Joyce Judith Julia Karen Kate Kathleen Kimberly Laura Linda Lisa Lucy Margaret Martha Mary Megan Melissa Michelle Nancy Nicole Olivia Pamela Patricia Rachel Rebecca Ruth Samantha Sandra Sarah Sharon Sophia Stephanie Susan Victoria Virginia Wendy",
    ),
    male: list(
      "Adam Alan Albert Alexander Andrew Anthony Arthur Benjamin Brian Charles Christopher Daniel David Dennis Donald Douglas Edward Eric Frank Gary George Gregory Harold Harry Henry Jack Jacob James Jason Jeffrey Jeremy John Jonathan Joseph Joshua Justin Keith Kenneth Kevin Larry Lawrence Mark Matthew Michael Nathan Nicholas Oliver Patrick Paul Peter Philip Raymond Richard Robert Roger Ronald Ryan Samuel Scott Sean Stephen Steven Thomas Timothy Walter William",
    ),
    surnames: list(
      "Adams Allen Anderson Bailey Baker Barnes Bennett Brooks Brown Butler Campbell Carter Clark Collins Cook Cooper Cox Davis Edwards Evans Fisher Foster Gibson Graham Gray Green Hall Harris Harrison Hill Howard Hughes Jackson Jenkins Johnson Jones Kelly King Lewis Marshall Mason Miller Mitchell Moore Morgan Morris Murphy Murray Nelson Parker Perry Phillips Price Reed Reynolds Richardson Roberts Robinson Rogers Ross Russell Scott Shaw Simpson Smith Stewart Taylor Thompson Turner Walker Ward Watson Webb Wells White Williams Wilson Wood Wright Young",
    ),
  },
  spanish: {
    female: list(
      "Adriana Alejandra Ana Beatriz Camila Carmen Carolina Catalina Daniela Dolores Elena Gabriela Gloria Inés Isabel Josefa Juana Laura Leticia Lorena Lucía Luisa Marta María Mercedes Mónica Natalia Paula Pilar Rosa Sofía Teresa Valentina Verónica Ximena Yolanda Maria Lucia Sofia",
    ),
    male: list(
      "Alejandro Alfonso Álvaro Andrés Antonio Carlos Diego Eduardo Emilio Enrique Felipe Fernando Francisco Gonzalo Gustavo Hugo Ignacio Javier Jesús Joaquín Jorge José Juan Julio Luis Manuel Mateo Miguel Pablo Pedro Rafael Ramón Raúl Ricardo Rodrigo Santiago Sergio Tomás Víctor Jose",
    ),
    surnames: list(
      "Aguilar Álvarez Castillo Castro Cruz Delgado Díaz Domínguez Fernández Flores García Garcia Gómez González Gonzalez Gutiérrez Hernández Hernandez Herrera Iglesias Jiménez López Lopez Martín Martínez Martinez Medina Méndez Mendoza Morales Moreno Muñoz Navarro Núñez Ortega Ortiz Peña Pérez Perez Ramírez Ramirez Ramos Reyes Ríos Rivera Rodríguez Rodriguez Rojas Romero Ruiz Salazar Sánchez Sanchez Santos Silva Soto Suárez Torres Vargas Vásquez Vega",
    ),
  },
  french: {
    female: list(
      "Amélie Anne Aurélie Camille Céline Chantal Chloé Claire Delphine Élise Françoise Geneviève Hélène Isabelle Jeanne Juliette Léa Louise Madeleine Manon Margaux Marie Mathilde Monique Nathalie Pauline Simone Sophie Sylvie Valérie",
    ),
    male: list(
      "Alain Antoine Bernard Bruno Christophe Claude Didier Étienne François Frédéric Gérard Guillaume Hugo Jacques Jean Jérôme Julien Laurent Louis Luc Marc Mathieu Maxime Michel Nicolas Olivier Pascal Philippe Pierre Rémi Thierry Yves",
    ),
    surnames: list(
      "Bernard Blanc Bonnet Boyer Chevalier Clément David Denis Dubois Dufour Dupont Durand Faure Fontaine Fournier Garnier Gauthier Girard Henry Lambert Laurent Lefebvre Lefèvre Legrand Leroy Marchand Martin Mercier Michel Moreau Morel Nicolas Petit Renard Richard Rousseau Roux Simon Thomas Vincent",
    ),
  },
  german: {
    female: list(
      "Angelika Anja Anke Birgit Brigitte Claudia Elke Erika Franziska Gabriele Gisela Greta Hanna Heike Helga Ingrid Jutta Karin Katharina Kerstin Lena Martina Monika Petra Renate Sabine Silke Steffi Susanne Ursula Ute",
    ),
    male: list(
      "Andreas Bernd Christian Dieter Dirk Erich Florian Franz Friedrich Gerhard Günter Hans Heinrich Helmut Holger Horst Jan Jens Johannes Jürgen Karl Klaus Lukas Manfred Markus Matthias Otto Rainer Ralf Stefan Sven Thorsten Uwe Werner Wolfgang",
    ),
    surnames: list(
      "Bauer Becker Braun Fischer Frank Franke Fuchs Graf Groß Günther Hartmann Herrmann Hoffmann Huber Kaiser Keller Klein Koch Köhler König Krause Krüger Lange Lehmann Maier Mayer Meier Meyer Müller Neumann Peters Pfeiffer Richter Roth Schäfer Schmid Schmidt Schmitt Schneider Scholz Schröder Schubert Schulz Schwarz Vogel Wagner Walter Weber Weiß Werner Winkler Wolf Zimmermann",
    ),
  },
  italian: {
    female: list(
      "Alessandra Alessia Antonella Bianca Chiara Cristina Elisa Federica Francesca Giada Giorgia Giovanna Giulia Ilaria Lucrezia Martina Michela Paola Roberta Serena Silvia Simona Valeria",
    ),
    male: list(
      "Alberto Alessandro Andrea Claudio Dario Davide Domenico Enrico Fabio Filippo Francesco Giacomo Gianluca Giorgio Giovanni Giuseppe Leonardo Lorenzo Luca Marco Massimo Matteo Maurizio Nicola Paolo Riccardo Salvatore Stefano Vincenzo",
    ),
    surnames: list(
      "Barbieri Bianchi Bruno Caruso Colombo Conti Costa Esposito Ferrara Ferrari Fontana Galli Gallo Giordano Greco Leone Lombardi Longo Mancini Mariani Marini Martini Moretti Ricci Rinaldi Rizzo Romano Rossi Russo Santoro Serra Testa Villa Vitale",
    ),
  },
  slavic: {
    female: list(
      "Agnieszka Aleksandra Anastasia Barbora Dorota Ekaterina Ewa Galina Irina Ivana Jana Joanna Katarzyna Ksenia Ludmila Magdalena Małgorzata Milena Nadia Natasha Olga Petra Svetlana Tatiana Vera Veronika Yulia Zofia",
    ),
    male: list(
      "Aleksander Alexei Andrei Bogdan Boris Dmitri Dragan Grzegorz Igor Ivan Jakub Jaroslav Krzysztof Maciej Marek Michał Mikhail Milan Nikolai Oleg Pavel Piotr Roman Sergei Stanislav Tomasz Vasily Viktor Vladimir Wojciech Yuri Zoran",
    ),
    surnames: list(
      "Dvořák Horák Horvat Ivanov Jankowski Jovanović Kamiński Kovač Kowalski Kozlov Kravchenko Kuznetsov Lebedev Lewandowski Mazur Morozov Nikolić Novák Novak Nowak Orlov Pavlov Petrov Petrović Popov Procházka Smirnov Sokolov Svoboda Szymański Volkov Wiśniewski Wójcik Zieliński",
    ),
  },
  nordic: {
    female: list(
      "Anneli Astrid Birgitta Elin Freja Frida Hanne Inger Ingeborg Johanna Karin Kirsten Linnea Maja Sanna Signe Sigrid Solveig Tuulikki",
    ),
    male: list(
      "Anders Bjørn Erik Fredrik Gunnar Håkan Henrik Johan Kjell Lars Leif Magnus Mikko Mikael Nils Olav Ole Per Rasmus Sindre Søren Torsten",
    ),
    surnames: list(
      "Andersen Andersson Berg Bergström Dahl Eriksson Forsberg Hansen Hansson Haugen Jensen Johansen Johansson Karlsson Korhonen Larsen Larsson Lindberg Lindström Lund Nielsen Nilsson Nyström Olsen Pedersen Persson Rasmussen Sandberg Sørensen Svensson Virtanen",
    ),
  },
  indian: {
    female: list(
      "Aarti Aditi Ananya Anjali Deepa Divya Geeta Isha Kavita Kavya Lakshmi Leela Meera Neha Nisha Pooja Priya Radha Rekha Rupa Shreya Sita Sunita Swati Tanvi Usha Vidya",
    ),
    male: list(
      "Aarav Aditya Ajay Amit Anil Arjun Ashok Deepak Ganesh Gopal Harish Karan Kiran Krishna Manoj Mohan Nikhil Pradeep Raj Rahul Rajesh Ramesh Ravi Rohan Sanjay Suresh Vijay Vikram Vivek",
    ),
    surnames: list(
      "Agarwal Banerjee Bhat Bose Chatterjee Chaudhary Chopra Das Desai Deshmukh Gandhi Ghosh Gupta Iyer Jain Joshi Kapoor Kaur Khanna Kulkarni Kumar Malhotra Mehta Menon Mishra Mukherjee Nair Pandey Patel Patil Pillai Rao Reddy Saxena Sen Shah Sharma Shetty Singh Sinha Srinivasan Trivedi Varma Verma Yadav",
    ),
  },
  arabic: {
    female: list(
      "Aisha Amal Amina Dalia Fatima Farah Hala Hanan Huda Jamila Khadija Laila Layla Leila Lina Mariam Maryam Mona Nadia Noor Noura Rania Salma Samira Yasmin Zahra Zainab",
    ),
    male: list(
      "Abdullah Ahmad Ahmed Ali Amir Bilal Faisal Hamza Hassan Hussein Ibrahim Imran Jamal Karim Khaled Khalid Mahmoud Mohamed Mohammed Muhammad Mustafa Nasser Omar Rashid Saeed Salim Samir Tariq Yasser Youssef Yusuf Zaid",
    ),
    surnames: list(
      "Abbas Aziz Darwish Farouk Haddad Hamdan Hamid Hashemi Hosseini Jaber Kassem Khalil Khan Mansour Masri Najjar Nasser Qureshi Rahman Saleh Shaheen Siddiqui Suleiman Tahir Zaman",
    ),
  },
  african: {
    female: list(
      "Abena Adaeze Akua Amara Ama Ayodele Chidinma Chioma Efua Folake Halima Ifeoma Imani Makena Ngozi Njeri Nkechi Nomsa Oluchi Thandiwe Wanjiru Yewande Zanele",
    ),
    male: list(
      "Adebayo Ayo Babajide Chidi Chinedu Chukwuma Emeka Femi Jabari Kamau Kwabena Kwame Kwasi Mandla Musa Mwangi Obinna Olumide Sipho Tendai Themba Tunde Uche",
    ),
    surnames: list(
      "Abiodun Achebe Adeyemi Afolabi Agyeman Asante Balogun Banda Boateng Diallo Dlamini Eze Ibekwe Kamara Kimani Mbeki Mensah Moyo Mwangi Ndlovu Nkosi Nwosu Obi Odhiambo Okafor Okeke Okonkwo Onyango Osei Otieno Owusu Sesay Toure Traore Zulu",
    ),
  },
  chinese: {
    female: list(
      "Fang Fen Hong Hua Huan Jiao Jing Juan Lan Li Ling Lihua Lijuan Mei Meiling Min Na Ping Qian Qing Rong Ting Xia Xiaofang Xiaohong Xiaoling Xiaomei Xin Xiu Xiuying Yan Ying Yuan Yue Yun Zhen",
    ),
    male: list(
      "Bin Bo Chao Cheng Dong Feng Gang Guang Guoqiang Hai Hao Jian Jianguo Jianhua Jie Jun Kai Lei Liang Long Ming Peng Qiang Rui Tao Wei Weimin Xiaoming Xiong Yong Yu Zhigang Zhiqiang Zhong",
    ),
    surnames: list(
      "Bai Cai Cao Chen Cheng Cui Dai Deng Ding Dong Du Fan Feng Fu Gao Gong Gu Guo Han He Hou Hu Huang Jia Jiang Jin Kong Lai Li Liang Liao Lin Liu Long Lu Luo Ma Mao Meng Mo Pan Peng Qian Qin Qiu Ren Shao Shen Shi Song Su Sun Tan Tang Tao Tian Wan Wang Wei Wu Xia Xiang Xiao Xie Xiong Xu Xue Yan Yang Yao Ye Yin Yu Yuan Zeng Zhang Zhao Zheng Zhong Zhou Zhu Zou",
    ),
  },
  japanese: {
    female: list(
      "Aiko Akemi Ayumi Chiyo Emi Hanako Haruka Hina Keiko Kyoko Mai Megumi Michiko Misaki Naoko Noriko Sachiko Sakura Tomoko Yoko Yui Yuki Yumiko",
    ),
    male: list(
      "Akira Daiki Daisuke Haruto Hideo Hiroshi Ichiro Isamu Jiro Kaito Kazuki Kenji Kenta Makoto Masashi Naoki Ren Ryota Satoshi Shota Takashi Takeshi Taro Yamato Yuto",
    ),
    surnames: list(
      "Abe Fujita Fujiwara Goto Hasegawa Hashimoto Hayashi Ikeda Inoue Ishikawa Ito Kato Kimura Kobayashi Kondo Maeda Matsumoto Mori Murakami Nakajima Nakamura Ogawa Okada Saito Sakamoto Sasaki Sato Shimizu Suzuki Takahashi Tanaka Watanabe Yamada Yamaguchi Yamamoto Yamazaki Yoshida",
    ),
  },
  korean: {
    female: list(
      "Eunji Eunjung Haeun Hyejin Jieun Jihye Jimin Jiwon Mijin Minji Minseo Seoyeon Soojin Soyeon Sujin Yejin Yeonhee Yuna",
    ),
    male: list(
      "Donghyun Hyunwoo Jaehyun Jihoon Jinwoo Joonho Junho Kyungsoo Minho Minjun Sangwoo Seojun Seungho Sungmin Taehyung Woojin Youngho",
    ),
    surnames: list(
      "Ahn Bae Baek Choi Chung Gang Gwak Heo Hong Hwang Jang Jeong Jo Jung Kang Kim Kwon Lim Moon Nam Noh Oh Park Ryu Seo Shin Sohn Yoo Yoon",
    ),
  },
  vietnamese: {
    female: list(
      "Bich Chau Diep Dung Hang Hanh Hien Hoa Huong Huyen Lan Linh Mai Ngoc Nhung Phuong Quynh Thao Thuy Trang Tuyet Yen",
    ),
    male: list(
      "Anh Binh Cuong Dat Duc Duong Hieu Khai Hoang Hung Khanh Khoa Minh Nam Nghia Phong Phuc Quan Quang Son Thanh Thinh Tien Trung Tuan Tung Viet",
    ),
    surnames: list(
      "Bui Dang Dinh Duong Ho Hoang Huynh Lam Le Luong Mai Ngo Nguyen Pham Phan Tran Trinh Truong Vo Vu Vuong",
    ),
  },
  turkish: {
    female: list(
      "Aslı Ayşe Aylin Burcu Büşra Canan Derya Ebru Elif Emine Esra Fatma Gizem Hatice Merve Nur Özlem Pınar Selin Sevgi Zeynep",
    ),
    male: list(
      "Ahmet Arda Barış Burak Can Cem Deniz Emre Fatih Furkan Hakan Halil Kaan Kemal Mehmet Murat Mustafa Onur Orhan Osman Serkan Tolga Volkan Yusuf",
    ),
    surnames: list(
      "Acar Akın Aksoy Arslan Aslan Avcı Aydın Bulut Çelik Çetin Demir Doğan Erdoğan Güneş Kaplan Kara Kaya Kılıç Koç Korkmaz Kurt Öztürk Özdemir Polat Şahin Şen Taş Tekin Yavuz Yıldırım Yıldız Yılmaz",
    ),
  },
} as const satisfies Record<string, Culture>;

/** Chinese surnames, common first, and characters of given names, by the gender that they lean to. */
export const hanNames = {
  surnames: Array.from(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文",
  ),
  compound: [
    "欧阳",
    "上官",
    "司马",
    "诸葛",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "司徒",
    "夏侯",
    "端木",
    "南宫",
  ],
  female: Array.from(
    "芳娜敏静丽艳娟霞秀玲桂英红梅婷雪慧莹琳倩颖燕萍蓉薇菲瑶怡佳欣妍璐洁茜珊莉媛岚",
  ),
  male: Array.from(
    "伟强磊军勇杰涛超明刚平辉鹏斌波峰飞健龙凯浩宇鑫志建国华文博涵俊哲毅翔晨阳昊轩然",
  ),
} as const;

/** Russian names in their own script; surnames of women are a list of their own. */
export const cyrillicLists = {
  female: list(
    "Анна Вера Галина Дарья Екатерина Елена Ирина Ксения Людмила Мария Надежда Наталья Ольга Полина Светлана Софья Татьяна Юлия",
  ),
  male: list(
    "Александр Алексей Андрей Борис Виктор Владимир Дмитрий Евгений Иван Игорь Кирилл Максим Михаил Николай Олег Павел Роман Сергей Юрий",
  ),
  surnamesOfWomen: list(
    "Иванова Кузнецова Лебедева Морозова Новикова Орлова Павлова Петрова Попова Смирнова Соколова Фёдорова",
  ),
  surnames: list(
    "Иванов Кузнецов Лебедев Морозов Новиков Орлов Павлов Петров Попов Смирнов Соколов Фёдоров Шевченко Коваленко Бондаренко",
  ),
} as const;

/** Syllables of Korean names. */
export const hangulNames = {
  surnames: Array.from("김이박최정강조윤장임한오서신권황안송류홍"),
  given: Array.from("민준서연지우현수진영은하경성재희동미선호정아윤"),
} as const;
