import gymnasium

env = gymnasium.make("FrozenLake-v1", is_slippery=True)
