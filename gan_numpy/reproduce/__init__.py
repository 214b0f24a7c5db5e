"""The paper's table and figures, computed here, with ours beside the published ones.

Read `jobs` (runs that are used again) and `table1`, then any figure; files that end in
``_drawing`` only draw.
"""
