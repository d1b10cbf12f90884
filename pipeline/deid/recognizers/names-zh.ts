import type { Match } from "./match.ts";

const SURNAMES =
  "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文樊兰殷施陶翟颜倪严牛温芦俞鲁葛伍韦聂焦柳邢岳齐梅莫庄辛祁耿牟詹苗凌费纪靳盛童欧甄裴屈鲍覃霍翁隋柯阮桂闵柴冉辜饶刁瞿戚丘滕苑邬臧苟褚娄奚穆邸姬屠郜晏栾郁揭窦敖鄢卓仇艾巩虞卞竺冼佟栗匡鞠荆谌蔺";
/** Family names that make no other word behind "little". */
const FRIENDS =
  "王李张刘陈杨赵周吴徐孙胡朱郭林何罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾魏薛";
/** Words that begin like a name. */
const noName =
  /^(?:金额|金融|方面|方案|方式|方便|方向|高度|高级|高兴|高中|高校|常见|常用|常常|常年|白天|白色|黄金|黄色|马上|马路|任务|任何|任意|万元|万一|文件|文化|文章|文字|文本|易于|江苏|江西|江南|江北|江湖|石油|石头|石家庄|平时|龙头|雷达|雷电|康复|史上|于是|于今|钱包|钱款|毛病|林业|林区|宋体|宋代|唐代|唐朝|陈述|陈旧|陈列|张口|张贴|许可|许多|许久|谢谢|谢意|周围|周末|周期|周边|周年|罗马|罗列|孔子|孟子|顾问|顾客|程度|程序|丁香|钟头|钟点|夏天|夏季|秦代|温度|温暖|齐全|施工|施行|严重|严格|费用|费率|纪录|纪律|纪念|盛大|童年|童话|欧洲|欧美|欧元|穆斯林|莫非|莫名|苗条|凌晨|柳州|桂林|兰州|梅花|牛奶|武器|武汉|武装|郑州|杭州|苏州|苏联|徐州|曹操|温州|滕州|郁闷|艾滋病|卓越|仇恨)/;
const COMPOUND =
  "(?:欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒|夏侯|端木|百里|南宫|独孤)";
const GIVEN = "[\\u4e00-\\u9fff]";
const HAN_NAME = `(?:${COMPOUND}|[${SURNAMES}])${GIVEN}{1,2}`;
const after = String.raw`(?=[ ,，。、:：;；!！?？()（）\n"”」]|$|先生|女士|小姐|老师|医生|教授|经理|同学|博士|律师|主任|说|表示|认为|称|的|在|是|于|和|与|及|电|手机|身份证|住|今年|出生|来自|已|因|向|对|把|将|被|有|去|到)`;
const chineseCues: readonly (readonly [RegExp, number, string])[] = [
  [
    new RegExp(
      `(?:姓名|名字|我叫|我是|他叫|她叫|名叫|叫做|联系人?|户名|收款人|付款人|开户人|持有人|客服|请找|致电|通知|采访|收件人|寄件人|经办人|委托人|受益人|法定代表人|监护人|被告人?|原告人?|证人|嫌疑人|受害人|记者|通讯员|作者|编辑|主持人|嘉宾|司机|患者|病人|客户|申请人|负责人|签名|署名|本人|用户|持卡人|学生|老师|经理|院长|校长|局长|书记|主任|教授|律师|警员|民警|医生|同事|朋友|丈夫|妻子|儿子|女儿|父亲|母亲)(?:为|是|叫)?[:： ]{0,2}(${HAN_NAME}?)${after}`,
      "g",
    ),
    0.8,
    "words before it",
  ],
  [
    new RegExp(`(${HAN_NAME}?)(?:先生|女士|小姐|老师|医生|教授|经理|同学|博士|律师)`, "g"),
    0.75,
    "title after it",
  ],
  [
    new RegExp(
      `(?<=^|[^\\u4e00-\\u9fff]|[找和跟与问给请叫对向服])(老[${SURNAMES}]|小[${FRIENDS}])(?=[和与跟说的也就在是一]|[，。！？：、,.!?:]|$)`,
      "g",
    ),
    0.6,
    "how one calls a friend",
  ],
  [new RegExp(`(?<![\\u4e00-\\u9fff])(${HAN_NAME}?)${after}`, "g"), 0.55, "surname and given name"],
];

/** `alone`: no model has looked at the text, so a surname and its surroundings must do. */
export function chineseNames(text: string, alone: boolean): Match[] {
  const matches: Match[] = [];
  for (const [pattern, score, why] of alone ? chineseCues : chineseCues.slice(0, 3)) {
    for (const hit of text.matchAll(pattern)) {
      if (noName.test(hit[1]!)) continue;
      const start = hit.index + hit[0].indexOf(hit[1]!);
      matches.push({ ...person(start, start + hit[1]!.length, score), reasons: [why] });
    }
  }
  return matches;
}

function person(start: number, end: number, score: number): Match {
  return { start, end, entity: "PERSON", score };
}
