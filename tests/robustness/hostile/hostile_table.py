"""The table of hostile submissions: what each of them earns, changes and stops.

``python tests/robustness/hostile/hostile_table.py [--user] [--without] [NAME ...]``

Each case is graded by the command line, between two honest students, as root or (with
``--user``) as an ordinary user, with name spaces or (``--without``) where the kernel
refuses them. A row says what went wrong; nothing is as it should be.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import ctypes
import fcntl
import glob
import html.parser
import json
import os
import pty
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import termios
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from hostile_case import FREE, HONEST, MARK, Case  # noqa: E402
from hostile_intake import INTAKE  # noqa: E402
from hostile_modules import MODULES  # noqa: E402
from hostile_points import POINTS  # noqa: E402
from hostile_replies import REPLIES  # noqa: E402
from hostile_texts import TEXTS  # noqa: E402
from hostile_walls import WALLS  # noqa: E402

CASES: dict[str, Case] = POINTS | REPLIES | WALLS | TEXTS | INTAKE | MODULES
ROOT = HERE.parents[2]
SECRET = "topsecret-7391"
TOLD = (
    "NEIGHBOR-5520", "SIZE-SEEN", "MORE-MEMORY", "CARRIED-OVER", "LISTENS",
    "INHERITED", "READ-ETC", "KEPT-A-KEY", "OWN-SPACE", "SYSTEM-CALL",
)  # fmt: skip
NOBODY = 65534
LONGEST, SLOW, LARGEST = 150.0, 60.0, 1200  # seconds, seconds, MiB
KEY = 0x7E57
ODD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
PLACES = ("/tmp", "/var/tmp", "/dev/shm", "/run")


@dataclass
class Outcome:
    """What came of one case: its points, what went wrong, the seconds it took."""

    name: str
    kind: str
    points: float = 0.0
    harms: list[str] = field(default_factory=list)
    seconds: float = 0.0
    mib: int = 0
    said: str = ""


@dataclass(frozen=True)
class How:
    """On which system, by whom, with which code."""

    python: str = sys.executable
    code: str = str(ROOT)
    user: bool = False
    without: bool = False


def command(how: How, case: Case) -> list[str]:
    """The command that grades the class."""
    before: list[str] = []
    if how.user:
        before = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    if how.without:
        before += [how.python, str(HERE / "without_namespaces.py")]
    weak = ["--weak-sandbox"] if how.without and knows(how, "--weak-sandbox") else []
    allow = ["--allow", *FREE.split()] if case.free else []
    return [
        *before, how.python, "-m", "gan_numpy", "grade", "submissions", "--out", "out",
        "--lesson", case.exercise, "--timeout", "3", "--memory", "256", "--jobs", "1",
        "--hints", "3", *weak, *allow,
    ]  # fmt: skip


_KNOWN: dict[tuple[str, str], bool] = {}


def knows(how: How, option: str) -> bool:
    """Whether this version has the option."""
    if (how.code, option) not in _KNOWN:
        says = subprocess.run(
            [how.python, "-m", "gan_numpy", "grade", "--help"],
            env={**os.environ, "PYTHONPATH": how.code}, cwd="/",
            capture_output=True, text=True,
        ).stdout  # fmt: skip
        _KNOWN[how.code, option] = option in says
    return _KNOWN[how.code, option]


def run_case(name: str, how: How) -> Outcome:
    """Grade one case."""
    return run_class(name, [name], how)


def run_class(title: str, names: list[str], how: How) -> Outcome:
    """Grade a class of cases; this process adopts whatever is left behind.

    All of them are of one exercise, and either all ``free`` or none.
    """
    ctypes.CDLL(None).prctl(36, ctypes.c_ulong(1), 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
    cases = {name: CASES[name] for name in names}
    first = cases[names[0]]
    outcome = Outcome(title, first.kind if len(names) == 1 else "class")
    root = Path(tempfile.mkdtemp(prefix="hostile-class-", dir="/tmp"))
    mark = f"{MARK}-{root.name[-8:]}"
    master, slave = pty.openpty()
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            _prepare(root, cases, how, mark, os.ttyname(slave), server)
            _grade(root, first, how, outcome, slave, LONGEST + 10 * len(names))
            _look(root, outcome, mark, master, server)
    finally:
        os.close(master)
        os.close(slave)
        _clean(root, mark)
    return outcome


def classes(kinds: set[str]) -> dict[str, list[str]]:
    """The cases of these kinds that one command can grade."""
    found: dict[str, list[str]] = {}
    for name, case in CASES.items():
        if case.kind in kinds:
            title = (
                f"{case.exercise}, {'everything' if case.free else 'nothing'} allowed"
            )
            found.setdefault(title, []).append(name)
    return found


def _prepare(
    root: Path,
    cases: dict[str, Case],
    how: How,
    mark: str,
    tty: str,
    server: socket.socket,
) -> None:
    folder, place = root / "submissions", root / "place"
    for made in (folder, place, root / "out"):
        made.mkdir()
    honest = HONEST
    if "bce_logits" in {case.exercise for case in cases.values()}:
        from gan_numpy.exercises import get_exercise
        from gan_numpy.exercises.base import source_of

        e = get_exercise("bce_logits")
        honest = "import numpy as np\n" + "\n".join(
            source_of(f) for f in (*e.given, sigmoid_of(), softplus_of(), e.reference)
        )
    (folder / "aaa.py").write_text(honest)
    (folder / "zzz.py").write_text(honest)
    (root / "victim").write_text("mine")
    names = {
        "{place}": str(place), "{tty}": tty, "{mark}": mark, "{out}": str(root / "out"),
        "{victim}": str(root / "victim"), "{submissions}": str(folder),
        "{port}": str(server.getsockname()[1]), "{abstract}": mark,
    }  # fmt: skip
    here = os.getcwd()
    os.chdir(root)
    try:
        for name, case in cases.items():
            if case.build is not None:
                case.build(folder)
                continue
            source = case.source
            if isinstance(source, str):
                source = source.encode("utf-8", "surrogatepass")
            (folder / f"m_{name}.py").write_bytes(source)
    finally:
        os.chdir(here)
    for path in folder.glob("m_*.py"):
        content = path.read_bytes()
        for old, new in names.items():
            content = content.replace(old.encode(), new.encode())
        path.write_bytes(content)
    if how.user:
        os.chown(tty, NOBODY, NOBODY)
        subprocess.run(["chown", "-hR", f"{NOBODY}:{NOBODY}", str(root)], check=True)
    place.chmod(0o1777)
    root.chmod(0o755)
    server.setblocking(False)


def sigmoid_of():  # type: ignore[no-untyped-def]
    """The functions that the reference of ``bce_logits`` rests upon."""
    from gan_numpy.exercises.functions import sigmoid

    return sigmoid


def softplus_of():  # type: ignore[no-untyped-def]
    """As above."""
    from gan_numpy.exercises.functions import softplus

    return softplus


def _grade(
    root: Path, case: Case, how: How, outcome: Outcome, slave: int, longest: float
) -> None:
    environment = {
        "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(root),
        "TMPDIR": str(root / "place"), "PYTHONPATH": how.code, "GAN_SECRET": SECRET,
        "NUMBA_CACHE_DIR": str(root / "place"), "MPLCONFIGDIR": str(root / "place"),
    }  # fmt: skip

    def terminal() -> None:
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)

    before = _state(root)
    start = time.monotonic()
    with (root / "said").open("wb") as said:
        process = subprocess.Popen(
            command(how, case), cwd=root, stdin=slave, stdout=said, stderr=said,
            env=environment, preexec_fn=terminal,
        )  # fmt: skip
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() - start > longest:
                outcome.harms.append("hung")
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                _, status, usage = os.wait4(process.pid, 0)
                break
            time.sleep(0.05)
    process.returncode = os.waitstatus_to_exitcode(status)
    outcome.seconds, outcome.mib = time.monotonic() - start, usage.ru_maxrss >> 10
    if process.returncode != 0:
        outcome.harms.append(f"exit {process.returncode}")
    if outcome.kind != "class" and outcome.seconds > SLOW:
        outcome.harms.append("slow")
    if outcome.mib > LARGEST:
        outcome.harms.append(f"{outcome.mib} MiB")
    changed = {k for k, v in _state(root).items() if before.get(k) != v}
    if changed:
        outcome.harms.append("changed " + ",".join(sorted(changed)))


def _state(root: Path) -> dict[str, object]:
    """What no submission may change."""
    found: dict[str, object] = {}
    for path in (root / "victim", root / "place", root / "submissions", Path("/tmp")):
        about = path.lstat() if path.exists() or path.is_symlink() else None
        found[path.name] = about and (stat.filemode(about.st_mode), about.st_uid)
    victim = root / "victim"
    found["content"] = victim.read_text() if victim.is_file() else None
    found["time"] = victim.stat().st_mtime_ns if victim.is_file() else None
    for path in (root / "submissions").iterdir():
        about = path.lstat()
        found[ascii(path.name)[:40]] = (about.st_mtime_ns, about.st_mode)
    return found


def _look(
    root: Path,
    outcome: Outcome,
    mark: str,
    master: int,
    server: socket.socket,
) -> None:
    """Grades, texts, files, processes, the terminal, the network."""
    said = (root / "said").read_text(errors="replace")
    outcome.said = said.strip()[-300:]
    _look_at_grades(root, outcome)
    _look_at_texts(root, outcome, said)
    places = (*PLACES, f"{root}/place", str(root), f"{root}/submissions")
    left = [p for place in places for p in glob.glob(f"{place}/*{MARK}*")]
    left = [p for p in left if mark in p or p.startswith(str(root))]
    folders = [p for p in glob.glob(f"{root}/place/gan-numpy*")]
    if left or folders:
        outcome.harms.append(f"left {os.path.basename((left + folders)[0])}"[:40])
    shared = Path("/proc/sysvipc/shm").read_text().split("\n")[1:]
    ids = [
        line.split()[1]
        for line in shared
        if line.split()[:1] in ([str(KEY)], ["20958"])
    ]
    for number in ids:
        outcome.harms.append("left shared memory")
        ctypes.CDLL(None).shmctl(int(number), 0, None)
    if processes := _orphans():
        outcome.harms.append(f"left {processes} processes")
    os.set_blocking(master, False)
    with contextlib.suppress(OSError):
        if mark.encode() in os.read(master, 1 << 16):
            outcome.harms.append("wrote to the terminal")
    with contextlib.suppress(OSError):
        server.accept()
        outcome.harms.append("used the network")


def _look_at_grades(root: Path, outcome: Outcome) -> None:
    try:
        with (root / "out" / "grades.csv").open(newline="", encoding="utf-8") as file:
            rows = [*csv.DictReader(file)]
    except (OSError, ValueError):
        outcome.harms.append("no grades.csv")
        return
    honest = {"aaa", "zzz"}
    points = {r["student"]: float(r["points"] or 0) for r in rows}
    for name in sorted(honest):
        if points.get(name, 0) <= 0:
            outcome.harms.append(f"{name} got nothing")
    earned = sorted(k for k, v in points.items() if v > 0 and k not in honest)
    outcome.points = sum(points[k] for k in earned)
    if earned:
        outcome.harms.append("earned points: " + ", ".join(map(ascii, earned)))
    cells = [str(c) for r in rows for c in r.values()]
    if any(c.startswith(("=", "+", "-", "@", "\t", "\r")) for c in cells):
        outcome.harms.append("formula")


class Markup(html.parser.HTMLParser):
    """Collects the tags that are none of ours."""

    OURS = frozenset(
        "html meta title style h1 h2 table tr th td ul li p a pre span img body head"
        "".split()
    )

    def __init__(self) -> None:
        super().__init__()
        self.odd: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        odd = tag not in self.OURS or any(k.startswith("on") for k, _ in attrs)
        # Only the instructor gives the address of the lessons, and here nobody does.
        if odd or tag == "a" or any(k == "http-equiv" for k, _ in attrs):
            self.odd.append(tag)


def _look_at_texts(root: Path, outcome: Outcome, said: str) -> None:
    odd, told, markup = set(), set(), set()
    files = [p for p in (root / "out").rglob("*") if p.is_file()]
    for path in [root / "said", *files]:
        if path.suffix == ".png":
            continue
        raw = path.read_bytes()
        text = raw.decode("utf-8", "replace")
        if path.suffix == ".json":
            text += json.dumps(json.loads(raw), ensure_ascii=False)
            if path.parent.name == "results":
                text = raw.decode("utf-8", "replace")
        if ODD.search(text):
            odd.add(path.suffix or "terminal")
        told |= {t for t in (*TOLD, SECRET) if t in text}
        if path.suffix == ".html":
            parser = Markup()
            parser.feed(text)
            if parser.odd:
                markup.add("html")
        if path.suffix == ".md":
            outside = re.sub(r"^(`{3,})text\n.*?^\1$", "", text, flags=re.M | re.S)
            if re.search(r"(?<!\\)<(script|img)|(?<!\\)\]\(javascript", outside):
                markup.add("md")
    if odd:
        outcome.harms.append("escapes in " + ",".join(sorted(odd)))
    if told:
        outcome.harms.append("told " + ",".join(sorted(told)))
    if markup:
        outcome.harms.append("markup in " + ",".join(sorted(markup)))
    if "Traceback" in said:
        outcome.harms.append("traceback")


def _orphans() -> int:
    """Processes that have outlived the command; they are ended."""
    time.sleep(0.3)
    count = 0
    while True:
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        path = f"/proc/self/task/{os.getpid()}/children"
        children = [int(p) for p in Path(path).read_text().split()]
        if not children:
            return count
        for child in children:
            count += 1
            with contextlib.suppress(OSError):
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)


def _clean(root: Path, mark: str) -> None:
    for place in PLACES:
        for path in glob.glob(f"{place}/*{mark}*"):
            subprocess.run(["rm", "-rf", path], check=False)
    subprocess.run(
        ["chmod", "-R", "u+rwX", str(root)], capture_output=True, check=False
    )
    subprocess.run(["rm", "-rf", str(root)], check=False)
    shutil.rmtree(root, ignore_errors=True)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="cases or kinds")
    parser.add_argument("--user", action="store_true", help="as an ordinary user")
    parser.add_argument("--without", action="store_true", help="without name spaces")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--code", default=str(ROOT), help="the checkout to test")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument(
        "--together", action="store_true", help="all in as few classes as possible"
    )
    parser.add_argument("--all", action="store_true", help="also the rows without harm")
    parser.add_argument(
        "--json", action="store_true", help="the rows as JSON, no table"
    )
    args = parser.parse_args()
    how = How(args.python, args.code, args.user, args.without)
    wanted = [n for n, c in CASES.items() if {n, c.kind} & set(args.names)]
    wanted = wanted if args.names else list(CASES)
    groups = {name: [name] for name in wanted}
    if args.together:
        groups = {
            title: [n for n in names if n in wanted]
            for title, names in classes({c.kind for c in CASES.values()}).items()
        }
        groups = {title: names for title, names in groups.items() if names}
    harms: Counter[str] = Counter()
    with ProcessPoolExecutor(args.jobs) as pool:
        hows = [how] * len(groups)
        for outcome in pool.map(run_class, groups, groups.values(), hows):
            if args.json:
                print(json.dumps(asdict(outcome)), flush=True)
                continue
            harms.update({h.split()[0] for h in outcome.harms})
            harms["cases with harm"] += bool(outcome.harms)
            if outcome.harms or args.all:
                what = "; ".join(outcome.harms) or "nothing"
                print(
                    f"{outcome.kind:8} {outcome.name:38} {outcome.points:4g} points"
                    f" {outcome.seconds:6.1f} s {outcome.mib:5d} MiB  {what}",
                    flush=True,
                )
                if {"exit", "no"} & {h.split()[0] for h in outcome.harms}:
                    print(f"{'':12}{outcome.said.splitlines()[-1:]}", flush=True)
    if args.json:
        return 0
    print(
        f"{len(wanted)} cases, {harms.pop('cases with harm', 0)} with harm:",
        dict(harms),
    )
    return 1 if harms else 0


if __name__ == "__main__":
    sys.exit(main())
