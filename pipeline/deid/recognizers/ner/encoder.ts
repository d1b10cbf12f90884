import type { Tokens } from "./tokens.ts";

/** How far a token's own features reach: two tokens to either side and the token itself. */
export const REACH = 2;
export const SLOTS: number = 2 * REACH + 1;

/** The features of a window of `n` tokens; the arrays are used again for the next window. */
export interface EncodedWindow {
  n: number;
  /** Id of each token's unit, preceded and followed by REACH ids of the edge. */
  units: Int32Array;
  /** Hashes of the features that join several tokens, `joined` a token. */
  joint: Int32Array;
  /** 1 for tokens that are surely no names: their joint features are not filled in. */
  dull: Uint8Array;
}

/**
 * Turns tokens into hashed features. A unit is a distinct word (or character): its own features are
 * computed once and reused at every place, so that common words cost almost nothing.
 */
export interface Encoder {
  /** Number of joint features a token. */
  readonly joined: number;
  /** Number of units seen since the last `forget`. */
  size(): number;
  /** Hashes of the features that `unit` gives a token which stands `slot - REACH` places before it. */
  own(unit: number, slot: number): readonly number[];
  /** Lets go of the own features of `unit`; only an encoder made for training keeps them. */
  release(unit: number): void;
  /** What each of the own features of `unit` rests on; only of an encoder made for training. */
  kinds(unit: number): readonly number[];
  /** What each joint feature rests on: the kinds for the token `place - REACH` away, shifted by 2 × place. */
  readonly joinedKinds: readonly number[];
  /** With `hasty`, tokens may be found dull. */
  encode(text: string, tokens: Tokens, from: number, to: number, hasty: boolean): EncodedWindow;
  /** Drops all units, so that memory stays flat on endless text. */
  forget(): void;
}

/** What a feature rests on, besides the form of a word: which word it is, or what lists say of it. */
export const rests = { identity: 1, lists: 2 } as const;

/** The own features of a unit that were let go of. */
export const RELEASED: readonly never[][] = [];

export function newWindow(): EncodedWindow {
  return { n: 0, units: new Int32Array(0), joint: new Int32Array(0), dull: new Uint8Array(0) };
}

/** Makes room for `n` tokens with `joined` joint features each. */
export function fit(window: EncodedWindow, n: number, joined: number): void {
  window.n = n;
  if (window.units.length < n + 2 * REACH) {
    window.units = new Int32Array(2 * n + 2 * REACH);
    window.joint = new Int32Array(2 * n * joined);
    window.dull = new Uint8Array(2 * n);
  }
}

/** A copy of a part of a text: a slice would keep the whole text in memory. */
export function detached(part: string): string {
  return part.length < 13 ? part : Buffer.from(part, "utf16le").toString("utf16le");
}
