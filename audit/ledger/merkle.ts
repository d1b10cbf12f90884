import { hash } from "node:crypto";
import { equalBytes } from "../../pipeline/core/digest.ts";

// Domain separation of RFC 6962 section 2.1.
const LEAF = 0x00;
const NODE = 0x01;

/** Root of the tree without leaves: SHA-256 of nothing (RFC 6962 section 2.1). */
export const emptyRoot: Uint8Array = sha256(Buffer.of());

/** Hash of a leaf, 32 bytes: SHA-256(0x00 || leaf). */
export function leafHash(leaf: Uint8Array): Uint8Array {
  const input = Buffer.allocUnsafe(leaf.length + 1);
  input[0] = LEAF;
  input.set(leaf, 1);
  return sha256(input);
}

const pair = Buffer.alloc(65, NODE);

/** Hash of an inner node, 32 bytes: SHA-256(0x01 || left || right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  pair.set(left, 1);
  pair.set(right, 33);
  return sha256(pair);
}

// A digest asked for as bytes gets an allocation of its own; as text and copied it takes half the time.
function sha256(data: Uint8Array): Uint8Array {
  return Buffer.from(hash("sha256", data, "binary"), "binary");
}

/**
 * The stored hash of a full subtree: `level` 0 is a leaf, and the subtree covers the leaves
 * [index · 2^level, (index + 1) · 2^level).
 */
export type NodeReader = (level: number, index: number) => Uint8Array;

/** Root of the first `size` leaves. */
export function treeRoot(read: NodeReader, size: number): Uint8Array {
  return size === 0 ? emptyRoot : rangeRoot(read, 0, size);
}

/** Audit path of leaf `index` in the tree of `size` leaves, sibling first (RFC 6962 section 2.1.1). */
export function inclusionProof(read: NodeReader, index: number, size: number): Uint8Array[] {
  const path: Uint8Array[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + split(end - start);
    if (index < middle) {
      path.push(rangeRoot(read, middle, end));
      end = middle;
    } else {
      path.push(rangeRoot(read, start, middle));
      start = middle;
    }
  }
  return path.reverse();
}

/** Proof that the tree of `size` leaves extends that of `from` leaves, 0 < from ≤ size (section 2.1.2). */
export function consistencyProof(read: NodeReader, from: number, size: number): Uint8Array[] {
  const path: Uint8Array[] = [];
  let start = 0;
  let end = size;
  while (from !== end) {
    const middle = start + split(end - start);
    if (from <= middle) {
      path.push(rangeRoot(read, middle, end));
      end = middle;
    } else {
      path.push(rangeRoot(read, start, middle));
      start = middle;
    }
  }
  if (start !== 0) path.push(rangeRoot(read, start, end));
  return path.reverse();
}

/** Whether `proof` shows that the leaf with this hash is at `index` of the tree of `size` leaves. */
export function verifyInclusion(
  index: number,
  size: number,
  leaf: Uint8Array,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  return verifySubtreeInclusion(index, 0, size, leaf, proof, root);
}

/** As `verifyInclusion`, in the subtree of the leaves [start, end). */
export function verifySubtreeInclusion(
  index: number,
  start: number,
  end: number,
  leaf: Uint8Array,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (!isSubtree(start, end) || !Number.isSafeInteger(index)) return false;
  if (index < start || index >= end || leaf.length !== 32 || !areHashes(proof)) return false;
  // RFC 9162 section 2.1.3.2, with positions counted from the start of the subtree.
  let at = index - start;
  let last = end - start - 1;
  let found = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (isOdd(at) || at === last) {
      found = nodeHash(sibling, found);
      while (!isOdd(at) && at !== 0) {
        at = half(at);
        last = half(last);
      }
    } else {
      found = nodeHash(found, sibling);
    }
    at = half(at);
    last = half(last);
  }
  return last === 0 && equalBytes(found, root);
}

/**
 * Whether `proof` shows that the tree of `to` leaves with `newRoot` extends the tree of `from` leaves
 * with `oldRoot`. From the empty tree nothing can be shown, so 0 is consistent with 0 alone.
 */
export function verifyConsistency(
  from: number,
  to: number,
  oldRoot: Uint8Array,
  newRoot: Uint8Array,
  proof: readonly Uint8Array[],
): boolean {
  if (from === 0 && !(to === 0 && equalBytes(newRoot, emptyRoot))) return false;
  return verifySubtreeConsistency(0, from, to, oldRoot, newRoot, proof);
}

/**
 * Whether `proof` shows that the subtree over the leaves [start, end) is part of the tree of `size`
 * leaves (draft-ietf-plants-merkle-tree-certs section 4.4); `start` 0 gives RFC 9162 section 2.1.4.2.
 */
export function verifySubtreeConsistency(
  start: number,
  end: number,
  size: number,
  subtreeRoot: Uint8Array,
  root: Uint8Array,
  proof: readonly Uint8Array[],
): boolean {
  if (!Number.isSafeInteger(size) || end > size || !areHashes(proof)) return false;
  if (start === end) return proof.length === 0 && equalBytes(subtreeRoot, emptyRoot);
  if (!isSubtree(start, end)) return false;
  let first = start;
  let last = end - 1;
  let top = size - 1;
  const shift = () => {
    first = half(first);
    last = half(last);
    top = half(top);
  };
  if (last === top) while (first !== last) shift();
  else while (first !== last && isOdd(last)) shift();
  let rest = proof;
  let seed: Uint8Array | undefined = subtreeRoot;
  if (first !== last) [seed, ...rest] = proof;
  if (seed === undefined) return false;
  let subtreeHash = seed;
  let whole = seed;
  for (const sibling of rest) {
    if (top === 0) return false;
    if (isOdd(last) || last === top) {
      if (first < last) subtreeHash = nodeHash(sibling, subtreeHash);
      whole = nodeHash(sibling, whole);
      while (!isOdd(last) && last !== 0) shift();
    } else {
      whole = nodeHash(whole, sibling);
    }
    shift();
  }
  return top === 0 && equalBytes(subtreeHash, subtreeRoot) && equalBytes(whole, root);
}

// The leaves [start, end), where `start` is a multiple of the smallest power of two ≥ end − start.
function rangeRoot(read: NodeReader, start: number, end: number): Uint8Array {
  const count = end - start;
  const level = Math.round(Math.log2(count));
  if (2 ** level === count) return read(level, start / count);
  const middle = start + split(count);
  return nodeHash(rangeRoot(read, start, middle), rangeRoot(read, middle, end));
}

// The largest power of two below `count`, count ≥ 2.
function split(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

function isSubtree(start: number, end: number): boolean {
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end)) return false;
  if (start < 0 || start >= end) return false;
  return start === 0 || start % (end - start === 1 ? 1 : split(end - start) * 2) === 0;
}

function areHashes(proof: readonly Uint8Array[]): boolean {
  return proof.every(({ length }) => length === 32);
}

// Positions go up to 2^53, beyond the 32 bits of the shift operators.
function half(n: number): number {
  return Math.floor(n / 2);
}

function isOdd(n: number): boolean {
  return n % 2 === 1;
}
