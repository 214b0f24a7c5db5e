r"""Families of edits, from the most to the least plausible.

Read site.py (one place in the source, and what is known of it), then the families:
operators, names, calls, axes, indices, constants, factors, terms, statements, returns.
"""
