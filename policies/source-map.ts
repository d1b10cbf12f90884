import { isMap, LineCounter, parseDocument, type Document } from "yaml";
import { PipelineError } from "../pipeline/core/error.ts";

export type Path = readonly (string | number)[];

/** One YAML file, parsed, which can tell where a path of it stands. */
export interface PolicyFile {
  readonly file: string;
  readonly value: unknown;
  /** `file:line:col` of the value at a path, or of the nearest parent that exists. */
  locate(path: Path): string;
  has(path: Path): boolean;
}

/**
 * Parses one YAML 1.2 document. Throws `policy` with every syntax error and its `file:line:col`;
 * anchors and aliases are allowed, duplicate keys and unresolved tags are not.
 */
export function parsePolicyFile(file: string, text: string): PolicyFile {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: true,
    prettyErrors: false,
  });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const problems = [...document.errors, ...document.warnings];
  if (problems.length > 0) {
    throw new PipelineError(
      "policy",
      problems.map((p) => `${place(p.pos[0])}: ${p.message.split("\n")[0] ?? ""}`).join("\n"),
    );
  }
  return {
    file,
    value: document.toJS({ maxAliasCount: 1000 }) as unknown,
    has: (path) => document.hasIn(path),
    locate: (path) => place(offsetOf(document, path)),
  };
}

/** Offset of the key (or list item) that a path ends in; of its nearest parent when it is absent. */
function offsetOf(document: Document.Parsed, path: Path): number {
  for (let depth = path.length; depth > 0; depth--) {
    const parent: unknown =
      depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
    const last = path[depth - 1];
    if (isMap(parent)) {
      const pair = parent.items.find((item) => String(item.key) === String(last));
      const range = (pair?.key as { range?: readonly number[] } | undefined)?.range;
      if (range?.[0] !== undefined) return range[0];
    } else {
      const node: unknown = document.getIn(path.slice(0, depth), true);
      const range = (node as { range?: readonly number[] } | undefined)?.range;
      if (range?.[0] !== undefined) return range[0];
    }
  }
  return document.contents?.range[0] ?? 0;
}
