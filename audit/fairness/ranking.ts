/** One ranked person, best first. `relevance` is how much they deserve a high place, from 0. */
export interface Ranked {
  readonly group: string;
  readonly relevance: number;
}

/** How a ranking treats one group. */
export interface RankingGroup {
  readonly group: string;
  readonly n: number;
  /** Mean exposure, 1/log₂(1 + rank) of each place (Singh and Joachims 2018, arXiv:1802.07281). */
  readonly exposure: number;
  /** Exposure over mean relevance: equal for all groups when exposure follows merit; NaN at 0. */
  readonly exposurePerRelevance: number;
  /** The ranking of the group's own members among themselves: 1 is in order of relevance. */
  readonly ndcg: number;
}

/** Exposure and quality of a ranking by group, in the order of first appearance. */
export function rankingGroups(ranking: readonly Ranked[]): readonly RankingGroup[] {
  const names = [...new Set(ranking.map(({ group }) => group))];
  return names.map((group) => {
    const members = ranking.flatMap((person, i) =>
      person.group === group ? [{ ...person, i }] : [],
    );
    const relevance = members.map((person) => person.relevance);
    const exposure = members.reduce((sum, { i }) => sum + discount(i), 0) / members.length;
    const merit = relevance.reduce((sum, value) => sum + value, 0) / members.length;
    const ideal = gain([...relevance].sort((a, b) => b - a));
    return {
      group,
      n: members.length,
      exposure,
      exposurePerRelevance: merit === 0 ? NaN : exposure / merit,
      ndcg: ideal === 0 ? NaN : gain(relevance) / ideal,
    };
  });
}

/**
 * Infeasible index of a ranking (Geyik, Ambler and Kenthapadi 2019, doi:10.1145/3292500.3330691): in
 * how many of the first `depth` prefixes some group has fewer than ⌊share·length⌋ of its members.
 * `shares` are the wanted shares by group.
 */
export function infeasibleIndex(
  ranking: readonly Ranked[],
  shares: Readonly<Record<string, number>>,
  depth = ranking.length,
): number {
  const counts = new Map<string, number>();
  let infeasible = 0;
  ranking.slice(0, depth).forEach(({ group }, i) => {
    counts.set(group, (counts.get(group) ?? 0) + 1);
    const short = Object.entries(shares).some(
      // 0.3·10 is a little less than 3 in binary.
      ([name, share]) => (counts.get(name) ?? 0) < Math.floor(share * (i + 1) + 1e-9),
    );
    if (short) infeasible++;
  });
  return infeasible;
}

/**
 * NDKL of a ranking (the same source): the divergence of each prefix's shares from the wanted ones in
 * nats, averaged with the discount 1/log₂(1 + length). 0 is as wanted throughout.
 */
export function rankingDivergence(
  ranking: readonly Ranked[],
  shares: Readonly<Record<string, number>>,
): number {
  const counts = new Map<string, number>();
  let [sum, weights] = [0, 0];
  ranking.forEach(({ group }, i) => {
    counts.set(group, (counts.get(group) ?? 0) + 1);
    let divergence = 0;
    for (const [name, count] of counts) {
      const share = count / (i + 1);
      divergence += share * Math.log(share / (shares[name] ?? 0));
    }
    sum += discount(i) * divergence;
    weights += discount(i);
  });
  return weights === 0 ? NaN : sum / weights;
}

function gain(relevance: readonly number[]): number {
  return relevance.reduce((sum, value, i) => sum + value * discount(i), 0);
}

function discount(index: number): number {
  return 1 / Math.log2(2 + index);
}
