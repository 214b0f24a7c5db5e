"""``gan-numpy evaluate``: scores of a run's samples, beside those of real data."""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from typing import Any

from gan_numpy.cli.options import (
    add_data_options,
    open_with_data,
    positive_number,
    whole_number,
)
from gan_numpy.errors import UserError
from gan_numpy.evaluation import METRICS


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "evaluate",
        help="score a run's samples",
        description=(
            "Parzen log-likelihood by the paper's protocol (10,000 samples, ten "
            "bandwidths) and at a refined bandwidth, beside training images and "
            "k-means centroids as centers. With --metrics: a table of the metrics "
            "named, for the samples and for real data in their place. Writes "
            "RUN/result.json."
        ),
    )
    parser.add_argument("path", type=Path, metavar="RUN", help="a run directory")
    add_data_options(parser)
    parser.add_argument(
        "--metrics",
        metavar="LIST",
        help=f"'all', or some of {','.join(METRICS)}",
    )
    parser.add_argument(
        "--labels",
        action="store_true",
        help="for runs with labels: does a classifier see the class asked for, and "
        "how often is the run's own classifier wrong",
    )
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

    from gan_numpy.evaluation.metrics import compute
    from gan_numpy.evaluation.subject import Subject
    from gan_numpy.progress import tqdm

    names = ["parzen"] if args.metrics is None else chosen(args.metrics)
    job, data = open_with_data(args)
    state = job.load_state(data)
    if args.labels:
        return report_labels(job, data, state, args)
    samples = job.sample(state, args.samples, job.seed).astype(np.float64)
    if not np.isfinite(samples).all():
        raise_not_finite(args.path)
    shown = sys.stderr.isatty()
    subject = Subject(samples, data, job.recipe.dataset, args.sigma, shown)
    result: dict[str, Any] = {
        "recipe": job.recipe.name,
        "seed": job.seed,
        "epochs": state.epoch,
    }
    outcomes = {}
    with tqdm(total=len(names), disable=not shown, leave=False) as bar:
        for name, outcome in compute(subject, names):
            outcomes[name] = outcome
            bar.update()
    result |= extras(outcomes)
    if args.metrics is not None:
        result["samples"] = args.samples
        result["metrics"] = as_dict(outcomes)
        if "classifier" in vars(subject):  # some metric asked for it
            judge = subject.classifier
            result["classifier"] = {
                "test_error": judge.test_error,
                "weights_sha256": judge.weights_hash,
            }
    if args.metrics is None and "parzen" not in result:
        raise UserError(f"the Parzen score cannot be computed: {outcomes['parzen']}")
    if args.json:
        print(json.dumps(result, indent=2))
    else:
        print(parzen_table(result) if args.metrics is None else table(result))
    keep(job.path, result)
    return 0


def keep(run: Path, result: dict[str, Any]) -> None:
    """Write ``result.json``; what is printed is not lost if that cannot be done."""
    from gan_numpy.files import write_text

    file = run / "result.json"
    try:
        write_text(file, json.dumps(merged(file, result), indent=2) + "\n")
    except UserError as error:
        sys.stdout.flush()
        print(f"note: the result is not kept: {error}", file=sys.stderr)


def report_labels(job: Any, data: Any, state: Any, args: argparse.Namespace) -> int:
    """Write what the labels of a run are worth into ``result.json``, and print it.

    Raises
    ------
    UserError
        If the run has to do with no labels.
    """
    import numpy as np

    from gan_numpy.evaluation.agreement import classification_error, evaluate_agreement
    from gan_numpy.evaluation.classifier import train_classifier
    from gan_numpy.training.semi_supervised import train_alone

    recipe, policy = job.recipe, job.recipe.label_policy
    if not (policy.tells or policy.classifies):
        raise UserError(f"{args.path} is a run without labels: leave out --labels")
    known = {"recipe": recipe.name, "seed": job.seed, "epochs": state.epoch}
    found: dict[str, Any] = {}
    lines = [f"{recipe.name}, seed {job.seed}, {state.epoch} epochs"]
    if recipe.told:
        judge, rng = train_classifier(data), np.random.default_rng([job.seed, 4])
        agreement = evaluate_agreement(recipe, state, judge, rng, args.samples)
        found["agreement"] = agreement.as_dict()
        lines.append(f"samples and the class asked for: {agreement}")
    if policy.classifies:
        error = classification_error(recipe, state.D, data)
        found["classifier_error"] = error
        lines.append(f"test error of the run's own classifier: {error:.4f}")
    if policy.few:
        alone = train_alone(recipe, data, job.seed, state.epoch)
        found["alone_error"] = classification_error(recipe, alone, data)
        lines.append(
            f"the same network, trained on the {recipe.labeled} labels alone for as "
            f"many steps: {found['alone_error']:.4f}"
        )
    print(json.dumps(known | found, indent=2) if args.json else "\n".join(lines))
    keep(job.path, known | {"labels": found})
    return 0


