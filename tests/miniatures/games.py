"""Every miniature so small that it takes a moment; its figures mean nothing then."""

SMALL = {
    "nce": (
        *("points=400", "mixtures=400", "ratio=2"),
        *("trials=2", "trial_points=50", "ratios=1,32"),
    ),
    "robust-control": ("steps=5",),
    "gail": (
        *("rounds=2", "cars=2", "steps=12", "cloning_steps=2"),
        *("trials=6", "batch=4", "hidden=3", "more=2"),
    ),
    "turing-learning": ("generations=3", "population=4", "films=3"),
}
