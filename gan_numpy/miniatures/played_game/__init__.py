"""A game that is played by a network.

Read `rules` (the true game), `engine` (the network that takes its place), `game_gan`
(how it learned it); `measures` counts what is right, `session` shows frames as text.
"""
