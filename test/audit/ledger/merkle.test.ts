import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Frontier } from "../../../audit/ledger/frontier.ts";
import {
  consistencyProof,
  emptyRoot,
  inclusionProof,
  leafHash,
  nodeHash,
  treeRoot,
  verifyConsistency,
  verifyInclusion,
  verifySubtreeConsistency,
  verifySubtreeInclusion,
  type NodeReader,
} from "../../../audit/ledger/merkle.ts";
import { packageRoot } from "../../../pipeline/core/package-root.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("the tree of RFC 6962", () => {
  // The leaves and roots of the Certificate Transparency reference tests, by number of leaves.
  const leaves = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
  ];
  const roots = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  ];
  roots.forEach((root, size) => {
    it(`has the known root over ${size} leaves`, () => {
      const frontier = new Frontier();
      for (const leaf of leaves.slice(0, size)) frontier.push(leafHash(Buffer.from(leaf, "hex")));
      assert.equal(hex(frontier.root()), root);
      assert.equal(
        hex(treeRoot(readerOf(leaves.map((leaf) => Buffer.from(leaf, "hex"))), size)),
        root,
      );
    });
  });
});

describe("proofs", () => {
  const trees = fc.integer({ min: 1, max: 300 }).chain((size) =>
    fc.record({
      size: fc.constant(size),
      index: fc.integer({ min: 0, max: size - 1 }),
      from: fc.integer({ min: 1, max: size }),
      bit: fc.nat(),
    }),
  );
  const read = readerOf(Array.from({ length: 300 }, (_, i) => Buffer.from([i >> 8, i & 255])));

  it("of inclusion verify, and fail with any bit flipped or another index", () => {
    fc.assert(
      fc.property(trees, ({ size, index, bit }) => {
        const proof = inclusionProof(read, index, size);
        const root = treeRoot(read, size);
        assert.ok(verifyInclusion(index, size, read(0, index), proof, root));
        assert.ok(
          !verifyInclusion((index + 1) % size, size, read(0, index), proof, root) || size === 1,
        );
        assert.ok(!verifyInclusion(index, size, read(0, index), [...proof, root], root));
        assert.ok(!verifyInclusion(index, size, flipped(read(0, index), bit), proof, root));
        if (proof.length === 0) return;
        const wrong = proof.with(bit % proof.length, flipped(proof[bit % proof.length]!, bit));
        assert.ok(!verifyInclusion(index, size, read(0, index), wrong, root));
      }),
    );
  });

  it("of consistency verify, and fail with any bit flipped or another size", () => {
    fc.assert(
      fc.property(trees, ({ size, from, bit }) => {
        const proof = consistencyProof(read, from, size);
        const roots = [treeRoot(read, from), treeRoot(read, size)] as const;
        assert.ok(verifyConsistency(from, size, ...roots, proof));
        assert.ok(!verifyConsistency(from, size, ...roots, [...proof, roots[0]]));
        assert.ok(!verifyConsistency(from, size, flipped(roots[0], bit), roots[1], proof));
        if (proof.length === 0) return;
        const wrong = proof.with(bit % proof.length, flipped(proof[bit % proof.length]!, bit));
        assert.ok(!verifyConsistency(from, size, ...roots, wrong));
      }),
    );
  });

  it("work beyond 32 bits of leaves", () => {
    const size = 2 ** 40 + 3;
    // A tree in which every full subtree has the hash that its level says.
    const even: NodeReader = (level) => {
      let hash = leafHash(Buffer.of());
      for (let i = 0; i < level; i++) hash = nodeHash(hash, hash);
      return hash;
    };
    const root = treeRoot(even, size);
    for (const index of [0, 2 ** 33, 2 ** 40, size - 1]) {
      assert.ok(verifyInclusion(index, size, even(0, 0), inclusionProof(even, index, size), root));
    }
    const from = 2 ** 35 + 7;
    const proof = consistencyProof(even, from, size);
    assert.ok(verifyConsistency(from, size, treeRoot(even, from), root, proof));
  });

  it("show nothing from the empty tree", () => {
    assert.ok(verifyConsistency(0, 0, emptyRoot, emptyRoot, []));
    assert.ok(!verifyConsistency(0, 1, emptyRoot, read(0, 0), []));
  });
});

const vectors = new URL("../shared/vectors/merkle/", packageRoot);

// Written by the tests of transparency-dev/merkle; members differ by the kind of proof.
interface Vector {
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly size1: number;
  readonly size2: number;
  readonly start: number;
  readonly end: number;
  readonly size: number;
  readonly leafHash: string;
  readonly root: string;
  readonly root1: string;
  readonly root2: string;
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
}

describe(
  "the vectors of transparency-dev/merkle",
  { skip: existsSync(vectors) ? false : "shared/vectors/merkle is absent" },
  () => {
    // How many are good and how many bad, 518 in all.
    type Check = (vector: Vector, proof: Uint8Array[]) => boolean;
    const kinds: Record<string, [good: number, bad: number, Check]> = {
      inclusion: [
        6,
        92,
        (v, proof) =>
          verifyInclusion(v.leafIdx, v.treeSize, bytes(v.leafHash), proof, bytes(v.root)),
      ],
      consistency: [
        6,
        92,
        (v, proof) => verifyConsistency(v.size1, v.size2, bytes(v.root1), bytes(v.root2), proof),
      ],
      subtreeinclusion: [
        12,
        192,
        (v, proof) =>
          verifySubtreeInclusion(
            v.leafIdx,
            v.start,
            v.end,
            bytes(v.leafHash),
            proof,
            bytes(v.root),
          ),
      ],
      subtreeconsistency: [
        12,
        106,
        (v, proof) =>
          verifySubtreeConsistency(v.start, v.end, v.size, bytes(v.root1), bytes(v.root2), proof),
      ],
    };
    for (const [kind, [good, bad, verify]] of Object.entries(kinds)) {
      it(`of ${kind}: ${good} are accepted, ${bad} refused`, () => {
        const folder = new URL(`${kind}/`, vectors);
        const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
          name.endsWith(".json"),
        );
        let accepted = 0;
        for (const file of files) {
          const path = new URL(file.split("/").map(encodeURIComponent).join("/"), folder);
          const vector = JSON.parse(readFileSync(path, "utf8")) as Vector;
          const isGood = verify(vector, (vector.proof ?? []).map(bytes));
          assert.equal(isGood, !vector.wantErr, `${kind}/${file}`);
          if (isGood) accepted++;
        }
        assert.deepEqual([accepted, files.length - accepted], [good, bad]);
      });
    }
  },
);

function bytes(base64: string): Uint8Array {
  return Buffer.from(base64, "base64");
}

function flipped(hash: Uint8Array, bit: number): Uint8Array {
  const copy = Buffer.from(hash);
  copy[(bit >> 3) % 32]! ^= 1 << (bit & 7);
  return copy;
}

// By the definition: a node is the hash of its halves.
function readerOf(leaves: readonly Uint8Array[]): NodeReader {
  const read: NodeReader = (level, index) =>
    level === 0
      ? leafHash(leaves[index]!)
      : nodeHash(read(level - 1, 2 * index), read(level - 1, 2 * index + 1));
  return read;
}
