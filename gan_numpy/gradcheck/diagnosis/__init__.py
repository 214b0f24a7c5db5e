r"""What kind of mistake is it? Asked of one array at a time, by its numbers alone.

Read candidates.py (what a gradient may be made of), fit.py and explanation.py (when two
arrays are equal, and what that means), scales.py and the stages, then diagnose.py.
"""
