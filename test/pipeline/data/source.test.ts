import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { digestOf, sha256 } from "../../../pipeline/core/digest.ts";
import { PipelineError } from "../../../pipeline/core/error.ts";
import { packageRoot } from "../../../pipeline/core/package-root.ts";
import type { Batch, Cell } from "../../../pipeline/core/types.ts";
import {
  openSource,
  type BadRow,
  type Source,
  type SourceOptions,
} from "../../../pipeline/data/source.ts";

const folder = mkdtempSync(join(tmpdir(), "probity-source-"));
after(() => {
  rmSync(folder, { recursive: true });
});
let made = 0;

function file(content: string | Uint8Array, name = "data.csv"): string {
  const inside = join(folder, String(made++));
  mkdirSync(inside);
  writeFileSync(join(inside, name), content);
  return join(inside, name);
}

function tree(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = join(folder, String(made++));
  mkdirSync(root);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(root, name, ".."), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}

async function batchesOf(source: Source, onBadRow?: (bad: BadRow) => void): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of source.read(onBadRow === undefined ? {} : { onBadRow })) {
    batches.push(batch);
  }
  return batches;
}

async function rowsOf(location: string, options: SourceOptions = {}): Promise<Cell[][]> {
  const source = await openSource(location, options);
  const rows: Cell[][] = [];
  for (const batch of await batchesOf(source)) {
    const columns = Object.values(batch.columns);
    for (let i = 0; i < batch.rows; i++) rows.push(columns.map((column) => column[i] ?? null));
  }
  return rows;
}

async function columnsOf(location: string, options: SourceOptions = {}): Promise<string[]> {
  const { columns } = await openSource(location, options);
  return columns.map(({ name, type }) => `${name}:${type}`);
}

const utf16 = (text: string, big: boolean) => {
  const bytes = Buffer.from(text, "utf16le");
  return big ? bytes.swap16() : bytes;
};

