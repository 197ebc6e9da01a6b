"""Rules of the commons: `python3 -m unittest` in this folder."""

from __future__ import annotations

import random
import unittest
from typing import Any

import commons
from contract import GameContract

STAY, UP, DOWN, LEFT, RIGHT, HARVEST = range(6)


def step(env: commons.Commons, *actions: int) -> tuple[Any, ...]:
    """Rewards and infos of one frame; who is not named stays."""
    chosen = dict.fromkeys(env.agents, STAY) | dict(zip(env.agents, actions))
    _, rewards, _, _, infos = env.step(chosen)
    return rewards, infos


def with_field(
    bushes: list[tuple[int, int]], players: list[tuple[int, int]], seed: int = 1, **options: Any
) -> commons.Commons:
    """An environment with exactly these bushes, and the players at these tiles."""
    env = commons.make_env(players=len(players), **options)
    env.reset(seed=seed)
    columns, _ = commons.FIELDS[len(players)]
    stride = columns + 2
    state = list(env.get_state())
    field = bytearray(len(state[4]))
    for x, y in bushes:
        field[(y + 1) * stride + x + 1] = 1
    state[2], state[4] = len(bushes), bytes(field)
    state[5] = tuple(
        ((y + 1) * stride + x + 1, *forager[1:]) for (x, y), forager in zip(players, state[5])
    )
    env.set_state(tuple(state))
    return env


def regrown(bushes: list[tuple[int, int]], seconds: int, seed: int = 1, **options: Any) -> int:
    env = with_field(bushes, [(0, 0), (13, 7)], seed=seed, **options)
    for _ in range(10 * seconds):
        infos = step(env)[1]
    return int(infos["player_0"]["field_regrown"])


