"""This machine's figures: how fast the hot paths are, beside what bounds them.

Nothing here is a test: times depend on the machine and on what else it does. Figures
are medians, and comparisons are medians of ratios of runs that took turns, each
candidate in a process of its own. Read `timing` (how it is measured), `groups` (what,
beside what), `processes` and `worker` (where), `report` (what is made of it); then
`step`, `products`, `windows` and `peers`, the work itself.
"""
