/** Buckets that subjects are spread over; erasing one subject rewrites one of them. */
export const BUCKETS = 256;

/** Up to 128 subjects of a bucket, sealed under the bucket's key. */
export interface SubjectPage {
  readonly bucket: number; // 0 to 255
  readonly page: number; // 0, 1, …
  readonly sealed: Uint8Array;
}

/**
 * Where sealed pages are kept; a table of a database with secure deletion. Every method is one
 * transaction that is on the disk when it returns.
 */
export interface SubjectStore {
  /** The pages of a bucket, in order. */
  pages(bucket: number): readonly SubjectPage[];
  /** Writes pages, over those of the same number. */
  put(pages: readonly SubjectPage[]): void;
  /**
   * Puts these pages in place of all that the bucket has, and notes the sealed bucket key that they
   * are under until `settle`, so that no crash separates the pages from their key.
   */
  replace(bucket: number, pages: readonly SubjectPage[], pendingKey: Uint8Array): void;
  /** The notes of `replace` that were not settled. */
  pending(): readonly { readonly bucket: number; readonly key: Uint8Array }[];
  /** Drops a bucket's note, and everything of the former pages from the files, journals included. */
  settle(bucket: number): void;
}

/** The file with the bucket keys. */
export interface BucketFile {
  /** Undefined when there is none yet. */
  read(): Promise<Uint8Array | undefined>;
  /** Replaces it whole, on the disk when the promise resolves; a former copy must not remain. */
  replace(bytes: Uint8Array): Promise<void>;
}
