"""This machine's figures: how fast the hot paths are, beside what bounds them.

Nothing here is a test: times depend on the machine and on what else it does. Figures
are medians, and comparisons are medians of ratios of runs that took turns in one
process. Read `timing` (how it is measured), then `step`, `products` and `windows`
(what), `peers` (beside whom).
"""
