import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

// Debian's chromium brings a Vulkan driver in software, SwiftShader, and the Vulkan loader.
const chromium = "/usr/lib/chromium";
const driver = `${chromium}/vk_swiftshader_icd.json`;
const absent = existsSync(driver) ? false : `${driver} is absent: install Debian's chromium`;

interface Report {
  readonly device: string;
  readonly gpu: boolean;
  readonly auto: string;
  readonly results: Readonly<Record<"cpu" | "webgpu", Readonly<Record<string, number[]>>>>;
}

describe("webgpu on a software GPU", { skip: absent }, () => {
  it("computes the gradients and training of plain JavaScript, and auto passes it over", async () => {
    const child = fileURLToPath(new URL("webgpu-child.js", import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [child], {
      env: { ...process.env, VK_ICD_FILENAMES: driver, LD_LIBRARY_PATH: chromium },
      maxBuffer: 1 << 26,
    });
    const { device, gpu, auto, results } = JSON.parse(stdout) as Report;
    assert.match(device, /SwiftShader/);
    assert.equal(gpu, false);
    assert.notEqual(auto, "webgpu");
    for (const [name, expected] of Object.entries(results.cpu)) {
      const got = results.webgpu[name]!;
      assert.equal(got.length, expected.length);
      for (const [i, value] of expected.entries()) {
        const near = Math.abs(got[i]! - value) < 1e-3 * (1 + Math.abs(value));
        assert.ok(near, `${name}, number ${i}: ${got[i]}, not ${value}`);
      }
    }
    assert.deepEqual(results.webgpu["tensors left"], [0]);
  });
});
