"""How good are the samples? One metric a file, each from its paper.

Read `subject` (what is measured) and `measurement` (what comes out), then any metric,
`parzen` first; `agreement` is for generators that are told a class.
"""

METRICS = (  # modules of this package, in the order of the table
    "parzen",
    "modes",
    "fid",
    "kid",
    "classifier_score",
    "precision_recall",
    "density_coverage",
    "mmd",
    "sliced_wasserstein",
    "two_sample",
    "neighbors",
    "data_copying",
    "authenticity",
)
