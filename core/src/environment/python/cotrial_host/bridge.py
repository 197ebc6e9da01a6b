"""What JavaScript calls: `load` once, then `host.run` every tick.

The buffers are `host.requests` and `host.results`. `host.reserve` moves the first; the second has
moved when `run` tells of more bytes than it had.
"""

from __future__ import annotations

import gc
import json
import random
from typing import Any

from .draw import Draw, images_of
from .driven import PLAY, USUAL_FPS, install
from .episode import Episode
from .errors import EnvironmentFault
from .host import Host
from .loading import load_environment
from .standins import STAND_INS
from .verify import choose_tier

#: JSON has no infinity: bounds beyond what a 32-bit float holds are this.
_LARGEST = 3.4028234663852886e38

host: Host | None = None


def load(source: str, name: str, options_json: str) -> str:
    """Loads and verifies an environment: its description as JSON, or {"error": ...}."""
    global host
    host = None
    install(source)
    STAND_INS.clear()
    while True:
        PLAY.start(name)
        try:
            # As every peer must find it, also before the first reset.
            random.seed(0)
            loaded = load_environment(source, name, json.loads(options_json))
            PLAY.fps = loaded.fps or USUAL_FPS
            if loaded.strict:
                PLAY.refuse()
            episode = Episode(loaded)
            PLAY.episode = episode
            verdict = choose_tier(loaded, episode)
            episode.frame = None
            draw = Draw(loaded.agents)
            render_size = loaded.render_size or draw.size_of(episode.env)
            host = Host(episode, draw)
            break
        except EnvironmentFault as fault:
            if not STAND_INS.adopt(fault.missing):
                error = {"where": fault.where, "message": fault.message}
                return json.dumps({"error": {**error, "traceback": fault.traceback}})
        finally:
            PLAY.stop()
    # Interpreter, adapter and environment stay: the collector need not go over them in play.
    gc.collect()
    gc.freeze()
    agents = [
        {
            "id": str(agent),
            "action_space": _bounded(space.description),
            "action_bytes": space.size,
            "default_action": list(space.default_bytes),
        }
        for agent, space in zip(loaded.agents, loaded.spaces)
    ]
    return json.dumps(
        {
            "agents": agents,
            "action_bytes": max(space.size for space in loaded.spaces),
            "constant_actions": episode.actions.constant,
            "tier": verdict.tier,
            "tier_reason": verdict.reason,
            "notes": [*STAND_INS.notes(), *loaded.notes, *PLAY.told.values()],
            "costs": verdict.costs,
            "fps": loaded.fps,
            "render_size": render_size,
            "render_images": images_of(episode.env),
        },
        allow_nan=False,
    )


def _bounded(description: dict[str, Any]) -> dict[str, Any]:
    if description["kind"] != "box":
        return description
    bounds = {
        name: [min(max(v, -_LARGEST), _LARGEST) for v in description[name]]
        for name in ("low", "high")
    }
    return {**description, **bounds}

