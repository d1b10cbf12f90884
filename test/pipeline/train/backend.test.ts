import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inspectBackends, selectBackend } from "../../../pipeline/train/backend.ts";

describe("selectBackend", () => {
  for (const name of ["cpu", "wasm"] as const) {
    it(`starts ${name} when it is asked for, again and again`, async () => {
      for (const other of ["cpu", name] as const) await selectBackend(other);
      const backend = await selectBackend(name);
      assert.equal(backend.name, name);
      assert.equal(backend.gpu, false);
      assert.equal(backend.why, "asked for");
      assert.equal(backend.tf.getBackend(), name);
      assert.match(backend.versions.tfjs!, /^4\./);
    });
  }

  it("says with auto what it passed over", async () => {
    const backend = await selectBackend("auto");
    assert.notEqual(backend.name, "cpu");
    if (backend.name === "wasm") {
      assert.match(backend.why, /^first that works; cuda: .*; webgpu: .*; native: /);
    }
  });

  it("refuses a processor where a GPU is required, with a hint", async () => {
    await assert.rejects(
      selectBackend("wasm", { requireGpu: true }),
      (error: { hint?: string }) => {
        assert.ok(error.hint);
        return (error as { code?: string }).code === "backend";
      },
    );
  });
});

describe("inspectBackends", () => {
  it("lists every backend with its state and how to get it", async () => {
    const states = await inspectBackends();
    assert.deepEqual(
      states.map(({ name }) => name),
      ["cuda", "webgpu", "native", "wasm", "cpu"],
    );
    for (const { detail, how } of states) assert.ok(detail.length > 0 && how.length > 0);
    assert.equal(states.find(({ name }) => name === "wasm")?.state, "ready");
  });
});
