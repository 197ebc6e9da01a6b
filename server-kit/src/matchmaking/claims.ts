/**
 * Takes proposed groups out of a pool, each wholly or not at all.
 *
 * A policy is a plug-in and may be wrong. A group is granted only if it has exactly `players`
 * different tickets, all of them still free, and no two that are kept apart; the tickets of a
 * refused group stay free.
 */
export function claimGroups(
  free: ReadonlySet<string>,
  groups: readonly (readonly string[])[],
  players: number,
  apart: readonly (readonly [string, string])[] = [],
): { granted: (readonly string[])[]; refused: (readonly string[])[] } {
  const taken = new Set<string>();
  const granted: (readonly string[])[] = [];
  const refused: (readonly string[])[] = [];
  for (const group of groups) {
    const whole =
      group.length === players &&
      new Set(group).size === players &&
      group.every((id) => free.has(id) && !taken.has(id)) &&
      !apart.some(([a, b]) => group.includes(a) && group.includes(b));
    if (whole) {
      for (const id of group) taken.add(id);
      granted.push(group);
    } else {
      refused.push(group);
    }
  }
  return { granted, refused };
}
