import { PipelineError } from "../core/error.ts";
import type { ColumnType, Digest, Role, Stage } from "../core/types.ts";
import { profileEvidence, profiler } from "../data/profile.ts";
import type { Source } from "../data/source.ts";

export interface IngestParams {
  /** Roles of the columns that the policy lists. */
  readonly roles: Readonly<Record<string, Role>>;
  readonly unlisted: "error" | "drop" | "other";
}

export interface IngestInput {
  readonly source: Source;
  /** Kinds of personal data in one cell. */
  readonly detect: (text: string, column: string) => readonly string[];
}

export interface IngestOutput {
  readonly digest: Digest; // SHA-256 of the source's bytes
  readonly rows: number;
  readonly columns: readonly {
    readonly name: string;
    readonly type: ColumnType;
    readonly role: Role;
  }[];
}

// Enough to tell a share of 5 % from one of 2 %, and cheap beside reading.
const LOOK_ROWS = 500;
const LOOK_ONE_IN = 100;
/** What a long text is about shows at its start; the rest of it is searched when it is replaced. */
const LOOK_CHARACTERS = 4_000;

/**
 * Reads the source to its end once: its SHA-256, its rows, and a profile of every column. Nothing is
 * kept of the cells but counts and sketches. Columns are held against the policy before any row is
 * read: one that the policy does not list is refused, dropped or carried as `other`.
 */
export const ingest: Stage<IngestInput, IngestOutput, IngestParams> = {
  name: "ingest",
  version: 1,
  async run({ source, detect }, params, context) {
    const kept = matchColumns(source, params);
    // The sketch must be the same for the same seed, and its hashes say nothing without the seed.
    const seed = context.random.fork("profile").uint32();
    const partial = profiler(
      source.columns.filter(({ name }) => kept.some((c) => c.name === name)),
      {
        detect: (text, column) => detect(text.slice(0, LOOK_CHARACTERS), column),
        ...{ seed, everyRow: LOOK_ROWS, oneIn: LOOK_ONE_IN },
      },
    );
    let state = partial.empty();
    let done = 0;
    for await (const batch of source.read({ signal: context.signal, onBadRow: () => undefined })) {
      state = partial.observe(state, { batch, first: done });
      done += batch.rows;
      context.progress({ stage: "ingest", done, unit: "rows" });
    }
    const summary = source.summary();
    if (summary.rows === 0) {
      throw new PipelineError("source", `${source.name} has no rows`, {
        hint: "check dataset.source and dataset.header",
      });
    }
    const columnRoles = Object.fromEntries(kept.map((c) => [c.name, c.role]));
    return {
      output: { digest: summary.sha256, rows: summary.rows, columns: kept },
      evidence: [
        {
          kind: "ingested",
          subject: summary.sha256,
          source: source.name,
          format: source.format,
          encoding: source.encoding,
          bytes: summary.bytes,
          rows: summary.rows,
          quarantined: summary.quarantined,
        },
        ...profileEvidence(state, columnRoles, summary.sha256),
      ],
    };
  },
};

/**
 * The columns that are carried on, in order. Throws `source` where the source and the policy do not
 * name the same columns.
 */
export function matchColumns(source: Source, params: IngestParams): IngestOutput["columns"] {
  const present = new Set(source.columns.map((c) => c.name));
  const missing = Object.keys(params.roles).filter((name) => !present.has(name));
  const unlisted = [...present].filter((name) => params.roles[name] === undefined);
  const problems = [
    ...(missing.length === 0
      ? []
      : [`the policy lists ${quoted(missing)}, which ${source.name} does not have`]),
    ...(unlisted.length === 0 || params.unlisted !== "error"
      ? []
      : [`${source.name} has ${quoted(unlisted)}, which the policy does not list`]),
  ];
  if (problems.length > 0) {
    throw new PipelineError("source", problems.join("; "), {
      hint: "list every column under dataset.columns, or set dataset.unlisted to drop or other",
    });
  }
  return source.columns.flatMap(({ name, type }) => {
    const role =
      params.roles[name] ?? (params.unlisted === "other" ? ("other" as const) : undefined);
    return role === undefined ? [] : [{ name, type, role }];
  });
}

function quoted(names: readonly string[]): string {
  const shown = names.slice(0, 8).map((name) => `"${name}"`);
  const more = names.length > 8 ? ` and ${names.length - 8} more` : "";
  return `column${names.length === 1 ? "" : "s"} ${shown.join(", ")}${more}`;
}
