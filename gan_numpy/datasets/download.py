"""Downloads: several mirrors, timeouts, retries, and a checksum before it counts."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from gan_numpy.capabilities import need
from gan_numpy.errors import UserError

TIMEOUT = 30  # seconds without an answer, per connection
RETRIES = 2  # per mirror


def fetch_verified(
    urls: Sequence[str], target: Path, checksum: str, digest: Callable[[Path], str]
) -> None:
    """Download `target` from the first mirror whose content has the right checksum.

    The file is downloaded beside its target and renamed once verified, so an
    interrupted download leaves nothing that looks complete.

    Parameters
    ----------
    urls : sequence of str
        The same file on different mirrors, in order of preference.
    target : Path
    checksum : str
        What `digest` must return for the file.
    digest : callable

    Raises
    ------
    UserError
        If no mirror delivers the file, naming what each one answered; or without
        pooch and requests.
    """
    for package in ("pooch", "requests"):
        need(package, "a download", f"put {target.name} into {target.parent} yourself")
    import pooch
    import requests

    failures = []
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".fetch-") as folder:
            for url in urls:
                base, _, name = url.rpartition("/")
                source = pooch.create(
                    path=folder,
                    base_url=f"{base}/",
                    registry={name: None},
                    retry_if_failed=RETRIES,
                )
                get = pooch.HTTPDownloader(progressbar=True, timeout=TIMEOUT)
                try:
                    path = Path(source.fetch(name, downloader=get))
                    found = digest(path)
                except (requests.RequestException, UserError, ValueError) as error:
                    failures.append(f"{url}: {type(error).__name__}")
                    continue
                if found == checksum:
                    os.replace(path, target)
                    return
                path.unlink()
                failures.append(f"{url}: content has SHA-256 {found[:12]}...")
    except OSError as error:
        reason = error.strerror or error
        raise UserError(f"cannot write to {target.parent}: {reason}") from None
    raise UserError(
        f"could not download {target.name} ({'; '.join(failures)}): check the network, "
        f"or put the file into {target.parent} yourself"
    )
