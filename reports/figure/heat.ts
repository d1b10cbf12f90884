import type { HeatFigure } from "../blocks.ts";
import { label, rect, round, svg, textWidth } from "./svg.ts";

const CELL = { width: 92, height: 44 };

/** Intersections as a grid. The number is printed in each cell, so the shade only helps the eye. */
export function heatPicture(figure: HeatFigure): string {
  const names = Math.min(150, Math.max(64, ...figure.rows.map((name) => textWidth(name) + 12)));
  const values = figure.cells.flatMap((row) => row.flatMap((cell) => cell?.value ?? []));
  const [low, high] = [Math.min(...values, 1), Math.max(...values, 0)];
  const top = 24;
  const heads = figure.columns.map((name, i) =>
    label(names + (i + 0.5) * CELL.width, 15, name, {
      anchor: "middle",
      name: "strong",
      room: CELL.width - 6,
    }),
  );
  const rows = figure.rows.map((name, i) => {
    const y = top + i * CELL.height;
    const cells = (figure.cells[i] ?? []).map((cell, j) => {
      const x = names + j * CELL.width;
      const middle = x + CELL.width / 2;
      if (cell === null) return label(middle, y + 27, "–", { anchor: "middle", name: "soft" });
      const share = cell.value === null || high <= low ? 0 : (cell.value - low) / (high - low);
      const shade = ` fill-opacity="${round(share * 6) / 10 + 0.05}"`;
      return (
        rect(
          x + 1,
          y + 1,
          CELL.width - 2,
          CELL.height - 2,
          cell.value === null ? "cell missing" : "cell",
          cell.value === null ? "" : shade,
        ) +
        label(middle, y + 20, cell.text, { anchor: "middle", name: "strong" }) +
        label(middle, y + 35, cell.size, { anchor: "middle", size: 11 })
      );
    });
    return label(names - 8, y + 27, name, { anchor: "end", room: names - 8 }) + cells.join("");
  });
  const alternative = `${figure.title}: ${figure.rowName} × ${figure.columnName}`;
  return svg(
    names + figure.columns.length * CELL.width,
    top + figure.rows.length * CELL.height + 2,
    alternative,
    heads.join("") + rows.join(""),
  );
}
