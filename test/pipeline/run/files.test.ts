import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { equalBytes, sha256 } from "../../../pipeline/core/digest.ts";
import { decryptStream, encryptStream } from "../../../pipeline/crypto/age/file.ts";
import { generateX25519 } from "../../../pipeline/crypto/age/x25519.ts";
import { openFile, readPieces, writeAtomically } from "../../../pipeline/run/files.ts";
import { collect, sample } from "../crypto/bytes.ts";
import { fails } from "../crypto/fails.ts";

const MIB = 1024 * 1024;

describe("a file read ahead, sealed into buffers that are used again, and written behind", () => {
  const folder = mkdtempSync(join(tmpdir(), "probity-files-"));
  after(() => {
    rmSync(folder, { recursive: true });
  });
  const [from, to] = [join(folder, "plain"), join(folder, "sealed")];

  for (const size of [0, 1, MIB - 1, MIB, MIB + 1, 2 * MIB, 3 * MIB + 70_000, 7 * MIB + 1]) {
    it(`has every byte in its place, ${size} bytes`, async () => {
      const { recipient, identity } = await generateX25519();
      const plain = sample(size);
      writeFileSync(from, plain);
      const sealed = encryptStream(readPieces(from), { recipients: [recipient], recycle: true });
      const { bytes, digest } = await writeAtomically(to, sealed);
      const written = readFileSync(to);
      assert.deepEqual([bytes, digest], [written.length, sha256(written)]);
      const file = await openFile(to);
      const opened = await collect(decryptStream(file, { identities: [identity] }));
      await file.close();
      assert.ok(equalBytes(opened, plain));
    });
  }

  it("says which file cannot be read", async () => {
    for (const path of [join(folder, "absent"), folder])
      await fails("source", async () => collect(readPieces(path)));
  });

  it("is closed when the reader stops", async () => {
    writeFileSync(from, sample(3 * MIB));
    for await (const piece of readPieces(from)) {
      assert.equal(piece.length, MIB);
      break;
    }
  });
});
