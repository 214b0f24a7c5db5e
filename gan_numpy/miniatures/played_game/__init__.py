"""A game that is played by a network.

Read `rules` (the true game), `engine` (the network that takes its place), `game_gan`
(how it learned it); `screen` shows frames as text, `saved` keeps an engine in a file.
"""
