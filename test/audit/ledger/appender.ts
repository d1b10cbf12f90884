import { writeSync } from "node:fs";
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { openLedger } from "../../../audit/ledger/log.ts";
import { origin, pathsIn } from "./fixture.ts";

/*
 * A process that appends to a ledger: `appender FOLDER NAME COUNT BATCH PEM`. It signs a checkpoint
 * after every tenth batch, and prints the index of each event once its append has returned.
 */
const [folder = "", name = "", count = "", batch = "", pem = ""] = process.argv.slice(2);
const key = createPrivateKey(pem);
const publicKey = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);
const signer = { name: origin, publicKey, sign: (message: Uint8Array) => sign(null, message, key) };
const ledger = openLedger({ ...pathsIn(folder), origin, signer });
for (let number = 0, round = 1; number < Number(count); number += Number(batch), round++) {
  const events = Array.from({ length: Number(batch) }, (_, i) => ({ name, number: number + i }));
  const entries = ledger.append(events);
  say(entries.map(({ index }) => `${index}\n`).join(""));
  if (round % 10 === 0) ledger.checkpoint();
}
ledger.close();

/** Writes at once, waiting where the reader of the pipe is slower than we are. */
function say(text: string): void {
  for (;;) {
    try {
      writeSync(1, text);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
