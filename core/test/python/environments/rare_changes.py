"""A large board that stays as it is for a second at a time, then changes, and changes back."""


class Tile:
    def __init__(self, kind):
        self.kind = kind
        self.open = False
        self.items = []


class RareChanges:
    possible_agents = ["a", "b"]

    def __init__(self):
        self.rules = [{"id": i, "cost": 1, "at": [i, i]} for i in range(40)]
        self.named = {f"rule_{i}": rule for i, rule in enumerate(self.rules)}

    def action_space(self, agent):
        return 6

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        self.time = seed % 3
        self.tiles = [Tile(kind) for kind in "floor door wall".split() * 8]
        for rule in self.rules:
            rule["cost"] = 1
        return {}, {}

    def step(self, actions):
        self.time += 1
        now = self.time
        door = self.tiles[(actions["a"] + now) % 24]
        rule = self.rules[(actions["b"] * 7 + now) % 40]
        if now % 29 == 27 or actions["a"] + actions["b"] == 10:
            door.open = True
            rule["cost"] += 1
        if now % 29 == 28:
            for tile in self.tiles:
                tile.open = False
            rule["cost"] = 1
        if now == 33:
            rule["extra"] = actions["a"]
            door.seen = now
        if now == 40:
            door.items.append(rule)
            self.named.pop("rule_3", None)
        if now == 50:
            self.tiles[1].__dict__["kind"] = "window"
            self.named["rule_3"] = self.rules[3]
        infos = {
            "open": sum(tile.open << i for i, tile in enumerate(self.tiles)),
            "cost": sum(rule["cost"] * (i + 1) for i, rule in enumerate(self.rules)),
            "extra": sum(rule.get("extra", 0) for rule in self.rules),
            "kinds": " ".join(tile.kind for tile in self.tiles),
            "named": len(self.named),
        }
        done = {"a": False, "b": False}
        return {}, {"a": now, "b": infos["cost"]}, done, done, {"a": infos, "b": {}}
