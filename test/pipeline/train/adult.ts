import { existsSync, readFileSync } from "node:fs";
import { packageRoot } from "../../../pipeline/core/package-root.ts";
import type { Batch, Cell } from "../../../pipeline/core/types.ts";
import type { TabularData } from "../../../pipeline/train/tabular.ts";
import { stream } from "./fixtures.ts";

const folder = new URL("../shared/data/tabular/", packageRoot);
const numbers = "age fnlwgt education_num capital_gain capital_loss hours_per_week".split(" ");
const names =
  "age workclass fnlwgt education education_num marital_status occupation relationship race sex capital_gain capital_loss hours_per_week native_country income".split(
    " ",
  );

/** Why UCI Adult cannot be used here, or false. */
export const adultAbsent: string | false = existsSync(new URL("adult.data", folder))
  ? false
  : "shared/data/tabular/adult.data is absent";

/** All rows of `adult.data` or `adult.test`. */
export function readAdult(file: "adult.data" | "adult.test"): Batch {
  const rows = readFileSync(new URL(file, folder), "utf8")
    .split("\n")
    .filter((line) => line.includes(", "))
    .map((line) => line.replace(/\.$/, "").split(", "));
  const columns: Record<string, Cell[]> = {};
  for (const [i, name] of names.entries()) {
    columns[name] = rows.map((row) => {
      const text = row[i]!;
      return text === "?" ? null : numbers.includes(name) ? Number(text) : text;
    });
  }
  return { rows: rows.length, columns };
}

/** The rows whose number `keep` accepts. */
export function someRows(batch: Batch, keep: (row: number) => boolean): Batch {
  const columns: Record<string, Cell[]> = {};
  let rows = 0;
  for (const [name, cells] of Object.entries(batch.columns)) {
    const kept = cells.filter((_, row) => keep(row));
    columns[name] = kept;
    rows = kept.length;
  }
  return { rows, columns };
}

/** Predicts income from the rest. */
export function adultData(train: Batch, validation: Batch): TabularData {
  return {
    columns: names
      .filter((name) => name !== "income")
      .map((name) => ({ name, type: numbers.includes(name) ? "integer" : "text" })),
    label: { column: "income", favourable: ">50K" },
    train: () => stream([{ batch: train }]),
    validation: () => stream([validation]),
  };
}

/** Share of rows on the right side of one half. */
export function adultAccuracy(scores: Float32Array, batch: Batch): number {
  const right = batch.columns.income!.filter((y, i) => scores[i]! > 0.5 === (y === ">50K"));
  return right.length / batch.rows;
}
