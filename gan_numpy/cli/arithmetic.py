"""``gan-numpy arithmetic``: A - B + C in the latent space."""

from __future__ import annotations

import argparse
from typing import Any

from gan_numpy.cli.options import (
    add_picture_options,
    open_with_data,
    picture_path,
    positive_number,
    whole_number,
)
from gan_numpy.errors import UserError

PICTURE = "arithmetic.png"


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "arithmetic",
        help="A - B + C in the latent space, as in DCGAN",
        description=(
            "Add and subtract mean latent vectors of concepts. A concept is a class, "
            "with or without a style: 7, 7:bold, 7:thin, 7:left, 7:right. For "
            "instance 3:bold 3:thin 7:thin should make a bold 7, and 4 9 9 a 4."
        ),
    )
    add_picture_options(parser, PICTURE)
    for name in ("A", "B", "C"):
        parser.add_argument(name.lower(), metavar=name, help="a concept")
    parser.add_argument(
        "--exemplars",
        type=whole_number(1, 100),
        default=3,
        metavar="N",
        help="samples in a mean (default: 3)",
    )
    parser.add_argument(
        "--samples",
        type=whole_number(10, 100_000),
        default=2000,
        metavar="N",
        help="samples to choose them from (default: 2000)",
    )
    parser.add_argument(
        "--spread",
        type=positive_number,
        default=0.25,
        metavar="R",
        help="uniform noise around the result, for its 8 neighbors (default: .25)",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the picture, and print how a classifier reads it."""
    import numpy as np

    from gan_numpy.evaluation.classifier import train_classifier
    from gan_numpy.files import make_directory
    from gan_numpy.plots import save_labeled_rows
    from gan_numpy.sampling.concepts import (
        find_exemplars,
        intended,
        parse_concept,
        style_score,
    )
    from gan_numpy.sampling.draw import generate, trained_generator
    from gan_numpy.sampling.latent import arithmetic

    out = picture_path(args, PICTURE)
    job, data = open_with_data(args)
    if data.image_shape is None or len(data.image_shape) != 2:
        raise UserError(f"{args.path} makes no gray images, which arithmetic is for")
    if job.recipe.told:
        raise UserError(
            f"{args.path} is told its class, so z does not hold it: arithmetic needs a "
            f"run that is not"
        )
    classifier = train_classifier(data)
    concepts = [
        parse_concept(text, classifier.classes) for text in (args.a, args.b, args.c)
    ]
    G = trained_generator(job.recipe, job.load_state(data))
    rng = np.random.default_rng([args.seed, 0])
    z = job.recipe.sample_latent(args.samples, rng)

    height, width = data.image_shape

    def pictures(z: np.ndarray) -> np.ndarray:
        return generate(job.recipe, G, z).reshape(-1, height, width)

    images = pictures(z)
    flat = images.reshape(len(images), -1)
    probabilities = classifier.probabilities(flat)
    means, rows = [], []
    for i, (name, concept) in enumerate(zip(("", "- ", "+ "), concepts)):
        # Others for a concept that was there before: the same would just cancel.
        n = args.exemplars * (1 + concepts[:i].count(concept))
        best = find_exemplars(concept, images, probabilities, n)[-args.exemplars :]
        mean = z[best].mean(axis=0, keepdims=True)
        means.append(z[best])
        rows.append((f"{name}{concept} ", np.concatenate([z[best], mean])))
    total = arithmetic(*means)
    noise = rng.uniform(-args.spread, args.spread, (8, len(total)))
    around = np.concatenate([total[None], total + noise.astype(z.dtype)])
    results = pictures(around)

    shown = [(name, pictures(latents)) for name, latents in rows]
    shown += [("= ", results[:1]), ("near it ", results[1:])]
    make_directory(out.parent)
    formula = f"{concepts[0]} - {concepts[1]} + {concepts[2]}"
    titles = [*["exemplar"] * args.exemplars, "mean"]
    save_labeled_rows(out, shown, titles, formula)

    p = classifier.probabilities(results.reshape(len(results), -1))
    read = int(p[0].argmax())
    print(f"{formula} is read as {read} (probability {p[0, read]:.2f})")
    goal = intended(*concepts)
    if goal is not None:
        agree = int(np.sum(p.argmax(axis=1) == goal.label))
        print(f"intended {goal}: {agree} of the {len(p)} are read as {goal.label}")
        if goal.style:
            same = images[probabilities.argmax(axis=1) == goal.label]
            score = style_score(results[:1], goal.style)[0]
            rank = np.mean(style_score(same, goal.style) < score)
            print(
                f"it is more {goal.style} than {rank:.0%} of the samples of its class"
            )
    print(out)
    return 0
