import type { Policy } from "./schema.ts";
import type { Path } from "./source-map.ts";

interface Contradiction {
  readonly at: Path;
  readonly message: string;
}

/** Contradictions about anonymity: nothing to generalise, nothing to protect, levels upside down. */
export function anonymityProblems(policy: Policy): Contradiction[] {
  return [...classProblems(policy), ...averageProblems(policy)];
}

function classProblems({ dataset, deidentify }: Policy): Contradiction[] {
  const { anonymity } = deidentify;
  const columns = Object.entries(dataset.columns);
  const kept = columns.filter(([name]) => deidentify.columns[name] !== "drop");
  const problems: Contradiction[] = [];
  const hierarchical = anonymity?.t?.distance === "hierarchical";
  for (const [name, { role, hierarchy }] of columns) {
    if (hierarchy === undefined) {
      if (hierarchical && role === "sensitive") {
        problems.push({
          at: ["dataset", "columns", name],
          message: "the hierarchical distance of t-closeness needs a hierarchy here",
        });
      }
      continue;
    }
    const at = ["dataset", "columns", name, "hierarchy"];
    if (anonymity === undefined) {
      problems.push({ at, message: "a hierarchy serves deidentify.anonymity, which is absent" });
    } else if (role !== "quasi" && !(role === "sensitive" && hierarchical)) {
      problems.push({ at, message: `a column of role ${role} is not generalised, quasi is` });
    }
    const { min_level: low, max_level: high } = hierarchy;
    if (low !== undefined && high !== undefined && low > high) {
      problems.push({ at, message: "min_level is above max_level" });
    }
  }
  if (anonymity === undefined) return problems;
  for (const [name, { role }] of kept) {
    const operator = deidentify.columns[name];
    const called = typeof operator === "object" ? Object.keys(operator)[0] : operator;
    if ((role === "quasi" || role === "sensitive") && called === "surrogate") {
      problems.push({
        at: ["deidentify", "columns", name],
        message: `an invented value is in no class: ${name} is made anonymous, not invented`,
      });
    }
  }
  const at = ["deidentify", "anonymity"];
  problems.push(...populationProblems(anonymity, at));
  if (!kept.some(([, { role }]) => role === "quasi")) {
    problems.push({ at, message: "no column of role quasi is left to make anonymous" });
  }
  if (anonymity.count_text === true && !kept.some(([, { role }]) => role === "text")) {
    problems.push({ at: [...at, "count_text"], message: "there is no column of role text" });
  }
  const { l, t, delta_disclosure, beta_likeness } = anonymity;
  const about = { l, t, delta_disclosure, beta_likeness };
  for (const [key, value] of Object.entries(about)) {
    if (value !== undefined && !kept.some(([, { role }]) => role === "sensitive")) {
      problems.push({
        at: [...at, key],
        message: `${key} protects a column of role sensitive, there is none`,
      });
    }
  }
  if (l?.kind === "recursive" && l.c === undefined) {
    problems.push({ at: [...at, "l"], message: "recursive diversity needs c" });
  }
  return problems;
}

/** What asks for a population needs its table, and a table serves nothing else. */
function populationProblems(
  { k, k_map, delta_presence, population_table }: NonNullable<Policy["deidentify"]["anonymity"]>,
  at: Path,
): Contradiction[] {
  const problems: Contradiction[] = [];
  if (k === undefined && k_map === undefined && delta_presence === undefined) {
    problems.push({ at, message: "give k, k_map or delta_presence" });
  }
  for (const [key, value] of Object.entries({ k_map, delta_presence })) {
    if (value !== undefined && population_table === undefined) {
      problems.push({ at: [...at, key], message: `${key} needs population_table` });
    }
  }
  if (population_table !== undefined && k_map === undefined && delta_presence === undefined) {
    problems.push({
      at: [...at, "population_table"],
      message: "population_table serves k_map and delta_presence, neither is asked for",
    });
  }
  if (delta_presence !== undefined && delta_presence.min > delta_presence.max) {
    problems.push({ at: [...at, "delta_presence"], message: "min is above max" });
  }
  return problems;
}

/** Columns that are averaged together have one k, hold numbers, and are in no population by their means. */
function averageProblems({ dataset, deidentify }: Policy): Contradiction[] {
  const problems: Contradiction[] = [];
  const ofSet = new Map<string, unknown>();
  for (const [name, operator] of Object.entries(deidentify.columns)) {
    if (typeof operator !== "object" || !("microaggregate" in operator)) continue;
    const at = ["deidentify", "columns", name];
    const role = dataset.columns[name]?.role;
    if (role === "text" || role === "identifier" || role === "label") {
      problems.push({ at, message: `a column of role ${role} has no mean` });
    }
    if (role === "quasi" && deidentify.anonymity?.population_table !== undefined) {
      problems.push({ at, message: "the means of the table are not those of its population" });
    }
    const { k, together } = (operator.microaggregate ?? {}) as { k?: unknown; together?: unknown };
    if (typeof together !== "string") continue;
    if (ofSet.has(together) && ofSet.get(together) !== k) {
      problems.push({ at, message: `the columns of ${together} are averaged with different k` });
    }
    ofSet.set(together, k);
  }
  return problems;
}
