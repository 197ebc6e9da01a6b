from pettingzoo.classic.rps_v2 import env
