"""``gan-numpy bench``: this machine's figures."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from gan_numpy.cli.options import whole_number


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "bench",
        help="measure this machine: training step, Parzen windows, matrix products",
        description=(
            "Medians and paired ratios, measured in turns in one process. Close other "
            "programs first."
        ),
    )
    parser.add_argument(
        "--peers",
        action="store_true",
        help="also PyTorch and scikit-learn, if they are installed",
    )
    parser.add_argument("--json", action="store_true", help="print JSON only")
    parser.add_argument(
        "--rounds",
        type=whole_number(1, 10_000),
        default=15,
        metavar="N",
        help="turns of each candidate (default: 15; a third of it for Parzen)",
    )
    parser.add_argument(
        "--points",
        type=whole_number(10, 10**6),
        default=10_000,
        metavar="N",
        help="points and centers of the Parzen windows (default: 10000)",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Measure and print."""
    import numba
    from tqdm import tqdm

    from gan_numpy.bench import peers
    from gan_numpy.bench.peers_dcgan import torch_dcgan_step
    from gan_numpy.bench.products import bench_products
    from gan_numpy.bench.step import bench_recipe_step, bench_step
    from gan_numpy.bench.timing import paired_ratio, take_turns
    from gan_numpy.bench.windows import bench_parzen, make_points
    from gan_numpy.evaluation.parzen import SIGMAS
    from gan_numpy.kernels import parzen_log_density
    from gan_numpy.runs.run import environment

    threads, sigma = numba.get_num_threads(), float(SIGMAS[3])
    few = max(3, args.rounds // 3)
    step_peers: dict[str, Any] = {}
    r1_peers: dict[str, Any] = {}
    dcgan_peers: dict[str, Any] = {}
    parzen_peers: dict[str, Any] = {}
    if args.peers:
        steps = peers.torch_steps(threads)
        if steps:
            step_peers["PyTorch eager"] = steps["plain"]
            r1_peers["PyTorch eager"] = steps["r1"]
            dcgan_peers["PyTorch eager"] = torch_dcgan_step(threads)
            parzen_peers["PyTorch"] = peers.torch_parzen(args.points, sigma, threads)
        else:
            print("note: PyTorch is not installed", file=sys.stderr)
    result: dict[str, Any] = {"environment": environment() | {"numba_threads": threads}}
    with tqdm(
        total=5 + args.peers, disable=not sys.stderr.isatty(), leave=False
    ) as bar:
        result["step"] = bench_step(args.rounds, step_peers)
        bar.update()
        result["r1_step"] = bench_recipe_step("mnist-fast", args.rounds, r1_peers)
        bar.update()
        result["dcgan_step"] = bench_recipe_step(
            "dcgan-mnist", args.rounds, dcgan_peers
        )
        bar.update()
        result["products"] = bench_products(args.rounds)
        bar.update()
        result["parzen"] = bench_parzen(args.points, few, parzen_peers)
        bar.update()
        if args.peers:
            density, points = peers.sklearn_density(args.points, sigma)
            x, centers = make_points(args.points)
            times = take_turns(
                {
                    "ours": lambda: parzen_log_density(x, centers, SIGMAS[3:4]),
                    "theirs": density,
                },
                3,
            )
            result["parzen"]["ratios"]["one sigma / KernelDensity"] = (
                paired_ratio(times, "ours", "theirs") * points / args.points
            )
    print(json.dumps(result, indent=2) if args.json else table(result))
    return 0


def table(result: dict[str, Any]) -> str:
    """The figures for people."""
    step, parzen = result["step"], result["parzen"]
    lines = [f"training step, {step['gflop']:.2f} GFLOP of matrix products (ms)"]
    lines += [f"  {name:28} {ms:9.2f}" for name, ms in step["milliseconds"].items()]
    lines += [f"  {name:28} {ratio:9.2f}" for name, ratio in step["ratios"].items()]
    for key, title in (
        ("r1_step", "the same networks with R1, Adam and averaging (ms)"),
        ("dcgan_step", "DCGAN on MNIST: convolutions, batch normalization, Adam (ms)"),
    ):
        of = result[key]
        lines += [title]
        lines += [f"  {name:28} {ms:9.2f}" for name, ms in of["milliseconds"].items()]
        lines += [f"  {name:28} {ratio:9.2f}" for name, ratio in of["ratios"].items()]
    lines += [f"parts of the step, {step['default']} kernels (ms)"]
    lines += [
        f"  {name:28} {ms:9.3f}" for name, ms in step["parts_milliseconds"].items()
    ]
    lines += ["matrix products (GFLOP/s: BLAS, native, share)"]
    lines += [
        f"  {name:28} {row['blas_gflop_per_s']:9.0f} {row['native_gflop_per_s']:6.0f} "
        f"{row['native_over_blas']:6.2f}"
        for name, row in result["products"].items()
    ]
    lines += [f"Parzen windows, {parzen['points']:,} x {parzen['centers']:,} (ms)"]
    lines += [f"  {name:28} {ms:9.0f}" for name, ms in parzen["milliseconds"].items()]
    lines += [f"  {name:28} {ratio:9.4f}" for name, ratio in parzen["ratios"].items()]
    e = result["environment"]
    lines += [
        f"numpy {e['numpy']}, numba {e['numba']}, {e['numba_threads']} threads, "
        f"{e['machine']}"
    ]
    return "\n".join(lines)
