import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { eventFileHeader, scalarEvent } from "../../../pipeline/train/tensorboard.ts";

// Written from the formats' descriptions and bit by bit, so that it shares nothing with the writer.
function crc32c(data: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of data) {
    for (let bit = 0; bit < 8; bit++) {
      const turned = ((byte >>> bit) ^ c) & 1;
      c = (c >>> 1) ^ (turned ? 0x82f63b78 : 0);
    }
  }
  return (c ^ 0xffffffff) >>> 0;
}
const masked = (data: Uint8Array): number => {
  const c = BigInt(crc32c(data));
  return Number((((c >> 15n) | (c << 17n)) + 0xa282ead8n) & 0xffffffffn);
};

function records(file: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < file.length;) {
    const length = Number(file.readBigUInt64LE(at));
    assert.equal(file.readUInt32LE(at + 8), masked(file.subarray(at, at + 8)));
    const data = file.subarray(at + 12, at + 12 + length);
    assert.equal(file.readUInt32LE(at + 12 + length), masked(data));
    found.push(data);
    at += 16 + length;
  }
  return found;
}

/** The fields of a message: number, and a number or bytes. */
function fields(message: Buffer): [number, number | Buffer][] {
  const found: [number, number | Buffer][] = [];
  let at = 0;
  const varint = (): number => {
    let [value, scale] = [0, 1];
    for (;;) {
      const byte = message[at++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  };
  while (at < message.length) {
    const key = varint();
    const [field, wire] = [Math.floor(key / 8), key % 8];
    if (wire === 0) found.push([field, varint()]);
    else if (wire === 1) found.push([field, message.readDoubleLE((at += 8) - 8)]);
    else if (wire === 5) found.push([field, message.readFloatLE((at += 4) - 4)]);
    else {
      const length = varint();
      found.push([field, message.subarray(at, (at += length))]);
    }
  }
  return found;
}

const file = Buffer.concat([
  eventFileHeader(1_700_000_000.5),
  scalarEvent(1_700_000_001, 0, { "loss/train": 1.5 }),
  scalarEvent(1_700_000_002.25, 300, { "loss/train": 0.5, "loss/validation": -0.25 }),
]);

describe("event files", () => {
  it("have the checksums of TFRecord: the published value of CRC-32C", () => {
    // RFC 3720, B.4: 32 bytes of zeros.
    assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
  });

  it("hold the version, then steps with their numbers", () => {
    const [head, ...events] = records(file).map(fields);
    assert.deepEqual(head, [
      [1, 1_700_000_000.5],
      [3, Buffer.from("brain.Event:2")],
    ]);
    const read = events.map((event) => {
      const of = (field: number): number | Buffer => event.find(([n]) => n === field)![1];
      const values = fields(of(5) as Buffer).map(([field, value]) => {
        assert.equal(field, 1);
        const [[, tag], [, number]] = fields(value as Buffer) as [
          [number, Buffer],
          [number, number],
        ];
        return [tag.toString(), number];
      });
      return [of(1), of(2), Object.fromEntries(values) as unknown];
    });
    assert.deepEqual(read, [
      [1_700_000_001, 0, { "loss/train": 1.5 }],
      [1_700_000_002.25, 300, { "loss/train": 0.5, "loss/validation": -0.25 }],
    ]);
  });

  const load =
    "import sys,json\nfrom tensorboard.backend.event_processing.event_accumulator import EventAccumulator\n" +
    "e=EventAccumulator(sys.argv[1]);e.Reload()\n" +
    "print(json.dumps({t:[[x.step,x.value] for x in e.Scalars(t)] for t in e.Tags()['scalars']}))";
  const python = process.env.PROBITY_PYTHON ?? "python3";
  const present = spawnSync(python, ["-c", "import tensorboard"]).status === 0;
  const skip = present
    ? false
    : `tensorboard is absent: ${python} -m pip install tensorboard, or set PROBITY_PYTHON`;
  it("are read by TensorBoard itself", { skip }, () => {
    const folder = mkdtempSync(join(tmpdir(), "probity-events-"));
    try {
      writeFileSync(join(folder, "events.out.tfevents.1700000000.probity.1"), file);
      const { stdout, stderr } = spawnSync(python, ["-c", load, folder], { encoding: "utf8" });
      assert.ok(stdout, stderr);
      assert.deepEqual(JSON.parse(stdout), {
        "loss/train": [
          [0, 1.5],
          [300, 0.5],
        ],
        "loss/validation": [[300, -0.25]],
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
