"""Long episodes in every tier: straight ahead, and with rollbacks of 1 to 12 frames forced.

    python3 long_run.py [--frames=N] GAME.py...

Prints JSON: for each game and tier a digest of all rows and checksums, and whether rollbacks left
them as they were. The same file runs under Pyodide in Node and in browsers.
"""

from __future__ import annotations

import json
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

from native import CHECKSUM, EXPORT, LOAD, META, OVER, RESET, SAVE, Game
from native import WRONG, import_bridge

FRAMES = 2_000
#: As deep as a session goes back at 30 frames a second.
DEEPEST = 12
PRUNE = 8
#: Frames between rollbacks; those of 1 to 12 frames take turns.
EVERY = {"own_methods": 5, "snapshot": 5, "replay": 10}
#: Frames of an episode at most. Going back by playing again takes longer the later it is.
LONGEST = {"replay": 120}
TIERS = ("own_methods", "snapshot", "replay", "lockstep")


def use_tier(bridge: Any, tier: str) -> None:
    from cotrial_host.states import Lockstep, OwnMethods, Replay, Snapshot

    episode = bridge.host.episode
    episode.played = {} if tier == "replay" else None
    if tier == "own_methods":
        episode.states = OwnMethods(episode.env)
    elif tier == "snapshot":
        episode.states = Snapshot(episode.env)
    elif tier == "replay":
        episode.states = Replay(lambda: episode.frame, episode.replay)
    else:
        episode.states = Lockstep()


def play(game: Game, every: int | None, frames: int, longest: int = FRAMES) -> str:
    """Episodes until there are so many frames; the digest of all that is agreed on."""
    digest = sha256()
    total, seed = 0, 3
    while total < frames:
        total += _episode(game, seed, every, min(longest, frames - total), digest)
        seed += 1
    return digest.hexdigest()


def _episode(game: Game, seed: int, every: int | None, most: int, digest: Any) -> int:
    game.push(RESET, seed)
    game.push(SAVE, 0)
    game.run()
    length = most
    frame = agreed = 0
    while agreed < length:
        if frame < length:
            game.advance(frame, seed)
            game.push(SAVE, frame + 1)
            if any(kind == OVER for kind, _, _ in game.run()):
                length = frame + 1
            if every is not None and frame % every == every - 1:
                _roll_back(game, seed, frame, 1 + frame // every % DEEPEST)
        if frame >= DEEPEST or frame >= length:
            game.push(CHECKSUM, agreed)
            game.push(EXPORT, agreed, *[META for _ in game.spaces])
            game.push(PRUNE, agreed)
            for _, _, payload in game.run():
                digest.update(payload)
            agreed += 1
        frame += 1
    return length


def _roll_back(game: Game, seed: int, frame: int, depth: int) -> None:
    """Plays the last frames with wrong actions, then again with the right ones."""
    first = max(0, frame - depth + 1)
    for input_seed in (seed + WRONG + frame, seed):
        game.push(LOAD, first)
        for f in range(first, frame + 1):
            game.advance(f, input_seed)
            game.push(SAVE, f + 1)
    game.run()


def report(bridge: Any, sources: dict[str, str], frames: int = FRAMES) -> dict[str, Any]:
    """By `game/tier`: the digest, and whether rollbacks changed it."""
    found = {}
    for name, source in sources.items():
        answer = json.loads(bridge.load(source, name, "{}"))
        if "error" in answer:
            raise RuntimeError(str(answer))
        for tier in TIERS:
            use_tier(bridge, tier)
            game = Game(bridge.host)
            longest = LONGEST.get(tier, frames)
            straight = play(game, None, frames, longest)
            rolled = play(game, EVERY[tier], frames, longest) if tier in EVERY else straight
            found[f"{name}/{tier}"] = {"digest": straight, "same": rolled == straight}
    return found


def main(paths: list[str]) -> int:
    frames = FRAMES
    if paths[0].startswith("--frames="):
        frames = int(paths.pop(0).partition("=")[2])
    sources = {Path(path).stem: Path(path).read_text(encoding="utf-8") for path in paths}
    found = report(import_bridge(), sources, frames)
    print(json.dumps(found))
    return 0 if all(entry["same"] for entry in found.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
