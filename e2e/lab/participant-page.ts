/** Runs in the browser: a participant without a game, who joins the server kit and links up. */
import type { EnterRequest } from '../../core/src/contract/index.ts';
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
}

declare global {
  interface Window {
    participant: ParticipantLab;
  }
}

const lobby = new LobbyClient({ server: '/cotrial', participant: null });
const lab: ParticipantLab = {
  log: [],
  heard: [],
  lobby,
  mesh: null,
  you: null,
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
lobby.on('start', ({ at_ms }) => {
  const wait = lobby.serverToLocal(at_ms) - performance.now();
  setTimeout(() => lab.log.push('start'), wait);
});
lobby.on('player_left', ({ player, outcome }) => lab.log.push(`${player} ${outcome}`));
