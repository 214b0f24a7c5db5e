r"""Reading what people hand in: the same way for a check, for pytest and for a grade.

Nothing is run by reading. In this order:

`text`
    bytes become text: codings, byte order marks, ends of lines
`ipython`
    cells with magics become Python, by IPython's own transformer
`notebook`
    a notebook's cells, of nbformat 4 and 3
`submission`
    the file's syntax trees, and the exercises that it defines
`effects`
    what a statement reads, binds and changes
`needed`
    the statements that an exercise rests upon
`define`
    these statements are run, and no others
"""
