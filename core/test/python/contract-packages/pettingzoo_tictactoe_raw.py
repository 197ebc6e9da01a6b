from pettingzoo.classic.tictactoe_v3 import raw_env as env
