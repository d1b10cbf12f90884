import type { Batch, Cell, Role } from "../core/types.ts";
import { openSource } from "../data/source.ts";
import { createAnalyzer, type Analyzer } from "../deid/analyze.ts";
import { proposeHierarchy, type ProposedHierarchy } from "../deid/anonymity/hierarchy-proposal.ts";

/** What a column seems to be, for a person to confirm. */
export interface Guess {
  readonly name: string;
  readonly role: Role;
  readonly protected: boolean;
  readonly why: string;
  /** Whether it seems to name the person that a row is about. */
  readonly subject: boolean;
  /** A guess at how a quasi-identifier is generalised. */
  readonly hierarchy?: ProposedHierarchy;
}

const LOOK_ROWS = 1000;
const LOOK_CELLS = 200;
const directKinds = new Set([
  "EMAIL",
  "PHONE",
  "PAYMENT_CARD",
  "IBAN",
  "PERSON",
  "ADDRESS",
  "IP_ADDRESS",
  "ID_NUMBER",
]);
const protectedName =
  /^(sex|gender|race|ethnicity|ethnic_?group|religion|nationality|disability|性别|民族|国籍|宗教(信仰)?|残疾)$/i;
const quasiName =
  /(^|[_ ])(age|zip|postcode|postal|birth|dob|city|county|region|state|country|marital|education|occupation|profession|job)|年龄|出生|生日|城市|省份?$|地区|区县|邮编|邮政编码|婚姻|学历|教育|职业|籍贯/i;
const sensitiveName =
  /(^|[_ ])(diagnos[ei]s|disease|illness|condition|hiv|salary|wage)|疾病|诊断|病史|病名|工资|薪资/i;
const labelName =
  /^(label|target|outcome|y|class|approved|income|default|decision|标签|结果|是否.{1,8}|审批结果|违约)$/i;
const subjectName =
  /^((person|user|customer|client|patient|member|employee|subject|applicant)_?)?(id|no|number)$|编号$|(客户|用户|患者|会员|员工)(号|ID)$/i;

/** Guesses at the columns of a source, from its first 1,000 rows. */
export async function guessColumns(location: string): Promise<Guess[]> {
  const source = await openSource(location, { batchRows: LOOK_ROWS });
  const analyzer = await createAnalyzer({ mode: "balanced", language: "auto" });
  for await (const batch of source.read())
    return source.columns.map(({ name }) => guessColumn(name, batch, analyzer));
  return [];
}

/** The role of one column of a batch, by its name first and then by what its cells hold. */
export function guessColumn(name: string, batch: Batch, analyzer: Analyzer): Guess {
  const cells = batch.columns[name] ?? [];
  const is = (role: Role, why: string, more: Partial<Guess> = {}): Guess => ({
    ...{ name, role, why, protected: false, subject: false },
    ...proposalFor(name, role, cells),
    ...more,
  });
  if (protectedName.test(name))
    return is("quasi", "its name is that of a protected attribute", { protected: true });
  if (labelName.test(name)) {
    const values = [...new Set(cells)].filter((cell) => cell !== null && cell !== "");
    const few = values.length <= 5 ? `; favourable is one of ${values.join(", ")}` : "";
    return is("label", `its name is that of an outcome${few}`);
  }
  const held = heldBy(name, cells, analyzer);
  if (held.length > 60)
    return is("text", `its cells have ${Math.round(held.length)} characters on average`);
  if (held.share >= 0.3 && (directKinds.has(held.kind) || /^[A-Z]{2}_/.test(held.kind))) {
    const why = `${Math.round(100 * held.share)} % of its cells hold ${held.kind}`;
    return held.coverage >= (held.kinds > 1 ? 0.95 : 0.6)
      ? is("identifier", why, { subject: subjectName.test(name) })
      : is("text", `${why} among other words`);
  }
  const distinct = new Set(cells).size;
  const unique = batch.rows >= 20 && distinct === batch.rows;
  if (subjectName.test(name))
    return is("identifier", "its name is that of a person's number", { subject: true });
  if (unique && cells.every((cell) => cell === null || typeof cell === "string"))
    return is("identifier", "every cell is different");
  if (quasiName.test(name)) return is("quasi", "its name is that of a quasi-identifier");
  if (sensitiveName.test(name)) return is("sensitive", "its name is that of a sensitive attribute");
  return is("other", "nothing points at a person");
}

interface Held {
  /** Mean characters of a cell that is not empty. */
  readonly length: number;
  /** The kind found in most cells, and the share of cells that hold it. */
  readonly kind: string;
  readonly share: number;
  /** How many kinds at least three in ten cells hold. */
  readonly kinds: number;
  /** Share of the letters and digits of those cells that any find covers. */
  readonly coverage: number;
}

function heldBy(name: string, cells: readonly Cell[], analyzer: Analyzer): Held {
  const texts = cells.flatMap((cell) => (cell === null || cell === "" ? [] : [String(cell)]));
  const kinds = new Map<string, number>();
  let [covered, whole] = [0, 0];
  const looked = texts.slice(0, LOOK_CELLS);
  for (const text of looked) {
    const spans = analyzer.analyze(text, { field: name });
    if (spans.length === 0) continue;
    for (const entity of new Set(spans.map((span) => span.entity)))
      kinds.set(entity, (kinds.get(entity) ?? 0) + 1);
    whole += words(text);
    for (const { start, end } of spans) covered += words(text.slice(start, end));
  }
  const [kind, hits] = [...kinds].sort((a, b) => b[1] - a[1])[0] ?? ["", 0];
  return {
    length: texts.reduce((sum, text) => sum + text.length, 0) / Math.max(1, texts.length),
    kind,
    share: hits / Math.max(1, looked.length),
    kinds: [...kinds.values()].filter((n) => n >= 0.3 * looked.length).length,
    coverage: covered / Math.max(1, whole),
  };
}

/** Letters and digits of a text. */
function words(text: string): number {
  return text.replace(/[^\p{L}\p{N}]/gu, "").length;
}

function proposalFor(name: string, role: Role, cells: readonly Cell[]): Pick<Guess, "hierarchy"> {
  if (role !== "quasi") return {};
  const hierarchy = proposeHierarchy(
    name,
    cells.map((cell) => (cell === null ? "" : String(cell))),
  );
  return hierarchy === undefined ? {} : { hierarchy };
}
