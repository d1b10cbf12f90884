import { PipelineError } from "../core/error.ts";

/**
 * Aborts at the first SIGINT or SIGTERM, so that a stage ends at its next batch with nothing half
 * written; a second signal ends the process at once, which is as safe as any crash.
 */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      controller.abort(
        new PipelineError(
          signal === "SIGINT" ? "interrupted" : "incomplete",
          `stopped by ${signal}`,
          {
            hint: "the same command goes on where it stopped",
          },
        ),
      );
    });
  }
  return controller.signal;
}
