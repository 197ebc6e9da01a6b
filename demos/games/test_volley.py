"""Rules of volley: `python3 -m unittest` in this folder."""

from __future__ import annotations

import math
import unittest
from typing import Any

import volley
from contract import GameContract, random_actions

STAY, LEFT, RIGHT, JUMP, JUMP_LEFT, JUMP_RIGHT = range(6)
#: The same movement, seen in a mirror at the net.
MIRRORED = (STAY, RIGHT, LEFT, JUMP, JUMP_RIGHT, JUMP_LEFT)


def step(env: volley.Volley, first: int = STAY, second: int = STAY) -> tuple[Any, ...]:
    """Rewards and infos of one frame."""
    _, rewards, _, _, infos = env.step({"player_0": first, "player_1": second})
    return rewards, infos


def with_ball(
    x: float, y: float, vx: float = 0.0, vy: float = 0.0, **options: Any
) -> volley.Volley:
    """An environment in which the ball is already in play."""
    env = volley.make_env(**options)
    env.reset(seed=1)
    state = list(env.get_state())
    state[2] = 0
    state[4:8] = [x, y, vx, vy]
    env.set_state(tuple(state))
    return env


class VolleyTest(GameContract, unittest.TestCase):
    module = volley
    variants = [{"scoring": "competitive"}, {"scoring": "cooperative"}]

    def test_the_ball_waits_a_second_and_falls(self) -> None:
        env = volley.make_env()
        env.reset(seed=1)
        flying = [step(env)[1]["player_0"]["ball_in_play"] for _ in range(30)]
        self.assertEqual(flying, [False] * 29 + [True])
        self.assertLess(step(env)[1]["player_0"]["ball_vy"], 0)

    def test_the_ground_ends_the_rally(self) -> None:
        for x, lost in ((-300.0, "player_0"), (300.0, "player_1")):
            won = "player_1" if lost == "player_0" else "player_0"
            env = with_ball(x, 20.0, vy=-100.0)
            rewards, infos = step(env)
            self.assertEqual((rewards[lost], rewards[won]), (-1.0, 1.0))
            self.assertEqual((infos[won]["points"], infos[lost]["opponent_points"]), (1, 1))
            self.assertEqual(infos[won]["rally"], 2)
            # The next serve falls on the side that lost.
            self.assertGreater(infos[won]["ball_x"] * x, 0)

    def test_cooperation_pays_for_the_net(self) -> None:
        env = with_ball(-100.0, 300.0, vx=600.0, scoring="cooperative")
        self.assertEqual(step(env)[0], {"player_0": 0.0, "player_1": 0.0})
        # Nobody touched the ball before it crossed: nobody is paid for it.
        for _ in range(15):
            rewards, infos = step(env)
        self.assertEqual(infos["player_0"]["rally_length"], 0)

        env = with_ball(-190.0, 110.0, vy=-300.0, scoring="cooperative")
        paid = 0.0
        for _ in range(60):
            rewards, infos = step(env)
            self.assertEqual(rewards["player_0"], rewards["player_1"])
            paid += rewards["player_0"]
            if paid:
                break
        self.assertEqual(paid, 1.0)
        self.assertEqual(infos["player_1"]["rally_length"], 1)
        self.assertEqual(infos["player_0"]["touches"], 1)

    def test_a_head_sends_the_ball_up(self) -> None:
        env = with_ball(-200.0, 100.0, vy=-200.0)
        infos = step(env)[1]
        self.assertTrue(infos["player_0"]["touched"])
        self.assertFalse(infos["player_1"]["touched"])
        self.assertGreaterEqual(infos["player_0"]["ball_vy"], volley.MIN_BOUNCE - 25)
        self.assertFalse(step(env)[1]["player_0"]["touched"])

    def test_players_keep_to_their_halves(self) -> None:
        env = volley.make_env()
        env.reset(seed=1)
        for _ in range(60):
            infos = step(env, RIGHT, LEFT)[1]
        nearest = volley.NET_RADIUS + volley.PLAYER_RADIUS
        self.assertEqual([infos[a]["x"] for a in env.agents], [-nearest, nearest])
        for _ in range(60):
            infos = step(env, LEFT, RIGHT)[1]
        farthest = volley.HALF_WIDTH - volley.PLAYER_RADIUS
        self.assertEqual([infos[a]["x"] for a in env.agents], [-farthest, farthest])

    def test_a_jump_comes_down_and_counts_once(self) -> None:
        env = volley.make_env()
        env.reset(seed=1)
        heights = [step(env, JUMP)[1]["player_0"]["y"]]
        for _ in range(25):
            infos = step(env)[1]
            heights.append(infos["player_0"]["y"])
        self.assertTrue(85 < max(heights) < 100, max(heights))
        self.assertEqual(heights[-1], 0.0)
        self.assertEqual((infos["player_0"]["jumps"], infos["player_0"]["on_ground"]), (1, True))
        self.assertEqual(infos["player_1"]["jumps"], 0)

    def test_both_halves_are_mirror_images_to_the_last_bit(self) -> None:
        for seed in range(10):
            env, mirror = with_ball(-80.0, 330.0), with_ball(80.0, 330.0)
            # Serves come from the seed, so only one rally is compared.
            for actions in random_actions(env, 300, seed):
                first, second = actions["player_0"], actions["player_1"]
                rewards, infos = step(env, first, second)
                turned, mirrored = step(mirror, MIRRORED[second], MIRRORED[first])
                if any(rewards.values()):
                    self.assertEqual(rewards["player_0"], turned["player_1"])
                    break
                for key, sign in (("ball_x", -1), ("ball_y", 1), ("ball_vx", -1), ("ball_vy", 1)):
                    expected = sign * mirrored["player_0"][key]
                    self.assertEqual(infos["player_0"][key], expected, f"seed {seed}")
                self.assertEqual(infos["player_0"]["x"], -mirrored["player_1"]["x"])

    def test_the_ball_stays_in_the_court_and_never_rests(self) -> None:
        for seed in range(10):
            env = volley.make_env()
            env.reset(seed=seed)
            since_serve = 0
            for actions in random_actions(env, 3000, seed):
                _, _, _, _, infos = env.step(actions)
                ball = infos["player_0"]
                edge = volley.HALF_WIDTH + 60
                self.assertTrue(-edge < ball["ball_x"] < edge, f"seed {seed}")
                self.assertTrue(-1 <= ball["ball_y"] <= 520, f"seed {seed}: {ball['ball_y']}")
                speed = math.hypot(ball["ball_vx"], ball["ball_vy"])
                self.assertLess(speed, volley.MAX_BALL_SPEED + 300, f"seed {seed}")
            self.assertGreater(ball["rally"], 5, f"seed {seed}: the rally never ended")

    def test_serves_come_from_the_seed(self) -> None:
        sides = set()
        places = set()
        for seed in range(20):
            env = volley.make_env()
            infos = env.reset(seed=seed)[1]
            x = infos["player_0"]["ball_x"]
            self.assertTrue(120 <= abs(x) <= 280)
            sides.add(x > 0)
            places.add(abs(x))
        self.assertEqual(sides, {True, False})
        self.assertGreater(len(places), 15)

    def test_wrong_options_are_named(self) -> None:
        with self.assertRaisesRegex(ValueError, "competitive or cooperative"):
            volley.make_env(scoring="both")


if __name__ == "__main__":
    unittest.main()