class CommonsTest(GameContract, unittest.TestCase):
    module = commons
    variants = [{}, {"players": 5, "regrowth": 0.2, "initial": 0.2}]
    still_background = False

    def test_a_harvest_pays_its_player_and_takes_the_bush(self) -> None:
        env = with_field([(3, 3)], [(3, 3), (8, 7)])
        rewards, infos = step(env, HARVEST, HARVEST)
        self.assertEqual(rewards, {"player_0": 1.0, "player_1": 0.0})
        self.assertEqual(infos["player_0"]["event"], "harvest")
        self.assertEqual(infos["player_1"]["event"], "vain_harvest")
        self.assertEqual((infos["player_0"]["harvested"], infos["player_1"]["harvested"]), (1, 0))
        self.assertEqual(infos["player_1"]["group_harvested"], 1)
        self.assertEqual(infos["player_0"]["field_left"], 0)
        self.assertFalse(infos["player_0"]["on_bush"])
        rewards, infos = step(env, HARVEST)
        self.assertEqual(rewards["player_0"], 0.0)
        self.assertEqual(infos["player_0"]["vain_harvests"], 1)

    def test_a_bare_field_stays_bare(self) -> None:
        self.assertEqual(regrown([], seconds=300, regrowth=1.0), 0)

    def test_an_empty_tile_grows_as_likely_as_the_bushes_around_say(self) -> None:
        around = [(x, y) for x in range(4, 7) for y in range(3, 6) if (x, y) != (5, 4)]
        env = commons.make_env(regrowth=0.5)
        tile = env._tiles[4 * 14 + 5]
        # The frame before the tile's own frame of the second.
        turn = next(i for i, tiles in enumerate(env._turns) if tile in tiles)
        for bushes in (0, 1, 4, 8):
            state = with_field(around[:bushes], [(0, 0), (13, 7)]).get_state()
            grown = 0
            for seed in range(400):
                env.set_state((seed, turn + commons.FPS - 1, *state[2:]))
                step(env)
                grown += env.get_state()[4][tile]
            self.assertTrue(abs(grown - 400 * 0.5 * bushes / 8) <= 40, (bushes, grown))

    def test_every_tile_has_its_turn_once_a_second(self) -> None:
        everywhere = [(x, y) for x in range(14) for y in range(8) if (x + y) % 2]
        self.assertEqual(regrown(everywhere, seconds=1, regrowth=1.0) > 0, True)
        env = commons.make_env()
        turns = [tile for turn in env._turns for tile in turn]
        self.assertEqual(sorted(turns), env._tiles)

    def test_greed_ruins_what_restraint_keeps(self) -> None:
        greedy = [harvest_of(restraint=0, seed=seed)[0] for seed in range(5)]
        careful = [harvest_of(restraint=4, seed=seed) for seed in range(5)]
        for total, (kept, left) in zip(greedy, careful):
            self.assertGreater(kept + left, 1.4 * total)
            self.assertGreater(left, 20)

    def test_a_held_direction_moves_every_second_frame(self) -> None:
        env = with_field([], [(0, 0), (8, 7)])
        xs = [step(env, RIGHT)[1]["player_0"]["x"] for _ in range(6)]
        self.assertEqual(xs, [1, 1, 2, 2, 3, 3])
        # A press after a pause acts at once.
        step(env)
        self.assertEqual(step(env, RIGHT)[1]["player_0"]["x"], 4)

    def test_nobody_leaves_the_field(self) -> None:
        for players in commons.FIELDS:
            env = commons.make_env(players=players)
            columns, rows = commons.FIELDS[players]
            for action, x, y in ((UP, None, 0), (DOWN, None, rows - 1), (LEFT, 0, None)):
                env.reset(seed=players)
                for _ in range(60):
                    infos = step(env, *[action] * players)[1]
                for info in infos.values():
                    self.assertEqual(info["x"], info["x"] if x is None else x)
                    self.assertEqual(info["y"], info["y"] if y is None else y)
                    self.assertTrue(0 <= info["x"] < columns and 0 <= info["y"] < rows)

    def test_players_start_apart(self) -> None:
        for players in commons.FIELDS:
            env = commons.make_env(players=players)
            for seed in range(10):
                _, infos = env.reset(seed=seed)
                nearest = min(info["nearest_player"] for info in infos.values())
                self.assertGreaterEqual(nearest, 3, (players, seed))

    def test_seats_have_no_place_of_their_own(self) -> None:
        env = commons.make_env()
        places = {env.reset(seed=seed)[1]["player_0"]["x"] for seed in range(20)}
        self.assertEqual(len(places), 2)

    def test_a_contest_for_one_bush_is_decided_by_the_seed(self) -> None:
        wins = [0, 0, 0]
        for seed in range(90):
            env = with_field([(5, 5)], [(5, 5)] * 3, seed=seed)
            rewards, infos = step(env, HARVEST, HARVEST, HARVEST)
            self.assertEqual(sum(rewards.values()), 1.0)
            events = [infos[agent]["event"] for agent in env.agents]
            self.assertEqual(sorted(events), ["beaten", "beaten", "harvest"])
            wins[events.index("harvest")] += 1
        self.assertGreater(min(wins), 15, wins)

    def test_everybody_sees_who_they_are(self) -> None:
        env = commons.make_env(players=8)
        env.reset(seed=2)
        pictures = env.render()
        for seat, agent in enumerate(env.agents):
            shapes = {shape["id"]: shape for shape in pictures[agent]}
            own, player = shapes["own"], shapes[f"player_{seat}"]
            self.assertEqual((own["x"], own["y"]), (player["x"], player["y"]))

    def test_wrong_options_are_named(self) -> None:
        for wrong, name in (({"players": 1}, "players"), ({"players": 9}, "players")):
            with self.assertRaisesRegex(ValueError, name):
                commons.make_env(**wrong)
        with self.assertRaisesRegex(ValueError, "regrowth"):
            commons.make_env(regrowth=-0.1)
        with self.assertRaisesRegex(ValueError, "initial"):
            commons.make_env(initial=0)


def harvest_of(restraint: int, seed: int) -> tuple[int, int]:
    """What two players harvest in 120 s who leave a bush with fewer than `restraint` around.

    They walk at random. Returns the harvest and what is left of the field.
    """
    env = commons.make_env()
    _, infos = env.reset(seed=seed)
    chance = random.Random(seed)
    for _ in range(1200):
        actions = []
        for agent in env.agents:
            info = infos[agent]
            take = info["on_bush"] and info["bushes_around"] >= restraint
            actions.append(HARVEST if take else chance.randrange(1, 5))
        infos = step(env, *actions)[1]
    return infos["player_0"]["group_harvested"], infos["player_0"]["field_left"]


if __name__ == "__main__":
    unittest.main()
