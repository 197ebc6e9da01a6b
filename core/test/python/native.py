"""The adapter on native CPython: every environment straight ahead and with forced rollbacks.

    python3 native.py [--quick] FOLDER/ENVIRONMENT...

Prints JSON: for each environment its tier, frames, notes, a digest of all rows and checksums, and
how many checksums differ from each other; or its error. Exits with 1 when a rollback changed
anything. harness.ts does the same under Pyodide.
"""

from __future__ import annotations

import importlib.util
import json
import struct
import sys
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

HERE = Path(__file__).parent
ADAPTER = HERE.parent.parent / "src" / "environment" / "python" / "cotrial_host"
RESET, LOAD, ADVANCE, SAVE, CHECKSUM, EXPORT = 1, 2, 3, 4, 5, 6
PLAY, NUMBER = 11, 13
OVER, CHECKSUM_ANSWER, ROW, ERROR = 1, 2, 3, 6
META = 1 | (2 << 1)
WRONG = 1000
FRAMES = 60
SEEDS = (3, 4_000_000_000)
DEPTHS = (1, 3, 8)
#: With --quick: environments whose packages are slow.
QUICK_SEEDS, QUICK_DEPTHS = (3,), (2, 7)


def import_bridge() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "cotrial_host", ADAPTER / "__init__.py", submodule_search_locations=[str(ADAPTER)]
    )
    assert spec is not None and spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules["cotrial_host"] = package
    spec.loader.exec_module(package)
    return importlib.import_module("cotrial_host.bridge")


def draw(seed: int, frame: int, seat: int, part: int) -> int:
    x = (seed * 7919 + frame * 104_729 + seat * 1_299_709 + part * 15_485_863) & 0x7FFF_FFFF
    return ((x * 1_103_515_245 + 12_345) & 0x7FFF_FFFF) >> 8


class Game:
    def __init__(self, host: Any) -> None:
        self.host = host
        self.spaces = host.episode.spaces
        self.width = (max(space.size for space in self.spaces) + 3) // 4
        self.requests: list[tuple[int, ...]] = []
        numbered = host.episode.actions.numbered
        self.numbers = {joint.words: number for number, joint in enumerate(numbered)}

    def run(self) -> list[tuple[int, int, bytes]]:
        words = self.packed()
        count = len(words)
        if 4 * count > len(self.host.requests):
            self.host.reserve(count)
        struct.pack_into(f"<{count}i", self.host.requests, 0, *words)
        self.requests.clear()
        size = self.host.run(count)
        answers, at = [], 0
        while at < size:
            kind, frame, length = struct.unpack_from("<IiI", self.host.results, at)
            payload = bytes(self.host.results[at + 12 : at + 12 + length])
            if kind == ERROR:
                raise RuntimeError(repr(payload))
            answers.append((kind, frame, payload))
            at += 12 + (length + 3) // 4 * 4
        return answers

    def packed(self) -> list[int]:
        """The list as core/src/environment/pack-requests.ts packs it."""
        words: list[int] = []
        if not self.host.episode.actions.constant:
            return [word for request in self.requests for word in request]
        count_at = due = -1
        for at, request in enumerate(self.requests):
            kind, frame, *joint = request
            if (kind, frame) == (SAVE, due) and count_at >= 0:
                continue
            if kind != ADVANCE or self.requests[at + 1 : at + 2] != [(SAVE, frame + 1)]:
                words += request
                count_at = -1
                continue
            if tuple(joint) not in self.numbers:
                self.numbers[tuple(joint)] = len(self.numbers)
                words += [NUMBER, self.numbers[tuple(joint)], *joint]
                count_at = -1
            if count_at < 0 or due != frame:
                words += [PLAY, frame, 0]
                count_at = len(words) - 1
            words[count_at] += 1
            words.append(self.numbers[tuple(joint)])
            due = frame + 1
        return words

    def push(self, *words: int) -> None:
        self.requests.append(tuple([w - 2**32 if w >= 2**31 else w for w in words]))

    def advance(self, frame: int, seed: int) -> None:
        words = [ADVANCE, frame]
        for seat, space in enumerate(self.spaces):
            data = encode(space, seed, frame, seat).ljust(4 * self.width, b"\0")
            words += [0, *struct.unpack(f"<{self.width}i", data)]
        self.push(*words)

    def record(self, frames: int) -> list[tuple[int, int, bytes]]:
        for frame in range(frames):
            self.push(CHECKSUM, frame)
            self.push(EXPORT, frame, *[META for _ in self.spaces])
        return self.run()

    def straight(self, seed: int) -> tuple[int, list[tuple[int, int, bytes]]]:
        self.push(RESET, seed)
        self.push(SAVE, 0)
        self.run()
        frames = FRAMES
        for frame in range(FRAMES):
            self.advance(frame, seed)
            self.push(SAVE, frame + 1)
            if any(kind == OVER for kind, _, _ in self.run()):
                frames = frame + 1
                break
        return frames, self.record(frames)

    def rolled_back(self, seed: int, frames: int, depth: int) -> list[tuple[int, int, bytes]]:
        self.push(RESET, seed)
        self.push(SAVE, 0)
        for frame in range(frames):
            first = max(0, frame - depth + 1)
            for input_seed in (seed + WRONG + frame, seed):
                self.push(LOAD, first)
                for f in range(first, frame + 1):
                    self.advance(f, input_seed)
                    self.push(SAVE, f + 1)
            self.run()
        return self.record(frames)


def encode(space: Any, seed: int, frame: int, seat: int) -> bytes:
    d = space.description
    if d["kind"] == "discrete":
        return space.encode(d["start"] + draw(seed, frame, seat, 0) % d["n"])
    if d["kind"] == "multi_discrete":
        starts = d.get("start", [0] * len(d["nvec"]))
        return space.encode(
            [s + draw(seed, frame, seat, i) % n for i, (s, n) in enumerate(zip(starts, d["nvec"]))]
        )
    if d["kind"] == "multi_binary":
        return space.encode([draw(seed, frame, seat, i) % 2 for i in range(d["n"])])
    return space.encode([(draw(seed, frame, seat, i) % 17 - 8) / 8 for i in range(len(d["low"]))])


def main(arguments: list[str]) -> int:
    names = [name for name in arguments if name != "--quick"]
    quick = len(names) < len(arguments)
    seeds, depths = (QUICK_SEEDS, QUICK_DEPTHS) if quick else (SEEDS, DEPTHS)
    bridge = import_bridge()
    report: dict[str, Any] = {}
    failures = 0
    for name in names:
        source = (HERE / f"{name}.py").read_text(encoding="utf-8")
        answer = json.loads(bridge.load(source, f"{name}.py", "{}"))
        if "error" in answer:
            report[name] = answer
            failures += 1
            continue
        game = Game(bridge.host)
        digest = sha256()
        differing = []
        for seed in seeds:
            frames, straight = game.straight(seed)
            for depth in depths:
                if game.rolled_back(seed, frames, depth) != straight:
                    differing.append({"seed": seed, "depth": depth})
            for _, _, payload in straight:
                digest.update(payload)
        failures += len(differing)
        report[name] = {
            "tier": answer["tier"],
            "notes": answer["notes"],
            "agents": answer["agents"],
            "frames": frames,
            "digest": digest.hexdigest(),
            "differing": differing,
            "rows": [data.hex() for kind, _, data in straight if kind == ROW],
            "checksums": len({data for kind, _, data in straight if kind == CHECKSUM_ANSWER}),
        }
    print(json.dumps(report))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