describe("CSV", () => {
  const cases: readonly (readonly [
    what: string,
    content: string | Uint8Array,
    rows: readonly (readonly Cell[])[],
    options?: SourceOptions,
  ])[] = [
    [
      "plain",
      "a,b\n1,x\n2,y\n",
      [
        [1, "x"],
        [2, "y"],
      ],
    ],
    [
      "no line end at the end",
      "a,b\n1,x\n2,y",
      [
        [1, "x"],
        [2, "y"],
      ],
    ],
    [
      "CRLF",
      "a,b\r\n1,x\r\n2,y\r\n",
      [
        [1, "x"],
        [2, "y"],
      ],
    ],
    [
      "CR",
      "a,b\r1,x\r2,y\r",
      [
        [1, "x"],
        [2, "y"],
      ],
    ],
    [
      "blank lines",
      "a,b\n\n1,x\n\n\n2,y\n\n",
      [
        [1, "x"],
        [2, "y"],
      ],
    ],
    [
      "semicolons",
      "a;b\n1;x,y\n2;z\n",
      [
        [1, "x,y"],
        [2, "z"],
      ],
    ],
    [
      "tabs",
      "a\tb\n1\tx\n2\t\n",
      [
        [1, "x"],
        [2, null],
      ],
    ],
    [
      "bars",
      "a|b\n1|x\n2|y\n",
      [
        [1, "x"],
        [2, "y"],
      ],
    ],
    [
      "spaces",
      "1 x\n2 y\n",
      [
        [1, "x"],
        [2, "y"],
      ],
      { format: "csv", delimiter: " ", header: false },
    ],
    [
      "quotes",
      'a,b\n1,"x, ""y"" \n z"\n"2",w\n',
      [
        [1, 'x, "y" \n z'],
        [2, "w"],
      ],
    ],
    ["quoted with CRLF", 'a,b\r\n1,"x\r\ny"\r\n', [[1, "x\r\ny"]]],
    ["quoted at the end", 'a,b\n1,"x"', [[1, "x"]]],
    ["a doubled quote at the end", 'a,b\n1,"x"""', [[1, 'x"']]],
    ["empty quotes are missing", 'a,b\n1,""\n', [[1, null]]],
    ["a quote inside", 'a,b\n1,x"y\n', [[1, 'x"y']]],
    ["other quote", "a,b\n1,'x,y'\n", [[1, "x,y"]], { quote: "'" }],
    ["no quote", 'a,b\n1,"x\n', [[1, '"x']], { quote: "" }],
    ["one column with a blank line", "a\nx\n\ny\n", [["x"], [null], ["y"]]],
    [
      "spaces after commas",
      "a, b\n1, x\n2, y z\n",
      [
        [1, "x"],
        [2, "y z"],
      ],
    ],
    [
      "spaces before quotes",
      'a, b\n1, "x, y"\n2, z\n',
      [
        [1, "x, y"],
        [2, "z"],
      ],
    ],
    [
      "spaces kept",
      "a,b\n1, x\n2,y\n",
      [
        [1, " x"],
        [2, "y"],
      ],
    ],
    [
      "missing words",
      "a,b\n?,x\n2, NA \n",
      [
        [null, "x"],
        [2, null],
      ],
      { missing: ["?", "NA"] },
    ],
    [
      "missing is not empty",
      "a,b\n1,\n2,y\n",
      [
        [1, ""],
        [2, "y"],
      ],
      { missing: [] },
    ],
    [
      "no header",
      "1,x\n2,y\n",
      [
        [1, "x"],
        [2, "y"],
      ],
    ],
    [
      "no header, all text",
      "yes,no\nno,no\nyes,yes\n",
      [
        ["yes", "no"],
        ["no", "no"],
        ["yes", "yes"],
      ],
    ],
    [
      "names",
      "x,1\ny,2\n",
      [
        ["x", 1],
        ["y", 2],
      ],
      { names: ["word", "number"] },
    ],
    ["UTF-8 with mark", "\ufeffa,b\n1,é\n", [[1, "é"]]],
    ["UTF-16LE with mark", utf16("\ufeffa,b\n1,张\n", false), [[1, "张"]]],
    ["UTF-16BE with mark", utf16("\ufeffa,b\n1,张\n", true), [[1, "张"]]],
    [
      "UTF-16LE without",
      utf16("a,b\n1,x\n2,张\n", false),
      [
        [1, "x"],
        [2, "张"],
      ],
    ],
    [
      "UTF-16BE without",
      utf16("a,b\n1,x\n2,张\n", true),
      [
        [1, "x"],
        [2, "张"],
      ],
    ],
    // "a,b\n1,中国\n2,北京\n" in GB 2312.
    [
      "GB18030",
      Buffer.from("612c620a312cd6d0b9fa0a322cb1b1bea90a", "hex"),
      [
        [1, "中国"],
        [2, "北京"],
      ],
    ],
    // A four-byte character, U+20000.
    [
      "GB18030, four bytes",
      Buffer.from(
        "612c620a312c95328236d6d0b9fab1b1bea9d6d0b9fab1b1bea9d6d0b9fab1b1bea9d6d0b9fa0a",
        "hex",
      ),
      [[1, "\u{20000}中国北京中国北京中国北京中国"]],
      { encoding: "gb18030" },
    ],
    [
      "a field that is longer than its column says",
      "a,b\n1,x\n2,y\nthree,z\n",
      [
        ["1", "x"],
        ["2", "y"],
        ["three", "z"],
      ],
    ],
  ];
  for (const [what, content, rows, options] of cases) {
    it(`reads ${what}`, async () => {
      assert.deepEqual(await rowsOf(file(content), { format: "csv", ...options }), rows);
    });
  }

  it("gives the same rows wherever the stream is cut", async () => {
    const text = 'a,b,c\r\n1,"x, ""y""\r\n",é\r\n2,,"张"\r\n3,"""",z';
    const whole = await rowsOf(file(text));
    assert.deepEqual(whole, [
      [1, 'x, "y"\r\n', "é"],
      [2, null, "张"],
      [3, '"', "z"],
    ]);
    const bytes = Buffer.from(text);
    for (let cut = 1; cut < bytes.length; cut++) {
      const stdin = Readable.from([bytes.subarray(0, cut), bytes.subarray(cut)]);
      assert.deepEqual(await rowsOf("-", { stdin, format: "csv" }), whole, `cut at ${cut}`);
    }
  });

  it("reads back whatever was written with quotes", async () => {
    const cell = fc.string({
      unit: fc.constantFrom('"', ",", "\n", "\r", "a", " ", "é", "张", "𠀀"),
    });
    const table = fc
      .integer({ min: 2, max: 4 })
      .chain((n) => fc.array(fc.array(cell, { minLength: n, maxLength: n }), { minLength: 1 }));
    await fc.assert(
      fc.asyncProperty(table, async (rows) => {
        const names = rows[0]!.map((_, i) => `n${i}`);
        const lines = [names, ...rows].map((row) =>
          row.map((text) => `"${text.replaceAll('"', '""')}"`).join(","),
        );
        const stdin = Readable.from([Buffer.from(lines.join("\n"))]);
        const options: SourceOptions = {
          stdin,
          format: "csv",
          header: true,
          delimiter: ",",
          trim: false,
          missing: ["never"],
        };
        assert.deepEqual(await rowsOf("-", options), rows);
      }),
      { numRuns: 60 },
    );
  });

  const types: readonly (readonly [cells: string, type: string])[] = [
    ["0 1 -12 9007199254740991", "integer"],
    ["1 02", "text"],
    ["1 +2", "text"],
    ["1 -0", "decimal"],
    ["1 9007199254740992", "text"],
    ["1 12345678901234567890", "text"],
    ["1 1e5", "text"],
    ["1 1,5", "text"],
    ["1 2.5 -0.125", "decimal"],
    ["1.50 2.00", "decimal"],
    [".5 1", "text"],
    ["5. 1", "text"],
    ["1e-05 0.5", "decimal"],
    ["0.30000000000000004 1", "decimal"],
    ["0.1234567890123456789 1", "text"],
    ["1e-400 1", "text"],
    ["1.5e+400 1", "text"],
    ["NaN 1", "text"],
    ["0x10 1", "text"],
    ["true false", "boolean"],
    ["True False", "text"],
    ["2024-02-29 2023-01-31T10:00:00Z", "date"],
    ["2023-02-29 2023-01-31", "text"],
    ["31/12/2024 01/02/2024", "date"],
    ["2024年2月3日", "date"],
    ["2024-01-01 5", "text"],
    ["? ?", "empty"],
  ];
  for (const [cells, type] of types) {
    it(`takes ${cells} for ${type}`, async () => {
      const path = file(
        `k\tv\n${cells
          .split(" ")
          .map((cell) => `x\t${cell}`)
          .join("\n")}\n`,
      );
      assert.deepEqual(await columnsOf(path, { missing: ["?"], header: true }), [
        "k:text",
        `v:${type}`,
      ]);
    });
  }

  it("keeps a later cell that does not fit as the text it is", async () => {
    const lines = Array.from({ length: 10_000 }, (_, i) => `${i},x`);
    const rows = await rowsOf(file(`a,b\n${lines.join("\n")}\n007,y\n1e5,z\n12,w\n`));
    assert.deepEqual(rows.slice(-3), [
      ["007", "y"],
      ["1e5", "z"],
      [12, "w"],
    ]);
  });

  for (const name of ["data.csv", "data.jsonl", "data.txt"]) {
    it(`fills a batch with some millions of characters of ${name}, whatever its rows`, async () => {
      const texts = Array.from({ length: 60 }, (_, i) => String(i % 10).repeat(60_000));
      const lines = texts.map((text) =>
        name === "data.csv" ? `${text},x` : name === "data.txt" ? text : JSON.stringify({ text }),
      );
      const head = name === "data.csv" ? "text,b\n" : "";
      const source = await openSource(file(`${head}${lines.join("\n")}\n`, name), {});
      const batches = await batchesOf(source);
      const held = batches.map(({ columns }) =>
        (columns.text ?? []).reduce<number>((sum, cell) => sum + String(cell).length, 0),
      );
      assert.ok(batches.length > 1 && held.every((characters) => characters < 2_200_000));
      const whole = batches.flatMap(({ columns }) => columns.text ?? []).join("");
      assert.equal(whole.replaceAll("\n", ""), texts.join(""));
    });
  }

  it("makes batches of exactly the size asked, across files", async () => {
    const root = tree({ "b.csv": "a\n3\n4\n5\n", "a.csv": "a\n1\n2\n", "sub/c.csv": "a\n6\n7\n" });
    const source = await openSource(root, { batchRows: 3, header: true });
    const batches = await batchesOf(source);
    assert.deepEqual(
      batches.map((batch) => batch.columns.a),
      [[1, 2, 3], [4, 5, 6], [7]],
    );
    assert.deepEqual(
      batches.map((batch) => batch.rows),
      [3, 3, 1],
    );
    const { files, sha256: digest, rows } = source.summary();
    assert.deepEqual(
      files.map(({ name }) => name),
      ["a.csv", "b.csv", "sub/c.csv"],
    );
    assert.equal(digest, digestOf(files.map(({ name, sha256 }) => [name, sha256])));
    assert.equal(rows, 7);
  });

  it("sums up the bytes it read, as stored", async () => {
    const bytes = gzipSync("a,b\n1,x\n");
    const source = await openSource(file(bytes, "data.csv.gz"), {});
    assert.throws(() => source.summary(), { code: "internal" });
    await batchesOf(source);
    assert.equal(source.summary().sha256, sha256(bytes));
    assert.equal(source.summary().bytes, bytes.length);
    assert.equal((await batchesOf(source)).length, 1);
  });

  it("stops when asked to", async () => {
    const source = await openSource(file("a,b\n1,x\n"), {});
    const signal = AbortSignal.abort();
    await assert.rejects(source.read({ signal })[Symbol.asyncIterator]().next(), {
      code: "interrupted",
    });
  });
});

