"""The measured times as figures: medians and paired ratios, and their table."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import Any

from gan_numpy.bench.groups import ONE, PRODUCT, TEN
from gan_numpy.bench.timing import Times, medians_ms, paired_ratio
from gan_numpy.kernels import DEFAULT

STEPS = ("step", "r1_step", "dcgan_step")


def ratios(times: Times, ours: str) -> dict[str, float]:
    """Ours over each other candidate."""
    return {
        f"{ours} / {other}": paired_ratio(times, ours, other)
        for other in times
        if other != ours
    }


def figures(times: dict[str, dict[str, Times]], points: int) -> dict[str, Any]:
    """What the command prints as JSON, from the times by group, task and candidate."""
    from gan_numpy.bench.products import SHAPES
    from gan_numpy.bench.step import flops

    result: dict[str, Any] = {
        name: {
            "milliseconds": medians_ms(times[name][""]),
            "ratios": ratios(times[name][""], DEFAULT),
        }
        for name in STEPS
    }
    result["step"] |= {"gflop": flops() / 1e9, "default": DEFAULT}
    result["step"]["parts_milliseconds"] = {
        part: medians_ms(of)[DEFAULT] for part, of in times["parts"].items()
    }
    result["products"] = {}
    for shape, of in times["products"].items():
        m, k, n, _ = SHAPES[shape]
        speed = {name: 2e-6 * m * k * n / ms for name, ms in medians_ms(of).items()}
        result["products"][shape] = {
            "blas_gflop_per_s": speed["BLAS"],
            "native_gflop_per_s": speed["native"],
            "native_over_blas": paired_ratio(of, "BLAS", "native"),
        }
    parzen = times["parzen"][""]
    others = [name for name in parzen if name not in (ONE, TEN, PRODUCT)]
    result["parzen"] = {
        "points": points,
        "centers": points,
        "milliseconds": medians_ms(parzen),
        "ratios": {
            f"{ONE} / its product": paired_ratio(parzen, ONE, PRODUCT),
            f"{TEN} / one": paired_ratio(parzen, TEN, ONE),
            **{f"{ONE} / {name}": paired_ratio(parzen, ONE, name) for name in others},
        },
    }
    return result


def this_machine(threads: int) -> dict[str, Any]:
    """What the figures depend on: processor, threads, versions."""
    from threadpoolctl import threadpool_info

    from gan_numpy.runs.config import environment

    pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    names = [
        " ".join(
            str(pool.get(k) or "") for k in ("internal_api", "version", "architecture")
        )
        for pool in pools
    ]
    found = environment()
    kept = ("gan_numpy", "numpy", "numba", "python", "machine", "kernels")
    return {name: found[name] for name in kept} | {
        "processor": processor(),
        "threads": threads,
        "blas": " and ".join(dict.fromkeys(names)) or "an unknown BLAS",
    }


def processor() -> str:
    """The name of the processor, as far as the system tells it."""
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine() or "unknown processor"


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
        f"{e['processor']}, {e['threads']} threads; numpy {e['numpy']} with "
        f"{e['blas']}, numba {e['numba']}"
    ]
    return "\n".join(lines)
