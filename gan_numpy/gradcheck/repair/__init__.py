r"""The smallest change of the student's own lines that makes everything right.

Read source.py and bench.py (a function that can be changed for the time of a call),
cases.py and draws.py (by what it is judged), edits/, then search.py and pairs.py (two
mistakes at once).
"""