describe("bad rows", () => {
  const invalid = Buffer.concat([
    Buffer.from("a,b\n1,x\n2,"),
    Buffer.from([0xe9, 0x0a]),
    Buffer.from("3,z\n"),
  ]);
  const spread = Buffer.concat([
    Buffer.from('a,b\n1,"x\n'),
    Buffer.from([0xff, 0x0a]),
    Buffer.from('y"\n3,z\n'),
  ]);
  const cases: readonly (readonly [
    string,
    string | Uint8Array,
    number,
    string,
    string | Uint8Array,
    number,
  ])[] = [
    ["too few", "a,b\n1,x\n2\n3,z\n", 3, "expected 2 fields, found 1", "2", 2],
    ["too many", 'a,b\n1,"x\ny"\n2,"y",\n3,z\n', 4, "expected 2 fields, found 3", '2,"y",', 2],
    [
      "text after a quote",
      'a,b\n1,x\n2,"y"z\n3,z\n',
      3,
      "text follows a closing quote",
      '2,"y"z\n',
      2,
    ],
    [
      "an open quote",
      'a,b\n1,x\n2,"y\n3,z\n',
      3,
      "a quote is opened and never closed",
      '2,"y\n3,z\n',
      1,
    ],
    [
      "a bad byte",
      invalid,
      3,
      "it is not valid text in the encoding of the file",
      invalid.subarray(8, 12),
      2,
    ],
    [
      "a bad byte in quotes",
      spread,
      2,
      "it is not valid text in the encoding of the file",
      spread.subarray(4, 14),
      1,
    ],
  ];
  for (const [what, content, line, reason, bytes, rows] of cases) {
    it(`names ${what}`, async () => {
      const path = file(content);
      const source = await openSource(path, { format: "csv" });
      await assert.rejects(batchesOf(source), (error: PipelineError) => {
        assert.equal(error.code, "row");
        assert.equal(error.message, `data.csv, line ${line}: ${reason}`);
        return true;
      });
    });
    it(`quarantines ${what}`, async () => {
      const bad: BadRow[] = [];
      const source = await openSource(file(content), { format: "csv", onBadRow: "quarantine" });
      const batches = await batchesOf(source, (row) => bad.push(row));
      assert.equal(bad.length, 1);
      assert.deepEqual(
        { ...bad[0]!, bytes: Buffer.from(bad[0]!.bytes) },
        {
          file: "data.csv",
          line,
          reason,
          bytes: Buffer.from(bytes),
        },
      );
      assert.equal(batches[0]!.rows, rows);
      assert.equal(source.summary().quarantined, 1);
      assert.equal(source.summary().rows, rows);
    });
  }

  it("takes linear time over an open quote among lines that are not text", async () => {
    const line = Buffer.from([0xff, 0x22, 0x22, 0x0a]);
    const bytes = Buffer.concat([
      Buffer.from('a,b\n1,x\n2,"'),
      ...Array.from({ length: 100_000 }, () => line),
    ]);
    const bad: BadRow[] = [];
    const source = await openSource(file(bytes), { format: "csv", onBadRow: "quarantine" });
    const start = process.cpuUsage();
    await batchesOf(source, (row) => bad.push(row));
    assert.equal(
      bad.reduce((sum, row) => sum + row.bytes.length, 0),
      bytes.length - 8,
    );
    const { user, system } = process.cpuUsage(start);
    assert.ok(user + system < 3e6, `${user + system} µs`);
  });

  it("refuses a record that never ends before it fills the memory", async () => {
    const bytes = Buffer.from(`a,b\n1,x\n2,"${"y\n".repeat(14_000_000)}`);
    await assert.rejects(rowsOf(file(bytes), { format: "csv" }), {
      code: "row",
      message: "data.csv, line 3: the record is longer than 16 MiB",
    });
  });
});

