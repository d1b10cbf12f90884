#!/usr/bin/env node
// Key command for the transit engine of HashiCorp Vault and OpenBao. Usage: vault-transit.mjs KEY
//
// KEY must be of type aes256-gcm96 or chacha20-poly1305, whose associated data binds the context.
// VAULT_ADDR, VAULT_TOKEN and the rest are the vault program's own. Needs: update on
// transit/encrypt/KEY and transit/decrypt/KEY, read on transit/keys/KEY; for destroy, update on
// transit/keys/KEY/config and transit/keys/KEY/trim.
import { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";

const key = process.argv[2];
if (key === undefined) fail("usage: vault-transit.mjs KEY");
const request = JSON.parse(readFileSync(0, "utf8"));
const { keyring, slot } = request.context;
const bound = `associated_data=${Buffer.from(JSON.stringify([keyring, slot])).toString("base64")}`;

process.stdout.write(`${JSON.stringify(answer())}\n`);

function answer() {
  switch (request.operation) {
    case "wrap": {
      const { ciphertext } = vault(
        ["write", `transit/encrypt/${key}`, "plaintext=-", bound],
        request.plaintext,
      );
      return { wrapped: ciphertext, version: /^vault:v(\d+):/.exec(ciphertext)?.[1] ?? "" };
    }
    case "unwrap": {
      const { plaintext } = vault(
        ["write", `transit/decrypt/${key}`, "ciphertext=-", bound],
        request.wrapped,
      );
      return { plaintext };
    }
    case "version":
      return { version: String(vault(["read", `transit/keys/${key}`]).latest_version) };
    case "destroy":
      return destroy(Number(request.version));
    default:
      return fail(`unknown operation ${request.operation}`);
  }
}

/** Vault cannot forget one ciphertext, so the key versions up to this one go. */
function destroy(version) {
  if (request.after_days !== undefined) fail("vault destroys key versions at once, not later");
  if (version >= vault(["read", `transit/keys/${key}`]).latest_version) {
    fail(`version ${version} is the newest: rotate the key, and rewrap what shall stay readable`);
  }
  vault([
    "write",
    `transit/keys/${key}/config`,
    `min_decryption_version=${version + 1}`,
    `min_encryption_version=${version + 1}`,
  ]);
  vault(["write", `transit/keys/${key}/trim`, `min_available_version=${version + 1}`]);
  return { destroyed: new Date().toISOString() };
}

/** Secrets travel on stdin ("name=-"), never in an argument that other processes can see. */
function vault([verb, ...words], input = "") {
  const run = spawnSync("vault", [verb, "-format=json", ...words], {
    input,
    encoding: "utf8",
    stdio: ["pipe", "pipe", "inherit"],
  });
  if (run.status !== 0) fail(`vault ${verb} ${words[0]} failed`);
  return run.stdout.trim() === "" ? {} : (JSON.parse(run.stdout).data ?? {});
}

function fail(why) {
  process.stderr.write(`vault-transit: ${why}\n`);
  process.exit(1);
}
