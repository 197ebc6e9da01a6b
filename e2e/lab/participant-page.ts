/** Runs in the browser: a participant without a game, who joins the server kit and links up. */
import type { EnterRequest, Probe } from '../../core/src/contract/index.ts';
import { connectMesh } from '../../core/src/link/mesh.ts';
import type { Mesh } from '../../core/src/link/link.ts';
import { LobbyClient } from '../../core/src/lobby/lobby-client.ts';

export interface ParticipantLab {
  log: string[];
  heard: string[];
  lobby: LobbyClient;
  mesh: Mesh | null;
  /** The seat, once matched. */
  you: number | null;
  enter(request: EnterRequest): Promise<void>;
  /** What this page's links measured before the match. */
  probes: Probe[];
}

declare global {
  interface Window {
    participant: ParticipantLab;
  }
}

const server = new URLSearchParams(location.search).get('server') ?? '/cotrial';
const lobby = new LobbyClient({ server, participant: null });
const lab: ParticipantLab = {
  log: [],
  heard: [],
  lobby,
  mesh: null,
  you: null,
  probes: [],
  async enter(request) {
    await lobby.join();
    await lobby.enter(request);
  },
};
window.participant = lab;

lobby.on('matched', (match) => {
  const { match_id, you, players, signaling, ice } = match;
  lab.you = you;
  const proven = new Set<number>();
  lab.mesh = connectMesh(
    {
      local: you,
      players,
      signaling: { origin: location.origin, ...signaling },
      ice,
      relay: lobby.relay,
      probe: match.max_p2p_rtt_ms !== null,
    },
    {
      packet: (_, packet) => lab.heard.push(new TextDecoder().decode(packet)),
      control: (_, message) => lab.heard.push(new TextDecoder().decode(message)),
      up: (player) => {
        lab.log.push('up');
        if (proven.add(player).size === players.length - 1) {
          const probes = lab
            .mesh!.status()
            .flatMap(({ player, probe_ms }) =>
              probe_ms === null ? [] : [{ player, rtt_ms: probe_ms }],
            );
          lab.probes = probes;
          void lobby.ready(match_id, probes);
        }
      },
      down: () => lab.log.push('down'),
      quality: (_, quality) => lab.log.push(quality),
      type: (player, type) => {
        lab.log.push(type);
        lobby.link(match_id, player, type);
      },
    },
  );
});
lobby.on('dissolved', () => {
  lab.log.push('dissolved');
  lab.mesh?.close();
});
lobby.on('start', ({ at_ms }) => {
  const wait = lobby.serverToLocal(at_ms) - performance.now();
  setTimeout(() => lab.log.push('start'), wait);
});
lobby.on('player_left', ({ player, outcome }) => lab.log.push(`${player} ${outcome}`));
