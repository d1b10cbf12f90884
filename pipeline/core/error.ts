/**
 * What went wrong, as a closed set. Tests and scripts match the code, people read the message.
 *
 * - `usage`, `policy`, `source`: what the caller asked for cannot be done as asked (exit 2)
 * - `row`: one record of a source cannot be read (exit 3)
 * - `key`: no key opens it, or the wrong one was given (exit 3)
 * - `integrity`: bytes are not what was signed, sealed or recorded (exit 3)
 * - `format`: a file is not in the form its name or header promises (exit 3)
 * - `workspace`: the workspace is locked, full, or of another version (exit 3)
 * - `backend`, `training`: no compute backend, or training cannot go on (exit 3)
 * - `incomplete`: it stopped in a state that a next call resumes (exit 4)
 * - `interrupted`: a person or the system asked it to stop (exit 130)
 * - `internal`: cannot happen; a bug of ours (exit 3)
 */
export type ErrorCode =
  | "usage"
  | "policy"
  | "source"
  | "row"
  | "key"
  | "integrity"
  | "format"
  | "workspace"
  | "backend"
  | "training"
  | "incomplete"
  | "interrupted"
  | "internal";

const exitCodes: Readonly<Record<ErrorCode, number>> = {
  usage: 2,
  policy: 2,
  source: 2,
  row: 3,
  key: 3,
  integrity: 3,
  format: 3,
  workspace: 3,
  backend: 3,
  training: 3,
  incomplete: 4,
  interrupted: 130,
  internal: 3,
};

/**
 * The only error this program throws on purpose. The message says what was attempted and with
 * what, in lower case without a full stop, and never holds a cell's value; `hint` says what to do.
 */
export class PipelineError extends Error {
  override readonly name = "PipelineError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

/** Process exit code for an error; anything that is not a `PipelineError` is our bug and exits 3. */
export function exitCodeOf(error: unknown): number {
  return error instanceof PipelineError ? exitCodes[error.code] : exitCodes.internal;
}
