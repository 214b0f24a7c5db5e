"""The texts: pages of the book, and of the course, with links of the book."""

from __future__ import annotations

from pathlib import Path

from book.findings import findings_page
from book.gallery import gallery_page
from book.links import PAGES, ROOT, TEXTS, rewrite
from book.live import steps_page, with_frames

from gan_numpy.doctor.findings import KINDS
from gan_numpy.exercises import all_exercises

COURSE = """\

```{{toctree}}
:maxdepth: 1
:caption: Lessons

{lessons}
```
"""


def front_page() -> str:
    """The first page; its figures are counted."""
    readme = (ROOT / "README.md").read_text("utf-8")
    changes = [m for e in all_exercises().values() for m in e.mutants]
    return (
        (Path(__file__).parent / "index.md")
        .read_text("utf-8")
        .format(
            mistakes=len(changes),
            findings=len(KINDS),
            command=readme.split("```sh\n")[1].split("\n```")[0],
        )
    )


def write_texts(folder: Path, lessons: list[str]) -> None:
    """Write every page whose text is written or made without a run.

    Parameters
    ----------
    folder : Path
        The sources' folder.
    lessons : list of str
        The names of the lessons' pages.
    """
    pages = {path.stem: path for path in sorted(PAGES.glob("*.md"))}
    for name, path in pages.items():
        text = with_frames(rewrite(path.read_text("utf-8"), PAGES))
        (folder / f"{name}.md").write_text(text, "utf-8")
    for name, page in TEXTS.items():
        if page == "index":
            continue  # the README is for whoever has the checkout before him
        text = rewrite((ROOT / name).read_text("utf-8"), (ROOT / name).parent)
        if page == "lessons/index":
            text += COURSE.format(lessons="\n".join(lessons))
        (folder / page).parent.mkdir(exist_ok=True)
        (folder / f"{page}.md").write_text(text, "utf-8")
    (folder / "index.md").write_text(front_page(), "utf-8")
    (folder / "findings.md").write_text(findings_page(), "utf-8")
    gallery = rewrite(gallery_page(pages), PAGES)
    (folder / "gallery.md").write_text(gallery, "utf-8")
    (folder / "steps.md").write_text(steps_page(), "utf-8")
