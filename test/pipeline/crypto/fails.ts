import assert from "node:assert/strict";
import { PipelineError, type ErrorCode } from "../../../pipeline/core/error.ts";

/** Asserts that `action` throws or rejects with a `PipelineError` of this code. */
export async function fails(code: ErrorCode, action: () => Promise<unknown>): Promise<void> {
  await assert.rejects(
    async () => action(),
    (error: unknown) => {
      assert.ok(error instanceof PipelineError, String(error));
      assert.equal(error.code, code, error.message);
      return true;
    },
  );
}
