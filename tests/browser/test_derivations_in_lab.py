"""Formulas that were typed, as JupyterLab shows them: set in type, with no error.

Asked for by ``GAN_NUMPY_BROWSER=derive`` or ``all``, since it takes a minute; needs
Chromium and playwright. Every form of the bank is typed into a cell of a notebook.
"""

from __future__ import annotations

import json

import pytest
from tests.browser.test_lab import (  # noqa: F401, fixtures among them
    FINISHED,
    FOREIGN,
    MATH_ERRORS,
    OUTPUTS,
    READY,
    SHOTS,
    WANTED,
    browser,
    lab,
    playwright,
)
from tests.derive.formulas_right import RIGHT
from tests.derive.formulas_wrong import WRONG

MOST = 45  # JupyterLab shows 50 outputs of a cell
PUT = """async ([path, notebook]) => {
    const token = document.cookie.match(/_xsrf=([^;]*)/);
    const answer = await fetch('/api/contents/' + path, {
        method: 'PUT', body: JSON.stringify({type: 'notebook', content: notebook}),
        headers: {'X-XSRFToken': token ? token[1] : ''}});
    return answer.status }"""
SHOWN = """() => [...document.querySelectorAll('.jp-RenderedHTMLCommon')].map(e => [
    e.querySelectorAll('mjx-container').length, e.innerText])"""


def forms(name):
    """Right and wrong formulas of an exercise."""
    right = [line for line in RIGHT[name].strip().split("\n") if line.strip()]
    wrong = [line.partition("|")[2] for line in WRONG[name].strip().split("\n")]
    return [f.strip() for f in (right + wrong)[:MOST]]


def cell(source, number):
    return {
        "cell_type": "code", "source": source, "metadata": {}, "outputs": [],
        "execution_count": None, "id": f"cell-{number}",
    }  # fmt: skip


def notebook():
    """A cell for each exercise: every form is typed, and what comes back is shown."""
    first = "from gan_numpy import lesson\nfrom IPython.display import display"
    each = [
        f"for typed in {forms(name)!r}:\n"
        f"    display(lesson.derive({name!r}, typed.replace(';', '\\n')))"
        for name in RIGHT
    ]
    cells = [cell(source, k) for k, source in enumerate([first, *each])]
    about = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    return {"cells": cells, "metadata": about, "nbformat": 4, "nbformat_minor": 5}


@pytest.mark.skipif(
    not {"all", "derive"} & set(WANTED.split(",")),
    reason="GAN_NUMPY_BROWSER=derive asks for it",
)
def test_what_was_typed_is_set_in_type(browser, lab):  # noqa: F811
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: m.type == "error" and errors.append(m.text))
    try:
        page.goto(f"{lab}/lab?reset", timeout=120_000)
        page.wait_for_function("() => window.jupyterapp", timeout=120_000)
        assert page.evaluate(PUT, ["derive.ipynb", notebook()]) in (200, 201)
        page.goto(f"{lab}/lab/tree/derive.ipynb", timeout=120_000)
        page.wait_for_function(READY, timeout=120_000)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        page.wait_for_function(FINISHED, timeout=280_000, polling=300)
        assert page.evaluate(OUTPUTS) == []
        seen = watched(page)
        typed = sum(len(forms(name)) for name in RIGHT)
        print(f"\n{typed} formulas typed, {len(seen)} different outputs seen")
        assert len(seen) > 0.9 * len({json.dumps(f) for n in RIGHT for f in forms(n)})
        assert not [text for _, text in seen if "$$" in text or "\\begin" in text]
        assert sum(count > 0 for count, _ in seen) > 0.8 * len(seen)
        assert [e for e in errors if not FOREIGN.search(e)] == []
    finally:
        page.close()


def watched(page):
    """Every output that comes into sight: how many formulas it has, and its text."""
    area = page.locator(".jp-WindowedPanel-outer").first
    area.evaluate("e => e.scrollTo(0, 0)")
    seen, part, moved = set(), 0, True
    while moved:
        page.wait_for_timeout(500)
        assert page.locator(MATH_ERRORS).count() == 0
        seen |= {(count, text) for count, text in page.evaluate(SHOWN)}
        if SHOTS and part % 8 == 0:
            area.screenshot(path=f"{SHOTS}/derive-{part:03d}.png")
        moved = area.evaluate(
            "e => { const old = e.scrollTop; e.scrollBy(0, 0.9 * e.clientHeight);"
            " return e.scrollTop > old + 1 }"
        )
        part += 1
    return seen
