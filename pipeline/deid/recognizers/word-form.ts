/** What a recognizer of words states; the shared engine does the rest. */
export interface WordForm {
  readonly entity: string;
  /** Words and phrases in lower case, found as whole words in any case. */
  readonly words: readonly string[];
  /** Words that count only with a capital, being common words otherwise: "Polish". */
  readonly capital?: readonly string[];
  /** Score without context. */
  readonly score: number;
}
