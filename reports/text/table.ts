import type { Cell, Table } from "../blocks.ts";
import { clip, displayWidth, plain } from "./plain.ts";

const GAP = 2;
const NARROWEST = 6;

/**
 * A table as aligned lines of at most `width` terminal cells: the widest columns are cut first, and
 * columns that still do not fit are left out from the right. `paint` colours one padded cell.
 */
export function tableLines(
  table: Pick<Table, "columns" | "rows">,
  width: number,
  paint: (text: string, cell: Cell | undefined) => string,
): readonly string[] {
  const rows = table.rows.map((row) => row.map(cellText));
  const heads = table.columns.map(({ name }) => plain(name));
  const natural = heads.map((head, i) =>
    Math.max(displayWidth(head), ...rows.map((row) => displayWidth(row[i] ?? ""))),
  );
  const widths = fit(natural, width);
  const write = (texts: readonly string[], cells: readonly Cell[] | undefined): string =>
    widths
      .map((room, i) => {
        const text = clip(texts[i] ?? "", room);
        const blank = " ".repeat(room - displayWidth(text));
        const shown = paint(text, cells?.[i]);
        if (table.columns[i]?.align === "right") return blank + shown;
        return i === widths.length - 1 ? shown : shown + blank;
      })
      .join(" ".repeat(GAP))
      .trimEnd();
  return [
    write(heads, undefined),
    widths.map((room) => "─".repeat(room)).join(" ".repeat(GAP)),
    ...rows.map((row, i) => write(row, table.rows[i])),
  ];
}

/** A cell on one line. */
export function cellText({ text, detail }: Cell): string {
  return plain(detail === undefined || detail === "" ? text : `${text} ${detail}`);
}

function fit(natural: readonly number[], width: number): readonly number[] {
  const widths = [...natural];
  const total = (): number => widths.reduce((sum, value) => sum + value, GAP * (widths.length - 1));
  while (total() > width) {
    const widest = Math.max(...widths);
    if (widest > NARROWEST) widths[widths.indexOf(widest)] = widest - 1;
    else if (widths.length > 1) widths.pop();
    else break;
  }
  return widths;
}
