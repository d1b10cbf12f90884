import type { LineageFigure, LineageNode } from "../blocks.ts";
import { COLUMN, label, line, rect, svg } from "./svg.ts";

const HEIGHT = 92;

/** The way from source to report twice: across for a wide page, down for a phone. */
export function lineagePictures(figure: LineageFigure): readonly string[] {
  const alternative = figure.nodes
    .map(
      ({ title, lines, digest }) =>
        `${title}: ${[...lines, digest].filter((text) => text !== "").join(", ")}`,
    )
    .join(" → ");
  return [across(figure, alternative), down(figure, alternative)];
}

function across({ nodes, edges }: LineageFigure, alternative: string): string {
  const [width, gap] = [178, 80];
  const top = 8;
  const middle = top + HEIGHT / 2;
  const boxes = nodes.map((node, i) => box(node, i * (width + gap) + 1, top, width - 2));
  const arrows = edges.map(({ label: stages, missing }, i) => {
    const x = i * (width + gap) + width;
    const names = stages.split(" · ").filter((name) => name !== "");
    const above = Math.ceil(names.length / 2);
    return (
      arrow(x + 4, middle, x + gap - 5, middle, missing) +
      names
        .map((name, j) =>
          label(
            x + gap / 2 - 2,
            j < above ? middle - 8 - (above - 1 - j) * 14 : middle + 18 + (j - above) * 14,
            name,
            { anchor: "middle", name: "soft", size: 11 },
          ),
        )
        .join("")
    );
  });
  const total = nodes.length * width + (nodes.length - 1) * gap;
  return svg(total, HEIGHT + 2 * top, alternative, boxes.join("") + arrows.join(""), "wide");
}

function down({ nodes, edges }: LineageFigure, alternative: string): string {
  const gap = 40;
  const boxes = nodes.map((node, i) => box(node, 1, i * (HEIGHT + gap) + 1, COLUMN - 2));
  const arrows = edges.map(({ label: stages, missing }, i) => {
    const y = i * (HEIGHT + gap) + HEIGHT;
    return (
      arrow(24, y + 4, 24, y + gap - 3, missing) +
      label(38, y + gap / 2 + 5, stages, { name: "soft", room: COLUMN - 40 })
    );
  });
  const total = nodes.length * HEIGHT + (nodes.length - 1) * gap + 2;
  return svg(COLUMN, total, alternative, boxes.join("") + arrows.join(""), "narrow");
}

function box(node: LineageNode, x: number, y: number, width: number): string {
  const name = node.missing ? "box missing" : "box";
  const room = width - 24;
  return (
    rect(x, y, width, HEIGHT, name, ' rx="3"') +
    (node.tone === undefined ? "" : rect(x, y, 4, HEIGHT, `fill-${node.tone}`)) +
    label(x + 14, y + 22, node.title, { name: node.missing ? "soft" : "strong", size: 13, room }) +
    node.lines
      .map((text, i) =>
        label(x + 14, y + 42 + i * 16, text, { room, name: node.missing ? "soft italic" : "" }),
      )
      .join("") +
    label(x + 14, y + 80, node.digest, { name: "soft mono", size: 11 })
  );
}

function arrow(x1: number, y1: number, x2: number, y2: number, missing: boolean): string {
  const head =
    x1 === x2
      ? `M${x2 - 4} ${y2 - 6}L${x2} ${y2}L${x2 + 4} ${y2 - 6}`
      : `M${x2 - 6} ${y2 - 4}L${x2} ${y2}L${x2 - 6} ${y2 + 4}`;
  return `${line(x1, y1, x2, y2, missing ? "arrow missing" : "arrow")}<path d="${head}" class="arrow"/>`;
}
