from gymnasium.envs.classic_control import PendulumEnv as make_env
