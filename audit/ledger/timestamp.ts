import { createHash, verify, X509Certificate } from "node:crypto";
import { equalBytes } from "../../pipeline/core/digest.ts";
import { PipelineError } from "../../pipeline/core/error.ts";
import { children, element, expect, oid, parseElement, tags, type Element } from "./der.ts";

/*
 * Time stamps of RFC 3161: an authority signs the hash of a checkpoint with the time at which it saw
 * it. The token is CMS SignedData (RFC 5652) over a TSTInfo.
 */

const SIGNED_DATA = oid("1.2.840.113549.1.7.2");
const TST_INFO = oid("1.2.840.113549.1.9.16.1.4");
const CONTENT_TYPE = oid("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST = oid("1.2.840.113549.1.9.4");
const SIGNING_CERTIFICATE = oid("1.2.840.113549.1.9.16.2.12");
const SIGNING_CERTIFICATE_V2 = oid("1.2.840.113549.1.9.16.2.47");
const SHA256 = oid("2.16.840.1.101.3.4.2.1");
const TIME_STAMPING = "1.3.6.1.5.5.7.3.8";
const MAX_CHAIN = 8;

const hashes: readonly (readonly [Buffer, string])[] = [
  [SHA256, "sha256"],
  [oid("2.16.840.1.101.3.4.2.2"), "sha384"],
  [oid("2.16.840.1.101.3.4.2.3"), "sha512"],
];

/** A time stamp that has been verified. `time` is ISO 8601 and `authority` the signer's subject. */
export interface Timestamp {
  readonly time: string;
  readonly authority: string;
}

/** A request for a time stamp of `data`, in DER. `nonce` (8 random bytes) comes back in the answer. */
export function timestampRequest(data: Uint8Array, nonce: Uint8Array): Buffer {
  return element(
    tags.sequence,
    element(tags.integer, Buffer.of(1)),
    imprint(data),
    element(tags.integer, unsigned(nonce)),
    // The authority puts its certificate in, so that the token can be verified years later.
    element(tags.boolean, Buffer.of(0xff)),
  );
}

/**
 * The token inside an authority's answer. Throws `integrity` when the request was refused, or when
 * the answer is for other data or another request.
 */
export function acceptTimestamp(response: Uint8Array, data: Uint8Array, nonce: Uint8Array): Buffer {
  const [status, token] = children(expect(parseElement(response), tags.sequence));
  const code = expect(children(expect(status, tags.sequence))[0], tags.integer).content;
  if (code.length !== 1 || code[0]! > 1 || token === undefined) {
    throw new PipelineError(
      "integrity",
      `the time stamp was refused with status ${code.toString("hex")}`,
    );
  }
  const { info } = readToken(token);
  checkImprint(info, data);
  const sent = unsigned(nonce);
  if (!info.slice(5).some(({ tag, content }) => tag === tags.integer && content.equals(sent))) {
    throw new PipelineError("integrity", "the time stamp answers another request");
  }
  return token.bytes;
}

/**
 * Verifies a token over `data` against the certificates of the authorities that are trusted (PEM,
 * any number in a text). Throws `integrity` or `format`.
 */
export function verifyTimestamp(
  token: Uint8Array,
  data: Uint8Array,
  authorities: string,
): Timestamp {
  const { info, infoBytes, certificates, signer } = readToken(parseElement(token));
  checkImprint(info, data);
  const certificate = signingCertificate(certificates, signer, infoBytes);
  const time = timeOf(expect(info[4], tags.time));
  checkChain(certificate, certificates, trusted(authorities), new Date(time));
  return { time, authority: certificate.subject.replaceAll("\n", ", ") };
}

interface Token {
  readonly info: readonly Element[];
  readonly infoBytes: Buffer;
  readonly certificates: readonly X509Certificate[];
  readonly signer: readonly Element[];
}

function readToken(token: Element): Token {
  const [type, wrapped] = children(expect(token, tags.sequence));
  if (type?.bytes.equals(SIGNED_DATA) !== true) throw notAToken();
  const [signedData] = children(expect(wrapped, tags.context0));
  const [, , encapsulated, ...rest] = children(expect(signedData, tags.sequence));
  const [contentType, content] = children(expect(encapsulated, tags.sequence));
  if (contentType?.bytes.equals(TST_INFO) !== true) throw notAToken();
  const octets = expect(children(expect(content, tags.context0))[0], tags.octets);
  const given = rest.find(({ tag }) => tag === tags.context0);
  const signers = rest.find(({ tag }) => tag === tags.set);
  const [signer, ...more] = children(expect(signers, tags.set));
  if (more.length > 0) throw notAToken();
  return {
    info: children(expect(parseElement(octets.content), tags.sequence)),
    infoBytes: octets.content,
    certificates: given === undefined ? [] : children(given).flatMap(certificateOf),
    signer: children(expect(signer, tags.sequence)),
  };
}

// The certificate whose key made the signature and which the signature names.
function signingCertificate(
  certificates: readonly X509Certificate[],
  signer: readonly Element[],
  infoBytes: Buffer,
): X509Certificate {
  const [, , digestAlgorithm, attributes, , signature] = signer;
  const algorithm = children(expect(digestAlgorithm, tags.sequence))[0];
  const hash = hashes.find(([id]) => algorithm?.bytes.equals(id))?.[1];
  if (hash === undefined) throw new PipelineError("format", "the time stamp uses an unknown hash");
  const signedAttributes = expect(attributes, tags.context0);
  const digest = createHash(hash).update(infoBytes).digest();
  const digestAttribute = attribute(signedAttributes, MESSAGE_DIGEST);
  const typeAttribute = attribute(signedAttributes, CONTENT_TYPE);
  if (
    digestAttribute?.content.equals(digest) !== true ||
    typeAttribute?.bytes.equals(TST_INFO) !== true
  ) {
    throw new PipelineError("integrity", "the time stamp does not sign its content");
  }
  // They are signed as the SET that they are, not under the tag that stands for it (RFC 5652 5.4).
  const message = Buffer.from(signedAttributes.bytes);
  message[0] = tags.set;
  const named =
    attribute(signedAttributes, SIGNING_CERTIFICATE_V2) ??
    attribute(signedAttributes, SIGNING_CERTIFICATE);
  const bytes = expect(signature, tags.octets).content;
  const found = certificates.find(
    (one) => isNamed(one, named) && verifies(hash, message, one, bytes),
  );
  if (found === undefined)
    throw new PipelineError("integrity", "the time stamp's signature is wrong");
  // Absent in a certificate without the extension, whatever the types say.
  const { keyUsage = [] } = found as { readonly keyUsage?: readonly string[] };
  if (!keyUsage.includes(TIME_STAMPING)) {
    throw new PipelineError(
      "integrity",
      "the time stamp's signer is not a time stamping authority",
    );
  }
  return found;
}

function verifies(hash: string, message: Buffer, by: X509Certificate, signature: Buffer): boolean {
  try {
    const isEdwards = by.publicKey.asymmetricKeyType?.startsWith("ed") === true;
    return verify(isEdwards ? null : hash, message, by.publicKey, signature);
  } catch {
    return false;
  }
}

// The attribute of RFC 5035 holds the hash of the certificate: SHA-256 by default, SHA-1 in its first form.
function isNamed(certificate: X509Certificate, named: Element | undefined): boolean {
  if (named === undefined) return false;
  return ["sha256", "sha384", "sha512", "sha1"].some((hash) => {
    const digest = createHash(hash).update(certificate.raw).digest();
    return named.bytes.includes(element(tags.octets, digest));
  });
}

function checkChain(
  leaf: X509Certificate,
  others: readonly X509Certificate[],
  roots: readonly X509Certificate[],
  time: Date,
): void {
  let current = leaf;
  for (let depth = 0; depth < MAX_CHAIN; depth++) {
    if (time < new Date(current.validFrom) || time > new Date(current.validTo)) break;
    if (roots.some((root) => root.raw.equals(current.raw) || isIssuer(root, current))) return;
    const next = others.find(
      (one) => one.ca && !one.raw.equals(current.raw) && isIssuer(one, current),
    );
    if (next === undefined) break;
    current = next;
  }
  throw new PipelineError("integrity", "the time stamp is not by a trusted authority", {
    hint: "name the authority's certificate, in PEM",
  });
}

function isIssuer(issuer: X509Certificate, of: X509Certificate): boolean {
  return of.checkIssued(issuer) && of.verify(issuer.publicKey);
}

function trusted(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}

function certificateOf({ bytes, tag }: Element): X509Certificate[] {
  if (tag !== tags.sequence) return [];
  try {
    return [new X509Certificate(bytes)];
  } catch (cause) {
    throw new PipelineError("format", "the time stamp has a certificate that cannot be read", {
      cause,
    });
  }
}

function attribute(attributes: Element, type: Buffer): Element | undefined {
  for (const one of children(attributes)) {
    const [name, values] = children(one);
    if (name?.bytes.equals(type) === true) return children(expect(values, tags.set))[0];
  }
  return undefined;
}

function checkImprint(info: readonly Element[], data: Uint8Array): void {
  if (!equalBytes(expect(info[2], tags.sequence).bytes, imprint(data))) {
    throw new PipelineError("integrity", "the time stamp is for other data");
  }
}

function imprint(data: Uint8Array): Buffer {
  const algorithm = element(tags.sequence, SHA256, element(tags.none));
  const digest = createHash("sha256").update(data).digest();
  return element(tags.sequence, algorithm, element(tags.octets, digest));
}

// "20261123193035Z", with fractions of a second perhaps.
function timeOf({ content }: Element): string {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d+)?Z$/.exec(content.toString("latin1"));
  if (match === null)
    throw new PipelineError("format", "the time stamp has no time that can be read");
  const [, year, month, day, hour, minute, second] = match;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
}

// An INTEGER has a sign: a leading bit of 1 needs a zero byte before it, and other zeros do not stay.
function unsigned(bytes: Uint8Array): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const kept = Buffer.from(start === -1 ? [0] : bytes.subarray(start));
  return kept[0]! >= 0x80 ? Buffer.concat([Buffer.of(0), kept]) : kept;
}

function notAToken(): PipelineError {
  return new PipelineError("format", "cannot read the time stamp: it is not a token of RFC 3161");
}
