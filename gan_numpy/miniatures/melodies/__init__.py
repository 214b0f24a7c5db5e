"""Melodies by an LSTM and an adversary.

Read `tunes` (the data), `composer` and `judge` (the players) with `gumbel`, `melodies`
(the game); `notes` is what is counted, `markov` the rival, `sound` what is heard.
"""
