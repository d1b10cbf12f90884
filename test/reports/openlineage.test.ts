import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { packageRoot } from "../../pipeline/core/package-root.ts";
import { renderOpenLineage } from "../../reports/openlineage.ts";
import { blockedRecord, passingRecord } from "./record.ts";

const schema = new URL("../shared/vectors/openlineage/OpenLineage.json", packageRoot);

interface Event {
  readonly eventType: string;
  readonly eventTime: string;
  readonly run: { readonly runId: string };
  readonly inputs: readonly { readonly name: string }[];
}

function eventsOf(text: string): Event[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Event);
}

describe("OpenLineage events", () => {
  it("start and end the run and each stage", () => {
    const record = blockedRecord();
    const events = eventsOf(renderOpenLineage(record));
    assert.equal(events.length, 2 + 2 * record.stages.length);
    assert.deepEqual([events[0]?.eventType, events.at(-1)?.eventType], ["START", "FAIL"]);
    assert.equal(eventsOf(renderOpenLineage(passingRecord())).at(-1)?.eventType, "COMPLETE");
    for (const { run, eventTime } of events) {
      assert.match(
        run.runId,
        /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      );
      assert.ok(!Number.isNaN(Date.parse(eventTime)));
    }
  });
  it(
    "have the members and event types that the schema asks for",
    { skip: existsSync(schema) ? false : "../shared/vectors/openlineage is absent" },
    () => {
      const text = readFileSync(schema, "utf8");
      const types = /"enum":\s*\[([^\]]*)\]/.exec(text)?.[1] ?? "";
      for (const event of eventsOf(renderOpenLineage(blockedRecord()))) {
        for (const member of ["eventTime", "producer", "schemaURL", "run", "job"])
          assert.ok(member in event);
        assert.ok(types.includes(`"${event.eventType}"`));
      }
    },
  );
});