describe("JSON Lines", () => {
  it("reads objects with the keys of the first rows", async () => {
    const text = '{"a":1,"b":"x"}\n\n{"b":" ","c":[1,{"d":null}],"a":1.5}\r\n{"a":null,"t":true}\n';
    const path = file(text, "data.jsonl");
    assert.deepEqual(await columnsOf(path), ["a:decimal", "b:text", "c:text", "t:boolean"]);
    assert.deepEqual(await rowsOf(path), [
      [1, "x", null, null],
      [1.5, null, '[1,{"d":null}]', null],
      [null, null, null, true],
    ]);
  });

  it("keeps integers that a number cannot hold", async () => {
    const text =
      '{"a":9007199254740993,"b":"1234567890123456789 \\" 1"}\n{"a":1e400,"b":"[9007199254740993]"}\n';
    assert.deepEqual(await rowsOf(file(text, "a.jsonl")), [
      ["9007199254740993", '1234567890123456789 " 1'],
      ["Infinity", "[9007199254740993]"],
    ]);
  });

  const good = Array.from({ length: 10_000 }, () => '{"a":1}').join("\n");
  const bad: readonly (readonly [string, string, string])[] = [
    ["no JSON", '{"a":', "it is not valid JSON"],
    ["a list", "[1]", "it is not a JSON object"],
    ["a number", "5", "it is not a JSON object"],
    ["a new key", '{"a":1,"z":2}', "it has a key that none of the first rows has"],
    [
      "a known key of all objects",
      '{"a":1,"constructor":2}',
      "it has a key that none of the first rows has",
    ],
  ];
  for (const [what, line, reason] of bad) {
    it(`names ${what}`, async () => {
      const path = file(`${good}\n\n${line}\n`, "a.jsonl");
      await assert.rejects(rowsOf(path), {
        code: "row",
        message: `a.jsonl, line 10002: ${reason}`,
      });
    });
  }
});

