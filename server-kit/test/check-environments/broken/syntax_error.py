class Game:
    def reset(self:
        pass
