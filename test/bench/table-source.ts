import { once } from "node:events";
import { createWriteStream, writeFileSync } from "node:fs";
import { join } from "node:path";
import { below, pick, seededRandom, uniform } from "../../pipeline/core/random.ts";

/** Writes table.csv with `rows` rows and the policy.yaml that runs it, into a folder. */
export async function writeTable(folder: string, rows: number): Promise<void> {
  const random = seededRandom("bench");
  const file = createWriteStream(join(folder, "table.csv"));
  file.write("id,age,sex,region,income,hours,note,outcome\n");
  for (let from = 0; from < rows; from += 1000) {
    let text = "";
    for (let i = from; i < Math.min(rows, from + 1000); i++) {
      const age = 18 + below(random, 60);
      const sex = pick(random, ["female", "male"]);
      const good = uniform(random) < 0.2 + age / 200 + (sex === "male" ? 0.1 : 0);
      const note = i % 10 === 0 ? `call 020 7946 0${100 + below(random, 900)}` : "no contact";
      text += `P${i},${age},${sex},R${below(random, 20)},${1000 * below(random, 90)},${below(random, 60)},${note},${good ? 1 : 0}\n`;
    }
    if (!file.write(text)) await once(file, "drain");
  }
  file.end();
  await once(file, "finish");
  writeFileSync(
    join(folder, "policy.yaml"),
    `version: 1
name: bench
purpose: Measuring speed and memory
dataset:
  source: table.csv
  columns:
    id: { role: identifier }
    age: { role: quasi }
    sex: { role: quasi, protected: true }
    region: { role: quasi }
    income: { role: sensitive }
    hours: { role: other }
    note: { role: text, language: en }
    outcome: { role: label, favourable: 1 }
deidentify: { columns: { id: { pseudonymize: { scope: project } } } }
seal: { shard_rows: 65536 }
train: { model: { kind: logistic }, backend: wasm, epochs: 1, batch_size: 1024 }
`,
  );
}
