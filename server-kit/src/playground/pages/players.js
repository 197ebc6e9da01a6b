/** How many play this game: the address's `players` as far as the game allows it. */
export function playersOf({ players }, query) {
  if (typeof players === 'number') return players;
  const asked = Number(query.get('players') || players.usual);
  if (!Number.isInteger(asked)) return players.usual;
  return Math.min(players.most, Math.max(players.least, asked));
}

/** All numbers of players that a game allows. */
export function playerCounts({ players }) {
  if (typeof players === 'number') return [players];
  const { least, most } = players;
  return Array.from({ length: most - least + 1 }, (_, i) => least + i);
}