def chosen(text: str) -> list[str]:
    """Names of the metrics that ``--metrics`` asks for, in the table's order.

    Raises
    ------
    UserError
        If there is no such metric.
    """
    asked = {name.strip() for name in text.split(",")}
    unknown = sorted(asked - {*METRICS, "all"})
    if unknown:
        raise UserError(
            f"unknown metric {unknown[0]!r}: choose 'all', or some of "
            f"{','.join(METRICS)}"
        )
    return [name for name in METRICS if name in asked or "all" in asked]


def raise_not_finite(path: Path) -> None:
    """Say that the generator draws no numbers."""
    raise UserError(
        f"the generator of {path} draws values that are not finite: its training "
        f"diverged, train it anew with a lower learning rate"
    )


def extras(outcomes: dict[str, Any]) -> dict[str, Any]:
    """What some metrics add to the result: the Parzen scores in full."""
    found: dict[str, Any] = {}
    for outcome in outcomes.values():
        found |= getattr(outcome, "extra", {})
    return found


def as_dict(outcomes: dict[str, Any]) -> dict[str, Any]:
    """Rows and notes by metric, or the reason why it was skipped."""
    from gan_numpy.evaluation.subject import NotApplicable

    found: dict[str, Any] = {}
    for name, outcome in outcomes.items():
        if isinstance(outcome, NotApplicable):
            found[name] = {"skipped": str(outcome)}
            continue
        rows = {row.key: vars(row) | {} for row in outcome.rows}
        for row in rows.values():
            del row["key"]
            for key in ("value", "real"):  # JSON has neither NaN nor infinity
                row[key] = row[key] if math.isfinite(row[key]) else None
        found[name] = {"rows": rows, "notes": outcome.notes}
    return found


def merged(file: Path, result: dict[str, Any]) -> dict[str, Any]:
    """The result, with what the file knows of the same state and samples besides."""
    from gan_numpy.files import read_json

    try:
        known = read_json(file)
        same = all(
            known[key] == result[key] for key in ("recipe", "seed", "epochs")
        ) and known.get("samples", 0) == result.get("samples", 0)
        metrics = dict(known.get("metrics", {}))
    except (UserError, ValueError, KeyError, TypeError, AttributeError):
        return result
    if not same:
        return result
    metrics |= result.get("metrics", {})
    return known | result | ({"metrics": metrics} if metrics else {})


HEADER = ("metric", "samples", "real", "better", "n", "meaning")


def table(result: dict[str, Any]) -> str:
    """All metrics as one table for people, with remarks below."""
    cells, notes = [HEADER], []
    for name, metric in result["metrics"].items():
        if "skipped" in metric:
            notes.append(f"{name}: skipped; {metric['skipped']}")
            continue
        notes += metric["notes"]
        for row in metric["rows"].values():
            numbers = [
                "-" if row[key] is None else f"{row[key]:.4g}"
                for key in ("value", "real")
            ]
            cells.append(
                (
                    row["label"],
                    *numbers,
                    row["better"],
                    f"{row['points']}",
                    row["meaning"],
                )
            )
    widths = [max(len(line[i]) for line in cells) for i in range(5)]
    lines = [f"{result['recipe']}, {result['epochs']} epochs"]
    for line in cells:
        columns = [f"{line[0]:{widths[0]}}"]
        columns += [f"{line[i]:>{widths[i]}}" for i in range(1, 5)]
        lines.append("  ".join([*columns, line[5]]))
    lines.append("real: training examples in the samples' place, against test examples")
    if "classifier" in result:
        judge = result["classifier"]
        lines.append(
            f"classifier: test error {judge['test_error']:.2%}, weights "
            f"{judge['weights_sha256'][:16]}"
        )
    return "\n".join([*lines, *notes])


def parzen_table(result: dict[str, Any]) -> str:
    """The Parzen scores as a table for people."""
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
