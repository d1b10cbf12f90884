import { below, pick } from "../../core/random.ts";
import type { Random } from "../../core/types.ts";

export type Language = "en" | "zh";

/** Some sentences with `{slots}`, as a loan officer might have left them. */
export function noteTemplates(random: Random, language: Language): readonly string[] {
  const from = sentences[language];
  const chosen = [pick(random, from.opening)];
  const wanted = 1 + below(random, 3);
  const start = below(random, from.detail.length);
  // A step that has no factor in common with the length visits each sentence once.
  for (let i = 0; i < wanted; i++) {
    chosen.push(from.detail[(start + i * 7) % from.detail.length]!);
  }
  if (below(random, 2) === 0) {
    chosen.splice(1 + below(random, chosen.length), 0, pick(random, from.plain));
  }
  return chosen;
}

interface Sentences {
  readonly opening: readonly string[];
  readonly detail: readonly string[];
  /** Numbers and words that only look like personal data. */
  readonly plain: readonly string[];
}

const sentences: Readonly<Record<Language, Sentences>> = {
  en: {
    opening: [
      "{name} applied for {amount} over {term} months to {purpose}.",
      "Spoke with {name} on {date} about a loan to {purpose}.",
      "Applicant {name} asks for {amount} to {purpose}.",
      "Walk-in: {name}, wants {amount} over {term} months.",
      "New application from {name}, received {date}.",
      "Call back requested. Purpose of the loan is to {purpose}.",
      "Request for {amount} to {purpose}; term {term} months.",
      "{first} would like to {purpose} and needs {amount}.",
      "Follow-up to our meeting with {name} on {date}.",
      "Second application this year, again to {purpose}.",
    ],
    detail: [
      "Best reached on {phone} after 5 pm.",
      "Please email the offer to {email}.",
      "Identity checked: {idlabel} {id}, born {birth}.",
      "Proof of address shows {address}.",
      "Joint application with {spouse}, who can be called on {otherphone}.",
      "{officer} reviewed the file on {date} and asked for two more payslips.",
      "Salary goes to account {iban}.",
      "Fee paid by card {card}, receipt sent to {email}.",
      "Application was submitted from {ip} and passed the device check.",
      "Supporting documents are at {url}.",
      "Reference given: {spouse}, {otheremail}.",
      "Moved from {otheraddress} on {date}.",
      "Date of birth {birth} matches the passport.",
      "Guarantor is {spouse} (tel. {otherphone}).",
      "{officer} called {phone} and left a message.",
      "Asked us to copy {otheremail} on everything, that is the accountant, {spouse}.",
      "Repayments by direct debit from {iban}, starting {date}.",
      "Last login from {ip}; a second attempt came from {otherip}.",
      "The card ending was unclear, customer confirmed the full number {card} by phone.",
      "Employer confirmed the start date, {date}, to {officer}.",
      "Correspondence address is {otheraddress} until the move is over.",
      "{idlabel} on file: {id}.",
      "Her landlord, {spouse}, confirmed the rent has been paid on time since {date}.",
      "Profile at {url} looks consistent with the application.",
      "Text {phone} or write to {email}; no calls at work.",
    ],
    plain: [
      "Debt to income is fine, about {percent} percent.",
      "Score model v2.4.1 gave band C.",
      "Policy 12.3 applies to amounts above 25,000.",
      "Documents complete except the payslips for the last 3 months.",
      "Case number LN-{number}, batch 0042.",
      "Very polite, a bit anxious about the interest rate of 7.9 %.",
      "May want to top up later; explained the rules.",
      "Existing customer since the branch opened.",
      "Rent is {amount} a year, no other debts.",
      "Will decide by Friday.",
    ],
  },
  zh: {
    opening: [
      "申请人{name}申请贷款{amount}，期限{term}个月，用于{purpose}。",
      "{date}与{name}沟通，贷款用途为{purpose}。",
      "客户{name}来电咨询，拟借款{amount}。",
      "{name}于{date}提交申请，用途：{purpose}。",
      "今日到店客户：{name}，希望{term}个月还清。",
      "本次申请金额{amount}，用于{purpose}。",
      "回访记录：{name}表示资金主要用于{purpose}。",
      "{name}先前已有一笔贷款，现再次申请{amount}。",
    ],
    detail: [
      "联系电话：{phone}，下午方便接听。",
      "请将合同发送至{email}。",
      "身份证号{id}，已核验。",
      "现住址为{address}。",
      "配偶{spouse}，电话{otherphone}。",
      "客户经理{officer}于{date}完成面签。",
      "紧急联系人是{spouse}，手机{otherphone}。",
      "出生日期{birth}，与证件一致。",
      "提交申请的IP地址为{ip}。",
      "材料已上传：{url}，请查收。",
      "还款银行卡号{card}。",
      "境外收入汇入账户{iban}。",
      "担保人{spouse}，住{otheraddress}。",
      "由{officer}负责跟进，邮箱{otheremail}。",
      "{officer}已电话联系{phone}，无人接听。",
      "原住址{otheraddress}，{date}搬至现址。",
      "共同借款人{spouse}已签字。",
      "收入证明由{officer}核实，日期{date}。",
      "登录地址{otherip}与常用地址不同，已人工复核。",
      "有问题请加微信或打{phone}，也可写信到{email}。",
    ],
    plain: [
      "负债率约{percent}%，符合要求。",
      "评分模型给出C档。",
      "资料齐全，待审批。",
      "客户态度配合，对利率7.9%有疑问。",
      "案件编号LN-{number}。",
      "租金每年{amount}，无其他负债。",
      "预计三个工作日内答复。",
      "工资流水连续12个月。",
    ],
  },
};

/** What a loan is for, as the end of a sentence. */
export const purposes: Readonly<Record<Language, readonly string[]>> = {
  en: [
    "replace an old boiler",
    "buy a used van",
    "pay for a nursing course",
    "consolidate two store cards",
    "repair the roof",
    "open a small bakery",
    "cover a wedding",
    "move closer to work",
    "pay a medical bill",
    "refit the kitchen",
  ],
  zh: [
    "装修住房",
    "购买汽车",
    "子女教育",
    "周转店铺资金",
    "支付医疗费用",
    "结婚",
    "进修课程",
    "更换家电",
  ],
};
