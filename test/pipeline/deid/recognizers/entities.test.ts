import assert from "node:assert/strict";
import { it } from "node:test";
import { entitiesMarkdown, entityList } from "../../../../pipeline/deid/recognizers/entities.ts";

it("lists every kind once, upper case with underscores", () => {
  const names = entityList().map(({ entity }) => entity);
  assert.equal(new Set(names).size, names.length);
  for (const name of names) assert.match(name, /^[A-Z][A-Z0-9_]*$/);
  const special = entityList()
    .filter((e) => e.special)
    .map((e) => e.entity);
  assert.deepEqual(special, [
    "ETHNICITY",
    "HEALTH_CONDITION",
    "POLITICAL_VIEW",
    "RELIGION",
    "SEXUAL_ORIENTATION",
  ]);
});

it("writes one row of five cells for each", () => {
  const rows = entitiesMarkdown()
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  assert.equal(rows.length, entityList().length);
  for (const row of rows) assert.equal(row.split(/(?<!\\)\|/).length, 7);
});
