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
    "melodies": (
        *("tunes=8", "units=4", "judge_units=2", "drawn=3", "batch_size=2"),
        *("imitation_steps=2", "adversarial_steps=1"),
    ),
    "game": ("games=9", "tests=3", "updates=2", "seen=4", "units=3", "hidden=4"),
    "style-transfer": (
        *("side=16", "kernel=2", "filters=3", "steps=2"),
        *("stones=5", "brushes=9"),
    ),
    "super-resolution": (
        *("dataset=digits", "tests=6", "channels=2", "judge_channels=2"),
        *("steps=2", "adversarial_steps=2", "photo_steps=1", "patch=8"),
    ),
    "turing-learning": ("generations=3", "population=4", "films=3"),
}
