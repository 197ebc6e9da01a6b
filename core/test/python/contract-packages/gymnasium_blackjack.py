import gymnasium


def make_env():
    return gymnasium.make("Blackjack-v1", natural=True)
