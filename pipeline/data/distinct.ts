import type { Cell } from "../core/types.ts";

/**
 * How many different cells were seen, as plain data without any cell: the hashes themselves while
 * they are few, then the registers of HyperLogLog (Flajolet et al. 2007).
 */
export interface Distinct {
  /** Pairs of 32-bit hashes, sorted by first and second; undefined once there were too many. */
  hashes: number[] | undefined;
  /** 2^12 registers; undefined while the hashes are kept. */
  registers: Uint8Array | undefined;
}

const PRECISION = 12;
const REGISTERS = 1 << PRECISION;
/** Counts up to here are exact. */
const EXACT = 1024;
const ALPHA = 0.7213 / (1 + 1.079 / REGISTERS);

/** Nothing seen. */
export function noneDistinct(): Distinct {
  return { hashes: [], registers: undefined };
}

/** Adds the cells of a column that are not missing; the seed keeps a stranger from guessing cells. */
export function countDistinct(state: Distinct, cells: readonly Cell[], seed: number): void {
  const fresh: number[] = [];
  const registers = state.registers;
  for (const cell of cells) {
    if (cell === null) continue;
    hashCell(cell, seed);
    if (registers === undefined) fresh.push(first, second);
    else observe(registers, first, second);
  }
  if (registers === undefined) addHashes(state, fresh);
}

/** Adds what another state has seen under the same seed. */
export function mergeDistinct(state: Distinct, other: Distinct): void {
  if (other.hashes !== undefined) {
    addHashes(state, other.hashes);
    return;
  }
  const registers = (state.registers ??= registersOf(state.hashes ?? []));
  state.hashes = undefined;
  for (const [i, value] of other.registers!.entries()) {
    if (value > registers[i]!) registers[i] = value;
  }
}

/** Exact up to 1,024; above that with a standard error of 1.6 %. */
export function distinctCount(state: Distinct): number {
  if (state.hashes !== undefined) return state.hashes.length / 2;
  let sum = 0;
  let zeros = 0;
  for (const value of state.registers!) {
    sum += 2 ** -value;
    if (value === 0) zeros++;
  }
  const raw = (ALPHA * REGISTERS * REGISTERS) / sum;
  // Few registers filled: counting the empty ones is closer (the paper's small range correction).
  const small = raw <= 2.5 * REGISTERS && zeros > 0;
  return Math.round(small ? REGISTERS * Math.log(REGISTERS / zeros) : raw);
}

function addHashes(state: Distinct, fresh: readonly number[]): void {
  if (state.hashes === undefined) {
    for (let i = 0; i < fresh.length; i += 2) observe(state.registers!, fresh[i]!, fresh[i + 1]!);
    return;
  }
  const seen = new Map<number, [number, number]>();
  for (const source of [state.hashes, fresh]) {
    for (let i = 0; i < source.length; i += 2) {
      seen.set(keyOf(source[i]!, source[i + 1]!), [source[i]!, source[i + 1]!]);
    }
  }
  if (seen.size <= EXACT) {
    state.hashes = [...seen.values()].sort((a, b) => a[0] - b[0] || a[1] - b[1]).flat();
  } else {
    state.registers = registersOf([...seen.values()].flat());
    state.hashes = undefined;
  }
}

/** The two hashes as one number of 53 bits. */
function keyOf(high: number, low: number): number {
  return (high & 0x1fffff) * 0x100000000 + low;
}

function registersOf(hashes: readonly number[]): Uint8Array {
  const registers = new Uint8Array(REGISTERS);
  for (let i = 0; i < hashes.length; i += 2) observe(registers, hashes[i]!, hashes[i + 1]!);
  return registers;
}

function observe(registers: Uint8Array, high: number, low: number): void {
  const register = high >>> (32 - PRECISION);
  const rank = Math.clz32(low) + 1;
  if (rank > registers[register]!) registers[register] = rank;
}

const numberBits = new Uint32Array(2);
const numberView = new Float64Array(numberBits.buffer);
// The last hash: two numbers are returned a million times without a list for each.
let first = 0;
let second = 0;

/** A fast hash with two lanes of multiply and rotate, each ended by the mixer of MurmurHash3. */
function hashCell(cell: string | number | boolean, seed: number): void {
  let a = seed ^ 0x9e3779b9;
  let b = Math.imul(seed, 0x85ebca6b) ^ 0x7f4a7c15;
  if (typeof cell === "string") {
    for (let i = 0; i < cell.length; i++) {
      const unit = cell.charCodeAt(i);
      a = Math.imul(a ^ unit, 0x01000193);
      b = Math.imul(((b << 5) | (b >>> 27)) ^ unit, 0x9e3779b1);
    }
    a ^= cell.length;
  } else {
    numberView[0] = typeof cell === "number" ? cell : cell ? 1 : 0;
    const kind = typeof cell === "number" ? 0x6e : 0x62;
    a = Math.imul(Math.imul(a ^ numberBits[0]!, 0x01000193) ^ numberBits[1]!, 0x01000193) ^ kind;
    b = Math.imul(Math.imul(b ^ numberBits[1]!, 0x9e3779b1) ^ numberBits[0]!, 0x85ebca6b) ^ kind;
  }
  first = mixed(a ^ (b >>> 7));
  second = mixed(b ^ Math.imul(a, 0xc2b2ae35));
}

function mixed(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
