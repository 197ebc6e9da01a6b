from pettingzoo.classic import connect_four_v3


def make_env():
    return connect_four_v3.env()
