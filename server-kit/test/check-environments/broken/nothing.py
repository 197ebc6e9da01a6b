"""No environment at all."""

X = 1
