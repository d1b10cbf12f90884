import type { Verdict } from "../pipeline/core/types.ts";

/** A report without any renderer in it: sections of blocks, every number already formatted. */
export interface ReportDocument {
  readonly language: string;
  readonly title: string;
  readonly kind: string; // "Compliance report"
  readonly verdict: Verdict;
  readonly headline: string;
  readonly summary: string;
  readonly facts: readonly Fact[];
  readonly sections: readonly Section[];
  readonly footer: readonly string[];
}
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly lead?: string;
  readonly blocks: readonly Block[];
}
export type Block = Text | Facts | Table | Findings | Code | Figure;

export interface Text {
  readonly kind: "text";
  readonly text: string;
}
export interface Fact {
  readonly term: string;
  readonly value: string;
  readonly code?: boolean; // a digest, key id or command
}
export interface Facts {
  readonly kind: "facts";
  readonly title?: string;
  readonly facts: readonly Fact[];
}
export interface Code {
  readonly kind: "code";
  readonly title: string;
  readonly lines: readonly string[];
}
export interface Table {
  readonly kind: "table";
  readonly title: string;
  readonly caption?: string;
  readonly columns: readonly Column[];
  /** The first cell of a row names it. Rows are as long as `columns`. */
  readonly rows: readonly (readonly Cell[])[];
  /** Closed at first: counts behind what is shown. Long tables are closed without it. */
  readonly folded?: boolean;
}
export interface Column {
  readonly name: string;
  readonly align?: "right";
}
/** `detail` is the lesser part: an interval, a reason. */
export interface Cell {
  readonly text: string;
  readonly detail?: string;
  readonly tone?: Verdict | "muted";
  readonly code?: boolean;
}
export interface Findings {
  readonly kind: "findings";
  readonly findings: readonly {
    readonly verdict: Verdict;
    readonly label: string;
    readonly message: string;
    readonly facts: readonly Fact[];
  }[];
}

export type Figure =
  LineageFigure | DotFigure | LimitFigure | LineFigure | HeatFigure | BarFigure | PairFigure;
interface Titled<K extends string> {
  readonly kind: K;
  readonly title: string;
  readonly caption: string;
}
/** Artifacts in order; `missing` ones were never made. `edges[i]` leads from node i to node i + 1. */
export interface LineageFigure extends Titled<"lineage"> {
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly { readonly label: string; readonly missing: boolean }[];
}
export interface LineageNode {
  readonly title: string;
  readonly lines: readonly string[];
  readonly digest: string;
  readonly missing: boolean;
  readonly tone?: Verdict;
}
/** One panel a metric, one row a group. `line` is the value of all groups together. */
export interface DotFigure extends Titled<"dots"> {
  readonly panels: readonly DotPanel[];
  readonly notEstimable: string;
}
export interface DotPanel {
  readonly title: string;
  readonly line?: number;
  readonly lineLabel: string;
  readonly rows: readonly DotRow[];
}
export interface DotRow {
  readonly label: string;
  readonly text: string;
  readonly value: number | null;
  readonly interval?: readonly [number, number];
}
/** One scale a rule; values beyond `min` or `max` are forbidden. */
export interface LimitFigure extends Titled<"limits"> {
  readonly rows: readonly (DotRow & {
    readonly min?: number;
    readonly max?: number;
    readonly limitText: string;
    readonly verdict: Verdict;
    readonly verdictText: string;
  })[];
}
/** Lines over a shared pair of axes. `dashed` tells them apart without colour. */
export interface LineFigure extends Titled<"lines"> {
  readonly x: string;
  readonly y: string;
  readonly series: readonly {
    readonly label: string;
    readonly dashed: boolean;
    readonly points: readonly (readonly [number, number])[];
  }[];
  readonly mark?: readonly [number, number];
  readonly diagonal?: boolean;
  readonly unitSquare?: boolean;
}
/** Two attributes crossed. `cells[row][column]` is null where nobody is. */
export interface HeatFigure extends Titled<"heat"> {
  readonly rowName: string;
  readonly columnName: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly cells: readonly (readonly (HeatCell | null)[])[];
}
interface HeatCell {
  readonly value: number | null;
  readonly text: string;
  readonly size: string;
}
/** Bars of one or two series beside each other, such as class sizes before and after. */
export interface BarFigure extends Titled<"bars"> {
  readonly series: readonly string[];
  readonly rows: readonly { readonly label: string; readonly values: readonly number[] }[];
}
/** Two values of one thing on a common scale: before is hollow, after is filled. */
export interface PairFigure extends Titled<"pairs"> {
  readonly beforeLabel: string;
  readonly afterLabel: string;
  readonly rows: readonly {
    readonly label: string;
    readonly before: number;
    readonly after: number;
  }[];
}
