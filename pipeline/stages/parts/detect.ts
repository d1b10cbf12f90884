import { createAnalyzer } from "../../deid/analyze.ts";
import type { DeidentifyParams } from "./deidentify-params.ts";

/** For the profile: the kinds of personal data in one cell, in balanced mode. */
export async function profileDetector(
  params: DeidentifyParams,
): Promise<(text: string, column: string) => readonly string[]> {
  const { allow, deny, custom } = params.text;
  const analyzer = await createAnalyzer({
    mode: "balanced",
    language: "auto",
    allow,
    deny,
    custom,
  });
  return (text, column) => [
    ...new Set(analyzer.analyze(text, { field: column }).map((span) => span.entity)),
  ];
}
