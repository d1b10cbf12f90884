import { emptyRoot, nodeHash, type NodeReader } from "./merkle.ts";

/** The right edge of a growing tree: enough to append leaves and to know the root, in log₂ n hashes. */
export class Frontier {
  #size = 0;
  // At each level where the size has a one bit, the hash of the full subtree that ends there.
  readonly #edge: (Uint8Array | undefined)[] = [];

  /** Number of leaves. */
  get size(): number {
    return this.#size;
  }

  /** The frontier of a stored tree of `size` leaves. */
  static of(read: NodeReader, size: number): Frontier {
    const frontier = new Frontier();
    let left = size;
    for (let level = 0; left > 0; level++) {
      frontier.#edge.push(left % 2 === 1 ? read(level, left - 1) : undefined);
      left = Math.floor(left / 2);
    }
    frontier.#size = size;
    return frontier;
  }

  /**
   * Appends the hash of a leaf. Returns the inner nodes that it completes, lowest first: entry i is
   * at level i + 1 and is the last node of that level.
   */
  push(leaf: Uint8Array): Uint8Array[] {
    const completed: Uint8Array[] = [];
    let hash = leaf;
    let level = 0;
    for (let n = this.#size; n % 2 === 1; n = Math.floor(n / 2)) {
      hash = nodeHash(this.#edge[level]!, hash);
      this.#edge[level++] = undefined;
      completed.push(hash);
    }
    this.#edge[level] = hash;
    this.#size++;
    return completed;
  }

  /** Root of the leaves so far. */
  root(): Uint8Array {
    let root: Uint8Array | undefined;
    for (const hash of this.#edge) {
      if (hash !== undefined) root = root === undefined ? hash : nodeHash(hash, root);
    }
    return root ?? emptyRoot;
  }
}
