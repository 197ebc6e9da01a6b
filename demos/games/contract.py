"""What every game promises, checked: the games' own tests build on it."""

from __future__ import annotations

import marshal
import math
import random
import re
from types import ModuleType
from typing import Any

KEY = re.compile(r"^\| `(\w+)` \| (\w+) \|", re.MULTILINE)
KINDS = {"int": int, "float": float, "bool": bool, "str": str}


def random_actions(env: Any, frames: int, seed: int) -> list[dict[str, int]]:
    """The same actions for the same seed. Some are held for a while, as people do."""
    chance = random.Random(seed)
    actions: list[dict[str, int]] = []
    held = {agent: 0 for agent in env.possible_agents}
    for _ in range(frames):
        for agent in held:
            if chance.random() < 0.3:
                held[agent] = chance.randrange(env.action_space(agent))
        actions.append(dict(held))
    return actions


#: Pictures are large and take long to compare; each shows the whole state.
PICTURE_EVERY = 10


def play(env: Any, actions: list[dict[str, int]]) -> list[bytes]:
    """The bytes of everything that each step gives, and of the picture on some frames."""
    return [
        marshal.dumps((env.step(action), None if i % PICTURE_EVERY else env.render()), 2)
        for i, action in enumerate(actions)
    ]


class GameContract:
    """Mixed into a unittest.TestCase that names its `module` and the `variants` of its options."""

    module: ModuleType
    variants: list[dict[str, Any]]
    #: Whether what persists of the picture is the same on every frame.
    still_background = True

    def envs(self) -> list[Any]:
        return [self.module.make_env(**options) for options in self.variants]

    def test_same_seed_same_play(self: Any) -> None:
        for env, twin in zip(self.envs(), self.envs()):
            for seed in range(5):
                with self.subTest(seed=seed):
                    self.assertEqual(env.reset(seed=seed), twin.reset(seed=seed))
                    actions = random_actions(env, 400, seed)
                    self.assertEqual(play(env, actions), play(twin, actions))

    def test_nothing_is_left_of_an_earlier_episode(self: Any) -> None:
        for used, fresh in zip(self.envs(), self.envs()):
            used.reset(seed=1)
            play(used, random_actions(used, 400, seed=1))
            self.assertEqual(used.reset(seed=2), fresh.reset(seed=2))
            actions = random_actions(used, 400, seed=2)
            self.assertEqual(play(used, actions), play(fresh, actions))

    def test_without_a_seed_episodes_differ_but_repeat(self: Any) -> None:
        env, twin = self.envs()[0], self.envs()[0]
        env.reset(seed=5)
        twin.reset(seed=5)
        seeds = []
        for _ in range(3):
            env.reset()
            twin.reset()
            self.assertEqual(env.get_state(), twin.get_state())
            seeds.append(env.get_state()[0])
        self.assertEqual(len(set(seeds)), 3)

    def test_a_saved_state_plays_on_as_the_first_time(self: Any) -> None:
        for env, other in zip(self.envs(), self.envs()):
            for seed in range(5):
                with self.subTest(seed=seed):
                    env.reset(seed=seed)
                    actions = random_actions(env, 600, seed)
                    play(env, actions[:150])
                    state = env.get_state()
                    saved = marshal.dumps(state, 2)
                    first = play(env, actions[150:])
                    self.assertEqual(marshal.dumps(state, 2), saved, "a saved state changed")
                    env.set_state(state)
                    self.assertEqual(play(env, actions[150:]), first)
                    # Another copy, in the middle of another episode, goes on from it as well.
                    other.reset(seed=seed + 100)
                    play(other, actions[:50])
                    other.set_state(marshal.loads(saved))
                    self.assertEqual(marshal.dumps(other.get_state(), 2), saved)
                    self.assertEqual(play(other, actions[150:]), first)

    def test_results_are_as_documented(self: Any) -> None:
        documented = dict(KEY.findall(self.module.__doc__))
        for env in self.envs():
            observations, infos = env.reset(seed=7)
            sizes = {len(seen) for seen in observations.values()}
            self.assertEqual(len(sizes), 1)
            for actions in [None, *random_actions(env, 2000, seed=7)]:
                if actions is not None:
                    results = env.step(actions)
                    observations, rewards, terminations, truncations, infos = results
                    for result in results:
                        self.assertEqual(list(result), env.possible_agents)
                    for agent, reward in rewards.items():
                        self.assertIs(type(reward), float)
                        self.assertTrue(math.isfinite(reward))
                        self.assertIs(terminations[agent], False)
                        self.assertIs(truncations[agent], False)
                for agent in env.agents:
                    self.assertEqual({len(observations[agent])}, sizes)
                    self.assertTrue(all(math.isfinite(value) for value in observations[agent]))
                    self.assertEqual(set(infos[agent]), set(documented))
                    for key, value in infos[agent].items():
                        self.assertIs(type(value), KINDS[documented[key]], key)
                        self.assertTrue(isinstance(value, str) or math.isfinite(value), key)

    def test_pictures_are_whole(self: Any) -> None:
        for env in self.envs():
            width, height = env.metadata["render_size"]
            env.reset(seed=3)
            backgrounds: dict[str, bytes] = {}
            for actions in random_actions(env, 300, seed=3):
                env.step(actions)
                pictures = env.render()
                self.assertEqual(list(pictures), env.possible_agents)
                for agent, shapes in pictures.items():
                    names = [shape["id"] for shape in shapes]
                    self.assertEqual(len(names), len(set(names)), "two shapes have the same id")
                    if self.still_background:
                        still = [shape for shape in shapes if shape.get("persist")]
                        seen = marshal.dumps(still, 2)
                        self.assertEqual(seen, backgrounds.setdefault(agent, seen), "it changed")
                    for shape in shapes:
                        if shape["type"] == "circle":
                            self.assertGreaterEqual(shape["r"], 0)
                            self.assertTrue(-60 <= shape["x"] <= width + 60, shape)
                            self.assertTrue(-60 <= shape["y"] <= height + 60, shape)

    def test_unknown_options_are_refused(self: Any) -> None:
        with self.assertRaises(TypeError):
            self.module.make_env(no_such_option=1)
