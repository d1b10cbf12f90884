import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { digestOf, sha256 } from "../../pipeline/core/digest.ts";
import type { Estimate, Measured } from "../../pipeline/core/types.ts";
import { gate, verdictOf } from "../../policies/gate.ts";
import type { Policy, Rule } from "../../policies/schema.ts";

const defaults = { use: "value", on_fail: "block", undefined: "block" } as const;
const policyWith = (rule: Partial<Rule>): Policy =>
  ({
    audit: {
      model: [{ ...defaults, metric: "demographic_parity_difference", by: ["sex"], ...rule }],
      data: [],
    },
  }) as unknown as Policy;
const measured = (estimate: Estimate, group?: Record<string, string>): Measured => ({
  kind: "measured",
  subject: sha256("model"),
  metric: "demographic_parity_difference",
  by: ["sex"],
  ...(group === undefined ? {} : { group }),
  estimate,
});

describe("gate", () => {
  const within: Estimate = { value: 0.08, n: 100, interval: [0.02, 0.14] };
  const undefinedValue: Estimate = { value: null, n: 3, why: "n⁺ = 0" };
  // rule, estimates, verdict
  const cases: readonly (readonly [Partial<Rule>, readonly Estimate[], string, RegExp])[] = [
    [
      { max: 0.1 },
      [within],
      "pass",
      /is 0\.080 \[0\.020, 0\.140\]; the policy asks for at most 0\.1/,
    ],
    [{ max: 0.08 }, [within], "pass", /0\.080/],
    [{ max: 0.07 }, [within], "block", /0\.080/],
    [{ max: 0.07, on_fail: "warn" }, [within], "warn", /0\.080/],
    [{ max: 0.1, use: "interval" }, [within], "block", /to the end of its interval/],
    [{ min: 0.1 }, [within], "block", /at least 0\.1/],
    [{ max: 0.1 }, [undefinedValue], "block", /not estimable: n⁺ = 0/],
    [{ max: 0.1, undefined: "warn" }, [undefinedValue], "warn", /not estimable/],
    [{ max: 0.1 }, [], "block", /was not measured/],
    [{ max: 0.1, use: "interval" }, [{ value: 0.01, n: 5 }], "block", /no interval/],
    [{ max: 0.1, undefined: "pass" }, [undefinedValue, { value: 0.5, n: 9 }], "block", /0\.500/],
  ];
  for (const [rule, estimates, verdict, message] of cases) {
    it(`${JSON.stringify(rule)} over ${JSON.stringify(estimates.map((e) => e.value))} is ${verdict}`, () => {
      const evidence = estimates.map((e) => measured(e));
      const [finding] = gate(policyWith(rule), "model", evidence);
      assert.equal(finding?.verdict, verdict);
      assert.match(finding.message, message);
      assert.equal(finding.rule, "audit.model[0]");
      assert.deepEqual(
        finding.evidence,
        evidence.map((e) => digestOf(e)),
      );
    });
  }

  it("names the group that fails most", () => {
    const evidence = [
      measured({ value: 0.2, n: 1 }, { sex: "a" }),
      measured({ value: 0.4, n: 1 }, { sex: "b" }),
    ];
    assert.match(
      gate(policyWith({ max: 0.1 }), "model", evidence)[0]?.message ?? "",
      /0\.400 for b.*and 1 more/,
    );
  });

  it("does not take an intersection for a single attribute", () => {
    const other: Measured = { ...measured({ value: 0, n: 1 }), by: ["sex", "race"] };
    assert.match(
      gate(policyWith({ max: 0.1 }), "model", [other])[0]?.message ?? "",
      /not measured/,
    );
  });

  it("lets the gravest finding decide", () => {
    const finding = (verdict: "pass" | "warn" | "block") => ({
      rule: "r",
      verdict,
      message: "",
      evidence: [],
    });
    assert.equal(verdictOf([]), "pass");
    assert.equal(verdictOf([finding("pass"), finding("warn")]), "warn");
    assert.equal(verdictOf([finding("block"), finding("warn")]), "block");
  });
});