describe("text", () => {
  it("makes one row of a file and loses nothing of a long one", async () => {
    const paragraph = `${"word ".repeat(300)}\nmore 张\r\n\r\n`;
    const long = paragraph.repeat(200);
    const hard = `${"x".repeat(65_535)}𠀀${"y".repeat(70_000)}`;
    const root = tree({ "a.txt": "one\n\ntwo", "b.txt": long, "c.txt": "", "d.txt": hard });
    const rows = await rowsOf(root);
    const texts = (name: string) => rows.filter((row) => row[0] === name).map((row) => row[1]);
    assert.deepEqual(texts("a.txt"), ["one\n\ntwo"]);
    assert.equal(texts("b.txt").join(""), long);
    assert.ok(
      texts("b.txt")
        .slice(0, -1)
        .every((text) => String(text).endsWith("\r\n\r\n")),
    );
    assert.deepEqual(texts("c.txt"), [null]);
    assert.equal(texts("d.txt").join(""), hard);
    assert.ok(
      rows.every(
        (row) =>
          row[1] === null || (String(row[1]).length <= 65_536 && String(row[1]).isWellFormed()),
      ),
    );
  });
});

describe("what cannot be used", () => {
  const files: readonly (readonly [string, string, string | Uint8Array, RegExp, SourceOptions?])[] =
    [
      ["an empty file", "a.csv", "", /a\.csv is empty/],
      ["an empty gzip", "a.csv.gz", gzipSync(""), /a\.csv\.gz is empty/],
      ["white space alone", "a.csv", " \n\n", /holds no rows/],
      ["a header alone", "a.csv", "name,age\n", /a\.csv holds no rows/],
      ["duplicate names", "a.csv", "id,name,id\n1,x,2\n", /two columns named "id"/],
      ["duplicate names all text", "a.csv", "id,name,id\nx,y,z\n", /two columns named "id"/],
      ["a dangerous name", "a.csv", "id,__proto__\n1,2\n", /__proto__/],
      ["a ZIP named .csv", "a.csv", Buffer.from("504b030414000000", "hex"), /is a ZIP archive/],
      ["an SQLite named .csv", "a.csv", Buffer.from("SQLite format 3\0"), /is an SQLite database/],
      ["NUL bytes", "a.csv", Buffer.from("a,b\n1,\0\0\0x\n2,y\n"), /binary file/],
      ["Parquet named .csv", "a.csv", Buffer.from("PAR1\0\0\0\0"), /is a Parquet file/],
      ["text named .parquet", "a.parquet", "a,b\n1,2\n", /cannot read a\.parquet as Parquet/],
      [
        "a cut gzip",
        "a.csv.gz",
        gzipSync("a,b\n1,2\n").subarray(0, -9),
        /in the middle of its gzip/,
      ],
      [
        "a damaged gzip",
        "a.csv.gz",
        Buffer.from("1f8b0800000000000003ffffffffffff", "hex"),
        /damaged/,
      ],
      [
        "data after gzip",
        "a.csv.gz",
        Buffer.concat([gzipSync("a,b\n1,2\n"), Buffer.from("tail")]),
        /damaged/,
      ],
      ["no JSON at all", "a.jsonl", "a,b\n1,2\n", /not JSON Lines/],
      ["empty objects", "a.jsonl", "{}\n{}\n", /no columns/],
      ["too few names", "a.csv", "1,2\n3,4\n", /2 columns, but 1 names/, { names: ["a"] }],
      ["a long delimiter", "a.csv", "1,2\n", /one character/, { delimiter: "::" }],
      [
        "names and a header",
        "a.csv",
        "1,2\n",
        /without header/,
        { names: ["a", "b"], header: true },
      ],
    ];
  for (const [what, name, content, message, options] of files) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(rowsOf(file(content, name), options), (error: PipelineError) => {
        assert.ok(error instanceof PipelineError);
        assert.equal(error.code, "source");
        assert.match(error.message, message);
        return true;
      });
    });
  }

  it("refuses what is not there, and standard input without any", async () => {
    await assert.rejects(openSource(join(folder, "nothing.csv"), {}), { code: "source" });
    await assert.rejects(openSource("-", {}), { code: "source" });
    await assert.rejects(openSource("-", { stdin: Readable.from([]) }), { code: "source" });
  });

  it("refuses folders without files, of several formats, or of other columns", async () => {
    await assert.rejects(openSource(tree({}), {}), /holds no files/);
    await assert.rejects(openSource(tree({ ".hidden": "x" }), {}), /holds no files/);
    await assert.rejects(openSource(tree({ "a.csv": "a\n1\n", "b.txt": "x" }), {}), /one format/);
    await assert.rejects(
      openSource(tree({ "a.csv": "a,b\n1,2\n", "b.csv": "a,c\n1,2\n" }), {}),
      /b\.csv has other columns than a\.csv/,
    );
  });

  it("follows links inside the root only", async () => {
    const outside = tree({ "x.csv": "a,b\n9,9\n" });
    const root = tree({ "data/a.csv": "a,b\n1,2\n" });
    symlinkSync(join(root, "data"), join(root, "again"));
    assert.deepEqual(await rowsOf(root), [
      [1, 2],
      [1, 2],
    ]);
    symlinkSync(outside, join(root, "out"));
    await assert.rejects(openSource(root, {}), /leads outside/);
    assert.equal((await rowsOf(root, { within: folder })).length, 3);
    const looped = tree({ "data/a.csv": "a,b\n1,2\n" });
    symlinkSync("..", join(looped, "data", "up"));
    await assert.rejects(openSource(looped, {}), /a loop/);
    const own = tree({ "a.csv": "a,b\n1,2\n" });
    symlinkSync("self", join(own, "self"));
    await assert.rejects(openSource(own, {}), /loop/);
    const file = tree({ "a.csv": "a,b\n1,2\n" });
    symlinkSync(join(outside, "x.csv"), join(file, "b.csv"));
    await assert.rejects(openSource(join(file, "b.csv"), { within: file }), /leads outside/);
  });

  it("reads standard input once", async () => {
    const source = await openSource("-", { stdin: Readable.from([Buffer.from("a,b\n1,x\n")]) });
    assert.equal(source.rereadable, false);
    assert.equal((await batchesOf(source)).length, 1);
    assert.equal(source.summary().sha256, createHash("sha256").update("a,b\n1,x\n").digest("hex"));
    await assert.rejects(batchesOf(source), { code: "internal" });
  });
});

const adult = new URL("../shared/data/tabular/adult.data", packageRoot);

describe(
  "UCI Adult",
  { skip: existsSync(adult) ? false : "shared/data/tabular/adult.data is absent" },
  () => {
    it("is 32,561 rows of 15 columns", async () => {
      const source = await openSource(fileURLToPath(adult), { missing: ["?"] });
      const batches = await batchesOf(source);
      assert.equal(
        batches.reduce((sum, batch) => sum + batch.rows, 0),
        32_561,
      );
      assert.equal(source.columns.filter(({ type }) => type === "integer").length, 6);
      // awk -F', ' '$2=="?"' adult.data | wc -l
      const missing = batches
        .flatMap((batch) => batch.columns.column_2 ?? [])
        .filter((cell) => cell === null);
      assert.equal(missing.length, 1836);
    });
  },
);
