"""``gan-numpy evaluate``: the Parzen score of a run, beside its baselines."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from gan_numpy.cli.options import positive_number, whole_number


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "evaluate",
        help="score a run's samples",
        description=(
            "Parzen log-likelihood by the paper's protocol (10,000 samples, ten "
            "bandwidths) and at a refined bandwidth, beside training images and "
            "k-means centroids as centers. Writes RUN/result.json."
        ),
    )
    parser.add_argument("path", type=Path, metavar="RUN", help="a run directory")
    parser.add_argument("--json", action="store_true", help="print JSON only")
    parser.add_argument(
        "--samples",
        type=whole_number(1),
        default=10_000,
        metavar="N",
        help="samples to draw (default: 10000, the paper's number)",
    )
    parser.add_argument(
        "--sigma", type=positive_number, metavar="S", help="a fixed bandwidth"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Evaluate, write ``result.json``, print a table or JSON."""
    import numpy as np
    from tqdm import tqdm

    from gan_numpy.evaluation.baselines import BASELINES, evaluate_baseline
    from gan_numpy.evaluation.parzen import VALIDATION, evaluate_parzen
    from gan_numpy.files import write_text
    from gan_numpy.runs import open_run

    job = open_run(args.path)
    data = job.load_data()
    state = job.load_state(data)
    validation = data.scaled("validation", slice(0, VALIDATION), np.float64)
    test = data.scaled("test", dtype=np.float64)
    rows = {}
    names = ["generator", *BASELINES]
    with tqdm(names, disable=not sys.stderr.isatty(), leave=False) as bar:
        for name in bar:
            bar.set_description(name.replace("_", " "))
            if name == "generator":
                samples = job.sample(state, args.samples, job.seed).astype(np.float64)
                rows[name] = evaluate_parzen(samples, validation, test, args.sigma)
            else:
                rows[name] = evaluate_baseline(name, data, args.samples, args.sigma)
    result = {
        "recipe": job.recipe.name,
        "seed": job.seed,
        "epochs": state.epoch,
        "parzen": rows["generator"].as_dict(),
        "baselines": {name: rows[name].as_dict() for name in BASELINES},
    }
    text = json.dumps(result, indent=2)
    write_text(job.path / "result.json", text + "\n")
    print(text if args.json else table(result))
    return 0


def table(result: dict[str, Any]) -> str:
    """The result as a table for people."""
    rows = {f"{result['recipe']}, {result['epochs']} epochs": result["parzen"]}
    rows |= {k.replace("_", " "): v for k, v in result["baselines"].items()}
    width = max(map(len, rows))
    lines = [
        f"{'Parzen log-likelihood (nats)':{width}}",
        f"{'centers':{width}}  {'coarse grid':>16}  sigma  {'refined':>16}  sigma",
    ]
    for name, row in rows.items():
        cells = [
            f"{r['log_likelihood']:8.1f} ± {r['standard_error']:5.1f}  {r['sigma']:.3f}"
            for r in (row, row["refined"])
        ]
        lines.append(f"{name:{width}}  {cells[0]}  {cells[1]}")
    real = result["baselines"]["training_images"]["log_likelihood"]
    if result["parzen"]["log_likelihood"] > real:
        lines.append(
            "note: the generator passes real training images; above that row a higher "
            "score does not mean better samples (arXiv:1511.01844)"
        )
    return "\n".join(lines)
