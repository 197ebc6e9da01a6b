import gymnasium


def make_env():
    return gymnasium.make("CartPole-v1", max_episode_steps=50)
