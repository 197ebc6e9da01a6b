"""Rules of the kitchen: `python3 -m unittest` in this folder."""

from __future__ import annotations

import unittest
from typing import Any

import kitchen
from contract import GameContract


def play(env: kitchen.Kitchen, first: str, second: str = "") -> list[tuple[float, dict[str, Any]]]:
    """Plays letters, one a frame: s stay, u d l r, i interact. Rewards and infos of each frame."""
    length = max(len(first), len(second))
    frames = []
    for letters in zip(first.ljust(length, "s"), second.ljust(length, "s")):
        actions = dict(zip(env.agents, ("sudlri".index(letter) for letter in letters)))
        _, rewards, _, _, infos = env.step(actions)
        frames.append((rewards["player_0"], infos))
    return frames


def fresh(**options: Any) -> kitchen.Kitchen:
    env = kitchen.make_env(**options)
    env.reset(seed=1)
    return env


#: Takes the first chef of `open` from its start to three onions in the first pot.
FILL_POT = "ul" + "li" + "rui" + "lli" + "rui" + "lli" + "rui"


class KitchenTest(GameContract, unittest.TestCase):
    module = kitchen
    variants = [{"layout": layout, "cook_time": 2.0} for layout in kitchen.LAYOUTS]

    def test_layouts_are_closed_and_have_what_is_needed(self) -> None:
        for name, rows in kitchen.LAYOUTS.items():
            with self.subTest(layout=name):
                tiles = "".join(rows)
                self.assertTrue(all(len(row) == kitchen.WIDTH for row in rows))
                border = rows[0] + rows[-1] + "".join(row[0] + row[-1] for row in rows)
                self.assertFalse(set(border) & set(" 01"))
                counts = [tiles.count(kind) for kind in "01P"]
                self.assertEqual(counts, [1, 1, 2])
                self.assertTrue(set("ODS") <= set(tiles))

    def test_onions_cook_into_a_soup_that_both_are_paid_for(self) -> None:
        env = fresh(cook_time=2.0)
        infos = play(env, FILL_POT)[-1][1]["player_0"]
        self.assertEqual(infos["onions_potted"], 3)
        self.assertEqual((infos["pot_1_onions"], infos["pot_1_state"]), (3, "cooking"))
        states = [frame[1]["player_0"]["pot_1_state"] for frame in play(env, "s" * 20)]
        self.assertEqual(states, ["cooking"] * 19 + ["ready"])
        # Fetch a plate, fill it, carry it to the hatch.
        frames = play(env, "ldd" + "li" + "ur" + "ui")
        self.assertEqual(frames[4][1]["player_0"]["event"], "take_plate")
        self.assertEqual(frames[-1][1]["player_0"]["event"], "plate_soup")
        self.assertEqual(frames[-1][1]["player_0"]["pot_1_state"], "empty")
        frames = play(env, "d" * 2 + "r" * 6 + "i")
        reward, last = frames[-1]
        self.assertEqual(reward, 1.0)
        self.assertEqual(sum(frame[0] for frame in frames), 1.0)
        self.assertEqual(last["player_0"]["soups_delivered"], 1)
        self.assertEqual(last["player_1"]["soups_delivered"], 0)
        self.assertEqual(last["player_1"]["team_deliveries"], 1)

    def test_both_agents_get_the_same_reward(self) -> None:
        env = fresh()
        _, rewards, _, _, _ = env.step({"player_0": 0, "player_1": 0})
        self.assertEqual(rewards["player_0"], rewards["player_1"])

    def test_a_full_or_cooking_pot_takes_no_onion(self) -> None:
        env = fresh()
        last = play(env, FILL_POT + "lli" + "rui")[-1][1]["player_0"]
        self.assertEqual(last["event"], "vain_interaction")
        self.assertEqual((last["carrying"], last["onions_potted"]), ("onion", 3))

    def test_an_unfinished_soup_cannot_be_taken(self) -> None:
        env = fresh()
        last = play(env, FILL_POT + "lddli" + "urui")[-1][1]["player_0"]
        self.assertEqual((last["carrying"], last["event"]), ("plate", "vain_interaction"))

    def test_who_wants_the_same_tile_stays(self) -> None:
        env = fresh(layout="ring")
        # Chefs start at x 2 and 6 of the bottom corridor; after a step each, x 4 is between them.
        play(env, "r", "l")
        last = play(env, "r", "l")[-1][1]
        self.assertEqual([last[a]["x"] for a in env.agents], [3, 5])
        self.assertEqual([last[a]["collisions"] for a in env.agents], [1, 1])
        self.assertEqual([last[a]["event"] for a in env.agents], ["collision", "collision"])

    def test_nobody_swaps_or_walks_through(self) -> None:
        env = fresh(layout="ring")
        play(env, "rr", "ls")
        swap = play(env, "r", "l")[-1][1]
        self.assertEqual([swap[a]["x"] for a in env.agents], [4, 5])
        self.assertEqual([swap[a]["collisions"] for a in env.agents], [1, 1])
        block = play(env, "r", "s")[-1][1]
        self.assertEqual([block[a]["x"] for a in env.agents], [4, 5])
        self.assertEqual([block[a]["collisions"] for a in env.agents], [2, 1])

    def test_one_may_follow_the_other(self) -> None:
        env = fresh(layout="ring")
        play(env, "rr", "ls")
        last = play(env, "r", "r")[-1][1]
        self.assertEqual([last[a]["x"] for a in env.agents], [5, 6])

    def test_items_are_handed_over_on_counters(self) -> None:
        env = fresh(layout="divided")
        frames = play(env, "ulli" + "rr" + "dri", "l")
        self.assertEqual(frames[-1][1]["player_0"]["event"], "put_down")
        last = play(env, "s", "i")[-1][1]["player_1"]
        self.assertEqual((last["carrying"], last["items_received"]), ("onion", 1))

    def test_taking_ones_own_item_back_is_not_receiving(self) -> None:
        env = fresh()
        last = play(env, "ulli" + "ui" + "i")[-1][1]["player_0"]
        self.assertEqual((last["carrying"], last["items_received"]), ("onion", 0))

    def test_a_contest_for_one_item_is_decided_by_the_seed(self) -> None:
        winners = []
        for seed in range(40):
            env = kitchen.make_env(layout="divided")
            env.reset(seed=seed)
            play(env, "ulli" + "rrd" + "ri", "l")
            last = play(env, "i", "i")[-1][1]
            carried = [last[a]["carrying"] for a in env.agents]
            self.assertEqual(sorted(carried), ["nothing", "onion"])
            winners.append(carried.index("onion"))
        self.assertGreater(winners.count(0), 8)
        self.assertGreater(winners.count(1), 8)

    def test_wrong_options_are_named(self) -> None:
        with self.assertRaisesRegex(ValueError, "layout is one of open"):
            kitchen.make_env(layout="palace")
        with self.assertRaisesRegex(ValueError, "cook_time"):
            kitchen.make_env(cook_time=0)


if __name__ == "__main__":
    unittest.main()
