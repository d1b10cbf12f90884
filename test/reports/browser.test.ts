import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { chromium, type Browser } from "playwright-core";
import { renderHtml } from "../../reports/html.ts";
import { blockedRecord } from "./record.ts";

const program = "/usr/bin/chromium";
const skip = existsSync(program) ? false : `${program} is not installed`;

describe("the HTML report in a browser", { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), "probity-browser-"));
  const file = join(folder, "report.html");
  let browser: Browser;
  before(async () => {
    writeFileSync(file, renderHtml(blockedRecord()));
    browser = await chromium.launch({
      executablePath: program,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    });
  });
  after(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  for (const width of [360, 768, 1280]) {
    it(`fits ${width} pixels, asks for nothing else, and needs no script`, async () => {
      const context = await browser.newContext({
        viewport: { width, height: 800 },
        javaScriptEnabled: false,
      });
      const page = await context.newPage();
      const asked: string[] = [];
      const complaints: string[] = [];
      page.on("request", (request) => asked.push(request.url()));
      page.on("console", (message) => complaints.push(message.text()));
      await page.goto(pathToFileURL(file).href);
      assert.deepEqual(asked, [pathToFileURL(file).href]);
      assert.deepEqual(complaints, []);
      const box = await page.locator("html").boundingBox();
      const body = await page.locator("body").boundingBox();
      assert.ok((box?.width ?? 0) <= width && (body?.width ?? 0) <= width);
      assert.equal(await page.locator("script").count(), 0);
      assert.ok(await page.locator("h1").isVisible());
      await context.close();
    });
  }
});
