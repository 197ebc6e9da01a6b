from pettingzoo.classic.tictactoe_v3 import env
