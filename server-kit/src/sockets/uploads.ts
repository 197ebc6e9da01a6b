import {
  type Outcome,
  type Finished,
  type Verification,
  type EpisodeDoneRequest,
  type FinishRequest,
  type LocalRecordRequest,
  type UploadRequest,
} from '@cotrial/core/contract';
import type { Clock } from '../clock.ts';
import type { Lobby } from '../lobby/lobby.ts';
import type { Settlement } from '../lobby/settlement.ts';
import { Refusal } from '../refusal.ts';
import type { MatchStore, StoredSeat } from '../store/match-store.ts';
import type { RecordStore, Uploader } from '../store/record-store.ts';
import { verifyEpisode } from '../store/verification.ts';

/** The piece of a local record that comes with `finish` stands after all others. */
const LAST_PIECE = 1_001;

export type CompletionCodes = Partial<Record<Outcome, string>>;

export interface UploadParts {
  clock: Clock;
  lobby: Lobby;
  matches: MatchStore;
  records: RecordStore;
  settlement: Settlement;
  settleTimeoutMs: number;
  completionCodes: CompletionCodes;
}

/**
 * Data of a participant for a match it played, while it plays and at any time after: a page that
 * reconnects late still delivers.
 */
export class Uploads {
  constructor(private readonly parts: UploadParts) {}

  chunk(participant: string, chunk: UploadRequest): { seq: number } {
    const { uploader } = this.seat(participant, chunk.match_id);
    this.parts.records.putChunk(uploader, chunk);
    return { seq: chunk.seq };
  }

  episodeDone(participant: string, done: EpisodeDoneRequest): { verification: Verification } {
    const { records, settlement, clock } = this.parts;
    const { uploader } = this.seat(participant, done.match_id);
    records.closeEpisode(uploader, done, clock.now());
    settlement.changed(done.match_id);
    const seats = this.seats(done.match_id);
    const copies = records.copies(done.match_id).filter((copy) => copy.episode === done.episode);
    return { verification: verifyEpisode(seats, copies, records.alikeIn(done.match_id)) };
  }

  localRecord(participant: string, piece: LocalRecordRequest): { seq: number } {
    const { uploader } = this.seat(participant, piece.match_id);
    this.parts.records.putLocalRecord(piece.match_id, uploader.player, piece.seq, piece.text);
    return { seq: piece.seq };
  }

  /** @throws Refusal `not_over` if the participant claims to have completed what it has not. */
  async finish(participant: string, end: FinishRequest): Promise<Finished> {
    const { lobby, records, settlement, settleTimeoutMs } = this.parts;
    const { match_id } = end;
    const seated = match_id === null ? null : this.parts.matches.seatOf(match_id, participant);
    if (match_id === null || seated === null) {
      const completion_code = this.unseated(participant, end);
      return { verification: 'unverified', completion_code, common_end: null };
    }
    if (end.outcome === 'completed') this.requireCompleted(match_id, seated);
    if (end.local_record !== '') {
      records.putLocalRecord(match_id, seated.player, LAST_PIECE, end.local_record);
    }
    lobby.finish(participant, match_id, end);
    const verification = await settlement.wait(match_id, settleTimeoutMs);
    // The stored outcome counts: once the server said that a player left, its page cannot unsay it.
    const { outcome } = this.parts.matches.seatOf(match_id, participant)!;
    const plausible = outcome !== 'partner_left' || this.someoneElseLeft(match_id, seated.player);
    const completion_code = plausible ? this.code(outcome) : null;
    return { verification, completion_code, common_end: records.commonEnd(match_id) };
  }

  /** A trial that ends before its match started, or without one. */
  private unseated(participant: string, end: FinishRequest): string | null {
    const { lobby } = this.parts;
    if (end.outcome === 'completed' || end.outcome === 'partner_left') {
      throw new Refusal('not_over', 'You have not played in this match.');
    }
    if (end.outcome === 'timed_out_waiting' && !lobby.hasTimedOut(participant)) {
      lobby.leave(participant, 'left', end.outcome_reason);
      return null;
    }
    lobby.leave(participant, end.outcome, end.outcome_reason);
    return this.code(end.outcome);
  }

  private requireCompleted(matchId: string, seat: StoredSeat): void {
    const episodes = this.parts.matches.match(matchId)!.settings.episodes;
    const closed = this.parts.records
      .copies(matchId)
      .filter((copy) => copy.player === seat.player && !copy.broken_off).length;
    if (closed < episodes) {
      throw new Refusal('not_over', `${closed} of ${episodes} episodes are here: play them all.`);
    }
  }

  private someoneElseLeft(matchId: string, player: number): boolean {
    return this.seats(matchId).some((seat) => seat.departed && seat.player !== player);
  }

  private code(outcome: Outcome | null): string | null {
    return outcome === null ? null : (this.parts.completionCodes[outcome] ?? null);
  }

  private seats(matchId: string): { player: number; departed: boolean }[] {
    return this.parts.matches
      .seats(matchId)
      .map(({ player, departure_order }) => ({ player, departed: departure_order !== null }));
  }

  private seat(participant: string, matchId: string): { uploader: Uploader } {
    const seats = this.parts.matches.seats(matchId);
    const seat = seats.find((s) => s.participant === participant);
    if (seat === undefined) {
      throw new Refusal('not_in_match', 'You have no seat in this match.');
    }
    const departed = seat.departure_order !== null;
    return { uploader: { player: seat.player, players: seats.length, departed } };
  }
}
