"""Rules of the dilemma: `python3 -m unittest` in this folder."""

from __future__ import annotations

import unittest
from typing import Any

import dilemma
from contract import GameContract

NOTHING, A, B = range(3)


def step(env: dilemma.Dilemma, first: int = NOTHING, second: int = NOTHING) -> tuple[Any, ...]:
    """Rewards and infos of one frame."""
    _, rewards, _, _, infos = env.step({"player_0": first, "player_1": second})
    return rewards, infos


def fresh(**options: Any) -> dilemma.Dilemma:
    env = dilemma.make_env(**options)
    env.reset(seed=1)
    return env


def play_round(env: dilemma.Dilemma, first: int, second: int) -> tuple[Any, ...]:
    """Both choose on the first frame. Rewards and infos of the frame on which it is shown."""
    result = step(env, first, second)
    while result[1]["player_0"]["phase"] != "shown":
        result = step(env)
    shown = result
    while step(env)[1]["player_0"]["phase"] == "shown":
        pass
    return shown


class DilemmaTest(GameContract, unittest.TestCase):
    module = dilemma
    variants = [{}, {"choice_time": 0.5, "reveal_time": 0.3, "default_choice": "A"}]

    def test_a_round_is_choice_lock_and_reveal(self) -> None:
        env = fresh(choice_time=1.0, reveal_time=2.0)
        phases = [step(env)[1]["player_0"]["phase"] for _ in range(70)]
        once = ["choose"] * 10 + ["locked"] * 5 + ["shown"] * 20
        self.assertEqual(phases, (once * 2 + ["choose"])[1:])

    def test_payoffs_are_those_of_the_table(self) -> None:
        for first, second, paid in ((A, A, (3, 3)), (A, B, (0, 5)), (B, A, (5, 0)), (B, B, (1, 1))):
            env = fresh()
            rewards, infos = play_round(env, first, second)
            self.assertEqual(tuple(rewards.values()), paid)
            self.assertEqual(tuple(info["last_payoff"] for info in infos.values()), paid)
            chosen = tuple("AB"[choice - A] for choice in (first, second))
            self.assertEqual(tuple(info["last_choice"] for info in infos.values()), chosen)
            partners = tuple(info["last_partner_choice"] for info in infos.values())
            self.assertEqual(partners, chosen[::-1])

    def test_a_round_pays_once(self) -> None:
        env = fresh(choice_time=1.0, reveal_time=1.0)
        paid = 0.0
        for _ in range(75):
            rewards, infos = step(env, A, B)
            paid += rewards["player_1"]
        self.assertEqual(infos["player_1"]["round"], 4)
        self.assertEqual((paid, infos["player_1"]["points"]), (15.0, 15.0))
        self.assertEqual(infos["player_0"]["partner_points"], 15.0)
        self.assertEqual([infos[agent]["times_a"] for agent in env.agents], [3, 0])

    def test_payoffs_are_options(self) -> None:
        env = fresh(reward=2, sucker=-1.5, temptation=4, punishment=0)
        self.assertEqual(tuple(play_round(env, A, B)[0].values()), (-1.5, 4.0))

    def test_the_last_choice_counts_until_the_window_closes(self) -> None:
        env = fresh(choice_time=1.0)
        for action in (A, NOTHING, B, B, A):
            infos = step(env, action, A)[1]
        self.assertEqual((infos["player_0"]["choice"], infos["player_0"]["changes"]), ("A", 2))
        self.assertEqual(infos["player_0"]["response_time"], 0.4)
        self.assertEqual(infos["player_1"]["response_time"], 0.0)
        for _ in range(5):
            step(env)
        # Too late.
        infos = step(env, B)[1]
        self.assertEqual((infos["player_0"]["phase"], infos["player_0"]["choice"]), ("locked", "A"))

    def test_who_does_not_choose_gets_the_default(self) -> None:
        for default in "AB":
            env = fresh(default_choice=default)
            _, infos = play_round(env, NOTHING, A)
            own = infos["player_0"]
            self.assertEqual((own["last_choice"], own["last_by_default"]), (default, True))
            self.assertEqual((own["choice"], own["response_time"]), ("", -1.0))
            self.assertFalse(infos["player_1"]["last_by_default"])

    def test_a_round_begins_without_a_choice(self) -> None:
        env = fresh()
        play_round(env, A, B)
        infos = step(env)[1]["player_0"]
        self.assertEqual((infos["round"], infos["choice"], infos["changes"]), (2, "", 0))

    def test_the_partners_choice_is_hidden_until_it_is_shown(self) -> None:
        envs = [fresh(choice_time=1.0) for _ in range(3)]
        for frame in range(40):
            seen, pictures = [], []
            for env, choice in zip(envs, (NOTHING, A, B)):
                observations, _, _, _, infos = env.step({"player_0": A, "player_1": choice})
                seen.append((observations["player_0"], infos["player_0"]))
                pictures.append(env.render()["player_0"])
            hidden = infos["player_0"]["phase"] != "shown"
            if infos["player_0"]["round"] > 1:
                break
            for what in (seen, pictures):
                self.assertEqual(what[1] == what[2], hidden, frame)
                self.assertEqual(what[0] == what[1], hidden, frame)

    def test_the_lock_outlasts_prediction(self) -> None:
        # Else a late input could change what was already shown.
        self.assertGreater(dilemma.LOCK_FRAMES / dilemma.FPS, 0.4)

    def test_everybody_sits_on_the_left(self) -> None:
        env = fresh()
        step(env, A, B)
        letters = {
            agent: next(shape for shape in shapes if shape["id"] == "own_letter")
            for agent, shapes in env.render().items()
        }
        self.assertEqual([letters[agent]["text"] for agent in env.agents], ["A", "B"])
        for shape in letters.values():
            self.assertLess(shape["x"], 240)

    def test_wrong_options_are_named(self) -> None:
        with self.assertRaisesRegex(ValueError, "default_choice is A or B"):
            dilemma.make_env(default_choice="C")
        with self.assertRaisesRegex(ValueError, "choice_time"):
            dilemma.make_env(choice_time=0)
        with self.assertRaisesRegex(ValueError, "sucker"):
            dilemma.make_env(sucker=float("nan"))


if __name__ == "__main__":
    unittest.main()
