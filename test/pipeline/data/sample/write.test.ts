import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { sha256 } from "../../../../pipeline/core/digest.ts";
import type { Batch, Cell } from "../../../../pipeline/core/types.ts";
import { plantedEntities } from "../../../../pipeline/data/sample/planted.ts";
import { sampleColumns, writeSample } from "../../../../pipeline/data/sample/write.ts";
import { openSource } from "../../../../pipeline/data/source.ts";

const folder = mkdtempSync(join(tmpdir(), "probity-sample-"));
after(() => {
  rmSync(folder, { recursive: true });
});

interface Truth {
  readonly row: number;
  readonly spans: readonly { column: string; start: number; end: number; entity: string }[];
}

const ROWS = 6000;
const started = process.cpuUsage();
const summary = await writeSample(folder, { rows: ROWS, seed: "demo" });
const used = process.cpuUsage(started);
const seconds = (used.user + used.system) / 1e6;
const source = await openSource(summary.data, {});
const batches: Batch[] = [];
for await (const batch of source.read()) batches.push(batch);
const column = (name: string): Cell[] => batches.flatMap((batch) => batch.columns[name] ?? []);
const texts = Object.fromEntries(sampleColumns.map((name) => [name, column(name)]));
const truth = readFileSync(summary.truth, "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as Truth);

describe("the sample", () => {
  it("has every column and row, and is written within three seconds", () => {
    assert.deepEqual(
      source.columns.map(({ name, type }) => [name, type]),
      sampleColumns.map((name) => [
        name,
        name === "birth_date"
          ? "date"
          : ["age", "income", "amount", "term_months"].includes(name)
            ? "integer"
            : "text",
      ]),
    );
    assert.equal(source.summary().rows, ROWS);
    assert.equal(truth.length, ROWS);
    assert.ok(seconds < 3, `${seconds} s`);
  });

  it("is the same for one seed, and its first rows for any length", async () => {
    const short = await writeSample(join(folder, "short"), { rows: 50, seed: "demo" });
    const other = await writeSample(join(folder, "other"), { rows: 50, seed: "other" });
    const whole = readFileSync(summary.data, "utf8");
    const start = readFileSync(short.data, "utf8");
    assert.ok(whole.startsWith(start));
    assert.ok(readFileSync(summary.truth, "utf8").startsWith(readFileSync(short.truth, "utf8")));
    assert.notEqual(readFileSync(other.data, "utf8"), start);
    assert.equal(sha256(start), "218b0096b88c3867c79344a3a6875f603f59797ccf9d5749af7dd0ef69b9168b");
  });

  // What a value of each kind looks like, so that a span that is off by one is seen.
  const forms: Readonly<Record<string, RegExp>> = {
    PERSON: /^[\p{L}][\p{L}\p{M}' .-]*[\p{L}]$|^\p{L}$/u,
    EMAIL: /^[a-z0-9._]+@(mail\.)?example\.(com|org|net)$/,
    PHONE: /^[+(\d][\d ().-]+\d$/,
    ADDRESS: /^(\d|Flat \d|\p{Script=Han}).*[\d\p{L}]$/u,
    DATE: /^(\d{4}([-/]\d\d[-/]\d\d|年\d{1,2}月\d{1,2}日)|\d\d\/\d\d\/\d{4}|[A-Z][a-z]+ \d{1,2}, \d{4}|\d{1,2} [A-Z][a-z]+ \d{4})$/,
    US_SSN: /^(77[3-9]|7[89]\d|8\d\d)-\d\d-\d{4}$/,
    UK_NINO: /^[A-Z]{2} ?\d\d ?\d\d ?\d\d ?[A-D]$/,
    CN_RESIDENT_ID: /^\d{17}[\dX]$/,
    IBAN: /^[A-Z]{2}\d\d[A-Z0-9 ]+$/,
    PAYMENT_CARD: /^\d[\d -]+\d$/,
    IP_ADDRESS: /^(\d+\.\d+\.\d+\.\d+|2001:db8:[0-9a-f]+::[0-9a-f]+)$/,
    URL: /^(https?:\/\/|www\.)[a-z0-9./?=_-]+$/,
  };

  it("says exactly where each planted value stands", () => {
    const counts: Record<string, number> = {};
    for (const { row, spans } of truth) {
      for (const { column, start, end, entity } of spans) {
        const cell = String(texts[column]![row]);
        assert.match(cell.slice(start, end), forms[entity]!, `${column} of row ${row}`);
        if (column !== "notes") assert.deepEqual([start, end], [0, cell.length]);
        counts[entity] = (counts[entity] ?? 0) + 1;
      }
    }
    assert.deepEqual(counts, { ...summary.planted });
    for (const entity of plantedEntities) assert.ok(counts[entity] >= 300, entity);
  });

  it("leaves no planted form of mail or id outside the spans", () => {
    for (const { row, spans } of truth) {
      let rest = String(texts.notes![row] ?? "");
      const own = spans.filter(({ column }) => column === "notes");
      for (const { start, end } of own.toReversed()) {
        rest = `${rest.slice(0, start)}\n${rest.slice(end)}`;
      }
      assert.doesNotMatch(rest, /@|\d{3}-\d\d-\d{4}|\d{15}|example\.(com|org)|\d{4}年|http/);
    }
  });

  it("has right check digits", () => {
    const values = truth.flatMap(({ row, spans }) =>
      spans.map(({ column, start, end, entity }) => ({
        entity,
        value: String(texts[column]![row]).slice(start, end).replace(/[ -]/g, ""),
        row,
      })),
    );
    for (const { entity, value, row } of values) {
      if (entity === "IBAN") {
        const moved = Array.from(value.slice(4) + value.slice(0, 4));
        assert.equal(BigInt(moved.map((c) => parseInt(c, 36)).join("")) % 97n, 1n);
      } else if (entity === "PAYMENT_CARD") {
        const sum = Array.from(value)
          .reverse()
          .reduce((total, digit, i) => {
            const n = Number(digit) * (1 + (i % 2));
            return total + (n > 9 ? n - 9 : n);
          }, 0);
        assert.equal(sum % 10, 0);
      } else if (entity === "CN_RESIDENT_ID") {
        const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        const sum = weights.reduce((total, weight, i) => total + weight * Number(value[i]), 0);
        assert.equal("10X98765432"[sum % 11], value[17]);
        assert.equal(value.slice(6, 14), String(texts.birth_date![row]).replaceAll("-", ""));
        assert.equal(Number(value[16]) % 2 === 1, texts.sex![row] === "male");
      }
    }
  });

  it("is about three fifths English and two fifths Chinese", () => {
    const notes = texts.notes!.filter((text) => text !== null).map(String);
    const chinese = notes.filter((text) => /\p{Script=Han}/u.test(text)).length / notes.length;
    assert.ok(chinese > 0.37 && chinese < 0.43, `${chinese}`);
    assert.ok(new Set(notes).size > notes.length * 0.98);
  });
});

describe("the planted disparity", () => {
  const rates = (weights?: readonly number[], withSex = true) => {
    const score = fitted(features(withSex), labels(), weights);
    const selected = { female: [0, 0], male: [0, 0] };
    texts.sex!.forEach((sex, row) => {
      const counts = selected[sex as "female" | "male"];
      counts[0]! += score[row]! > 0 ? 1 : 0;
      counts[1]!++;
    });
    return Math.abs(
      selected.male[0]! / selected.male[1]! - selected.female[0]! / selected.female[1]!,
    );
  };

  it("is clear in a model that learns from it, and small after reweighing by sex", () => {
    const raw = rates();
    const reweighed = rates(reweighing());
    assert.ok(raw > 0.18, `${raw}`);
    assert.ok(reweighed < 0.07, `${reweighed}`);
    assert.ok(rates(reweighing(), false) < 0.06, `${rates(reweighing(), false)}`);
  });

  it("is against one ethnicity too, and approval is not rare", () => {
    const share = (test: (row: number) => boolean) => {
      const rows = labels().filter((_, row) => test(row));
      return rows.reduce((sum, label) => sum + label, 0) / rows.length;
    };
    const black = share((row) => texts.ethnicity![row] === "Black");
    const white = share((row) => texts.ethnicity![row] === "White");
    assert.ok(white - black > 0.15, `${white} ${black}`);
    const all = share(() => true);
    assert.ok(all > 0.4 && all < 0.7, `${all}`);
  });

  function labels(): number[] {
    return texts.approved!.map((cell) => (cell === "yes" ? 1 : 0));
  }

  /** Kamiran and Calders 2012: P(sex) P(label) / P(sex, label). */
  function reweighing(): number[] {
    const label = labels();
    const sex = texts.sex!;
    const count = (test: (row: number) => boolean) => label.filter((_, row) => test(row)).length;
    const cell = new Map<string, number>();
    for (const s of ["female", "male"]) {
      for (const l of [0, 1]) {
        const both = count((row) => sex[row] === s && label[row] === l);
        const alone = count((row) => sex[row] === s) * count((row) => label[row] === l);
        cell.set(`${s} ${l}`, alone / (both * label.length));
      }
    }
    return label.map((l, row) => cell.get(`${String(sex[row])} ${l}`)!);
  }

  function features(withSex: boolean): number[][] {
    const employments = [...new Set(texts.employment)].slice(1);
    const groups = [...new Set(texts.ethnicity)].slice(1);
    return texts.income!.map((income, row) => [
      1,
      Math.log(Number(income) / 36_000),
      Number(texts.amount![row]) / Number(income) - 0.5,
      Number(texts.age![row]) / 40 - 1,
      Number(texts.term_months![row]) / 40 - 1,
      withSex && texts.sex![row] === "female" ? 1 : 0,
      ...employments.map((kind) => (texts.employment![row] === kind ? 1 : 0)),
      ...groups.map((group) => (texts.ethnicity![row] === group ? 1 : 0)),
    ]);
  }

  /** Logistic regression by plain gradient descent; the linear score of each row. */
  function fitted(rows: number[][], label: number[], weights?: readonly number[]): number[] {
    const beta = rows[0]!.map(() => 0);
    const score = (row: number[]) => row.reduce((sum, x, j) => sum + x * beta[j]!, 0);
    for (let step = 0; step < 150; step++) {
      const slope = beta.map(() => 0);
      rows.forEach((row, i) => {
        const error = (1 / (1 + Math.exp(-score(row))) - label[i]!) * (weights?.[i] ?? 1);
        for (let j = 0; j < beta.length; j++) slope[j]! += error * row[j]!;
      });
      for (let j = 0; j < beta.length; j++) beta[j]! -= (2 * slope[j]!) / rows.length;
    }
    return rows.map(score);
  }
});
