import type { Match } from "./match.ts";
import type { TextRecognizer } from "./recognizer.ts";
import { traits } from "./traits.ts";

const v4 = /(?<![\w.-])\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?(?![\w-]|\.\d)/g;
const v6 =
  /(?<![\w:.])[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]{1,40}(?:\.\d{1,3}){0,3}(?:%\w{1,16})?(?:\/\d{1,3})?/g;

/** IPv4 in dotted decimal and IPv6 in the text forms of RFC 4291, with prefix length or zone. */
export const ipAddress: TextRecognizer = {
  entity: "IP_ADDRESS",
  source: "RFC 791, RFC 4291 section 2.2",
  about: "IPv4 or IPv6 address",
  example: "2001:db8::8a2e:370:7334",
  needs: traits.digit | traits.colon,
  context: ["ip", "ipv4", "ipv6", "host", "server", "address", "地址", "主机"],
  against: ["version", "ver", "release", "section", "firmware", "版本", "chapter"],
  recognize(text) {
    const matches: Match[] = [];
    for (const hit of text.matchAll(v4)) {
      if (!isIPv4(hit[0].split("/")[0]!)) continue;
      if (/[vV]\.? ?$/.test(text.slice(Math.max(0, hit.index - 3), hit.index))) continue;
      matches.push(found(hit.index, hit[0].length, "four octets"));
    }
    for (const hit of text.matchAll(v6)) {
      const address = longestAddress(hit[0]);
      if (address !== undefined) matches.push(found(hit.index, address, "eight groups or ::"));
    }
    return matches;
  },
};

/** Length of the longest prefix that is an address; the pattern may take a colon of the sentence. */
function longestAddress(text: string): number | undefined {
  if (!/[0-9A-Fa-f]/.test(text)) return undefined;
  for (let length = text.length; length >= 3 && length > text.length - 3; length--) {
    const address = text.slice(0, length);
    // "::" between words, "10::" in times: an address has at least two groups or starts with ::.
    if (isIPv6(address.replace(/\/\d+$/, "")) && address.replace(/:/g, "").length >= 2)
      return length;
  }
  return undefined;
}

function found(start: number, length: number, form: string): Match {
  return {
    start,
    end: start + length,
    entity: "IP_ADDRESS",
    score: 0.9,
    reasons: [`form: ${form}`],
  };
}

function isIPv4(address: string): boolean {
  const octets = address.split(".");
  return (
    octets.length === 4 && octets.every((o) => /^(?:0|[1-9]\d{0,2})$/.test(o) && Number(o) < 256)
  );
}

/** RFC 4291 section 2.2: eight groups, fewer around one "::", the last two perhaps dotted. */
function isIPv6(address: string): boolean {
  const [bare = "", ...zone] = address.split("%");
  if (zone.length > 1) return false;
  const halves = bare.split("::");
  if (halves.length > 2) return false;
  let groups = 0;
  for (const [i, half] of halves.entries()) {
    if (half === "") continue;
    const parts = half.split(":");
    for (const [k, part] of parts.entries()) {
      const last = i === halves.length - 1 && k === parts.length - 1;
      if (/^[0-9A-Fa-f]{1,4}$/.test(part)) groups++;
      else if (last && isIPv4(part)) groups += 2;
      else return false;
    }
  }
  return halves.length === 2 ? groups < 8 : groups === 8;
}
