const signatures: readonly (readonly [string, string])[] = [
  ["504b0304", "a ZIP archive or an office document"],
  ["504b0506", "a ZIP archive"],
  ["50415231", "a Parquet file"],
  ["25504446", "a PDF document"],
  ["89504e47", "a PNG image"],
  ["47494638", "a GIF image"],
  ["ffd8ff", "a JPEG image"],
  ["7f454c46", "a program"],
  ["53514c69746520666f726d6174203300", "an SQLite database"],
  ["d0cf11e0a1b11ae1", "an old office document"],
  ["425a68", "a bzip2 archive"],
  ["fd377a585a00", "an xz archive"],
  ["377abcaf271c", "a 7z archive"],
  ["28b52ffd", "a zstd archive"],
  ["4f626a01", "an Avro file"],
  ["4f5243", "an ORC file"],
  ["4152524f5731", "an Arrow file"],
  ["89484446", "an HDF5 file"],
  ["6167652d656e6372797074696f6e2e6f72672f7631", "an age file"],
];

/** What kind of binary file starts with these bytes; undefined where none is known. */
export function binaryKind(head: Uint8Array): string | undefined {
  const start = Buffer.from(head.subarray(0, 24)).toString("hex");
  // Three bytes of text may equal a short signature: "BZh", "ORC". A NUL must confirm those.
  return signatures.find(
    ([magic]) => start.startsWith(magic) && (magic.length > 6 || head.includes(0)),
  )?.[1];
}

/** Whether the bytes are those of a Parquet file. */
export function isParquet(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(0, 4)).toString("latin1") === "PAR1";
}
