import gymnasium
from gymnasium.wrappers import RecordEpisodeStatistics, TimeLimit


def make_env(steps=40):
    return TimeLimit(RecordEpisodeStatistics(gymnasium.make("Taxi-v4").unwrapped), steps)
