"""One training as a directory of plain files that can be stopped and resumed.

Read `run` (what the directory holds), then `job` (epochs, pictures, interruption) and
`checkpoint` (the one file that resuming needs).
"""
