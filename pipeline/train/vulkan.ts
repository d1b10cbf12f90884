import { existsSync } from "node:fs";

const folders = [
  "/usr/lib/x86_64-linux-gnu",
  "/usr/lib/aarch64-linux-gnu",
  "/usr/lib64",
  "/usr/lib",
  "/usr/local/lib",
  "/lib/x86_64-linux-gnu",
];

/**
 * Whether a Vulkan loader can be found. Asked first because Dawn complains on stderr, past every
 * handler of ours, when there is none. Always true where Dawn does not use Vulkan.
 */
export function vulkanLoaderPresent(): boolean {
  if (process.platform !== "linux") return true;
  const named = (process.env.LD_LIBRARY_PATH ?? "").split(":").filter((folder) => folder !== "");
  return [...named, ...folders].some((folder) => existsSync(`${folder}/libvulkan.so.1`));
}
