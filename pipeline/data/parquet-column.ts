import { isUtf8 } from "node:buffer";
import type { FileMetaData, SchemaElement, SchemaTree } from "hyparquet";
import { PipelineError } from "../core/error.ts";
import type { Cell, ColumnType } from "../core/types.ts";

/** One top-level column: its name in the file, its type, and how a decoded value becomes a cell. */
export interface ParquetColumn {
  readonly key: string;
  readonly type: ColumnType;
  cell(value: unknown): Cell;
}

/** Reads the type of a column from its schema. */
export function parquetColumn(tree: SchemaTree): ParquetColumn {
  const { element } = tree;
  const key = element.name;
  if (tree.children.length > 0 || element.repetition_type === "REPEATED") {
    return { key, type: "text", cell: (value) => nestedCell(value) };
  }
  const scale = decimalScale(element);
  if (scale !== undefined) {
    const type = scale === 0 ? "integer" : "decimal";
    return { key, type, cell: (value) => decimalCell(value, scale) };
  }
  if (isTime(element)) {
    const suffix = isUtc(element) ? "Z" : "";
    return {
      key,
      type: "date",
      cell: (value) => (typeof value === "string" ? value + suffix : plainCell(value, key)),
    };
  }
  return { key, type: typeOfElement(element), cell: (value) => plainCell(value, key) };
}

/**
 * The metadata with decimal columns read as the integers they are stored as: the reader's own
 * conversion multiplies by a power of ten, and 3 × 0.1 is not 0.3.
 */
export function withoutDecimals(metadata: FileMetaData): FileMetaData {
  const schema = metadata.schema.map((element) => {
    if (decimalScale(element) === undefined) return element;
    const raw = { ...element };
    delete raw.converted_type;
    delete raw.logical_type;
    return raw;
  });
  return { ...metadata, schema };
}

function decimalScale(element: SchemaElement): number | undefined {
  if (element.logical_type?.type === "DECIMAL") return element.logical_type.scale;
  return element.converted_type === "DECIMAL" ? (element.scale ?? 0) : undefined;
}

function isTime(element: SchemaElement): boolean {
  const { type, converted_type: old, logical_type: logical } = element;
  if (logical?.type === "TIMESTAMP" || logical?.type === "DATE") return true;
  return type === "INT96" || old === "DATE" || old?.startsWith("TIMESTAMP") === true;
}

function isUtc({ converted_type: old, logical_type: logical }: SchemaElement): boolean {
  if (logical?.type === "TIMESTAMP") return logical.isAdjustedToUTC;
  return old?.startsWith("TIMESTAMP") === true;
}

function typeOfElement({ type, logical_type: logical }: SchemaElement): ColumnType {
  if (type === "BOOLEAN") return "boolean";
  if (type === "INT32" || type === "INT64") return "integer";
  return type === "FLOAT" || type === "DOUBLE" || logical?.type === "FLOAT16" ? "decimal" : "text";
}

function plainCell(value: unknown, column: string): Cell {
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "bigint") return integerCell(value);
  if (value instanceof Uint8Array) return textCell(value, column);
  if (typeof value !== "number") return nestedCell(value);
  if (Number.isNaN(value)) return null;
  return Number.isFinite(value) ? value + 0 : String(value);
}

function integerCell(value: bigint): Cell {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

/** Old writers leave text unmarked; bytes that are not text have no place in a table. */
function textCell(bytes: Uint8Array, column: string): string {
  if (!isUtf8(bytes)) {
    throw new PipelineError("source", `column ${JSON.stringify(column)} holds binary values`, {
      hint: "leave the column out of the file",
    });
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

/** Exact: the digits are placed as text, and become a number where it prints the same. */
function decimalCell(value: unknown, scale: number): Cell {
  if (value === null || value === undefined) return null;
  const units = value instanceof Uint8Array ? signedInteger(value) : BigInt(value as number);
  if (scale === 0) return integerCell(units);
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, "0");
  const fraction = digits.slice(-scale).replace(/0+$/, "");
  const whole = (units < 0n ? "-" : "") + digits.slice(0, -scale);
  const text = fraction === "" ? whole : `${whole}.${fraction}`;
  const number = Number(text);
  return digits.length <= 15 || String(number) === text ? number + 0 : text;
}

function signedInteger(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  const magnitude = BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
  return BigInt.asIntN(bytes.length * 8, magnitude);
}

function nestedCell(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  return JSON.stringify(value, (_, item: unknown) => {
    if (typeof item === "bigint") return integerCell(item);
    if (item instanceof Uint8Array) return textCell(item, "nested");
    if (ArrayBuffer.isView(item)) return Array.from(item as unknown as ArrayLike<number>);
    if (typeof item === "number" && !Number.isFinite(item)) return String(item);
    return item;
  });
}
