#!/usr/bin/env node
// Key command for any age recipient, hardware tokens with an age plugin included.
// Usage: age-plugin.mjs RECIPIENT IDENTITY-FILE
//
// For a YubiKey: install age-plugin-yubikey, make an identity with it, and give its recipient
// (age1yubikey1…) and identity file. The plugin asks for PIN and touch on the terminal.
import { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";

const [recipient, identityFile] = process.argv.slice(2);
if (identityFile === undefined) fail("usage: age-plugin.mjs RECIPIENT IDENTITY-FILE");
const request = JSON.parse(readFileSync(0, "utf8"));
const { keyring, slot } = request.context;

process.stdout.write(`${JSON.stringify(answer())}\n`);

function answer() {
  switch (request.operation) {
    case "wrap": {
      const { plaintext } = request;
      const file = age(
        ["--encrypt", "-r", recipient],
        JSON.stringify({ keyring, slot, plaintext }),
      );
      // An age recipient has no versions; the recipient itself is what changes.
      return { wrapped: file.toString("base64"), version: recipient };
    }
    case "unwrap": {
      const file = Buffer.from(request.wrapped, "base64");
      const inside = JSON.parse(age(["--decrypt", "-i", identityFile], file).toString("utf8"));
      // age has no associated data, so the context was wrapped with the key.
      if (inside.keyring !== keyring || inside.slot !== slot)
        fail("it was wrapped for another slot");
      return { plaintext: inside.plaintext };
    }
    case "version":
      return { version: recipient };
    case "destroy":
      return fail("delete or reset the identity itself: a wrapped copy cannot be called back");
    default:
      return fail(`unknown operation ${request.operation}`);
  }
}

function age(words, input) {
  const run = spawnSync("age", words, { input, stdio: ["pipe", "pipe", "inherit"] });
  if (run.status !== 0) fail(`age ${words[0]} failed`);
  return run.stdout;
}

function fail(why) {
  process.stderr.write(`age-plugin: ${why}\n`);
  process.exit(1);
}
