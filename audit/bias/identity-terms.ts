import type { Partial } from "../../pipeline/core/partial.ts";

/** Terms that name each group, `{female: ["she", "woman"], male: ["he", "man"]}`. */
export type IdentityTerms = Readonly<Record<string, readonly string[]>>;

/** How often texts name each group, and which of the target words stand in the same text. */
export interface TermState {
  texts: number;
  /** Occurrences of the terms of each group. */
  readonly groups: Record<string, number>;
  /** Texts, by target and then group, that hold both; a text counts once for each pair. */
  readonly together: Record<string, Record<string, number>>;
}

/**
 * Counts identity terms and their co-occurrence with `targets` (occupations, adjectives) in texts.
 * Words are found whole by Unicode word boundaries, without case; Chinese terms, which have no
 * boundaries around them, anywhere. The state holds counts of the given words alone.
 */
export function termPartial(
  terms: IdentityTerms,
  targets: readonly string[],
): Partial<TermState, readonly string[]> {
  const groups = Object.entries(terms).map(([group, words]) => [group, finderOf(words)] as const);
  const wanted = targets.map((target) => [target, finderOf([target])] as const);
  return {
    empty: () => ({ texts: 0, groups: {}, together: {} }),
    observe(state, texts) {
      state.texts += texts.length;
      for (const text of texts) {
        const named = groups.flatMap(([group, find]) => {
          const times = text.match(find)?.length ?? 0;
          if (times > 0) state.groups[group] = (state.groups[group] ?? 0) + times;
          return times > 0 ? [group] : [];
        });
        if (named.length === 0) continue;
        for (const [target, find] of wanted) {
          if (text.search(find) < 0) continue;
          const counts = (state.together[target] ??= {});
          for (const group of named) counts[group] = (counts[group] ?? 0) + 1;
        }
      }
      return state;
    },
    merge(state, other) {
      state.texts += other.texts;
      addAll(state.groups, other.groups);
      for (const [target, counts] of Object.entries(other.together)) {
        addAll((state.together[target] ??= {}), counts);
      }
      return state;
    },
  };
}

/** HELM's two bias numbers in [0, 1]: total variation from an equal share of every group. */
export interface TermBias {
  /** Of the occurrences of the groups' terms; null when there is none. */
  readonly representation: number | null;
  /** Mean over the targets that stand with any group; null when none does. */
  readonly association: number | null;
  readonly byTarget: Readonly<Record<string, number>>;
}

/** Demographic representation and stereotyped association (Liang et al. 2023, arXiv:2211.09110). */
export function termBias(state: TermState, terms: IdentityTerms): TermBias {
  const names = Object.keys(terms);
  const byTarget = Object.fromEntries(
    Object.entries(state.together).map(([target, counts]) => [target, fromEqual(counts, names)!]),
  );
  const found = Object.values(byTarget);
  return {
    representation: fromEqual(state.groups, names),
    association:
      found.length === 0 ? null : found.reduce((sum, value) => sum + value, 0) / found.length,
    byTarget,
  };
}

function fromEqual(
  counts: Readonly<Record<string, number>>,
  names: readonly string[],
): number | null {
  const all = names.reduce((sum, name) => sum + (counts[name] ?? 0), 0);
  if (all === 0) return null;
  const equal = 1 / names.length;
  return names.reduce((sum, name) => sum + Math.abs((counts[name] ?? 0) / all - equal), 0) / 2;
}

function finderOf(words: readonly string[]): RegExp {
  const patterns = words.map((word) => {
    const plain = word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return /\p{Script=Han}/u.test(word) ? plain : `(?<![\\p{L}\\p{N}])${plain}(?![\\p{L}\\p{N}])`;
  });
  return new RegExp(patterns.join("|"), "giu");
}

function addAll(mine: Record<string, number>, other: Readonly<Record<string, number>>): void {
  for (const [key, count] of Object.entries(other)) mine[key] = (mine[key] ?? 0) + count;
}
