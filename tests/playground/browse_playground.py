"""Uses the playground in Chromium as a person would, and fails where it misbehaves.

python tests/playground/browse_playground.py CHROMIUM [PICTURES]

Prints the steps a second of the default networks.
"""

import json
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from gan_numpy.playground import build_playground

LOOKS = [("light", 1250), ("dark", 1250), ("light", 390), ("dark", 390)]
UNNAMED = """() => [...document.querySelectorAll("button, input, select, canvas")]
    .filter((e) => !(e.getAttribute("aria-label") || e.textContent.trim()
        || e.labels?.length)).map((e) => e.outerHTML)"""
MEASURE = """() => {
    const { state } = playground, { train } = pieces.training;
    for (let i = 0; i < 60; i++) train(state);
    const start = performance.now();
    for (let i = 0; i < 300; i++) train(state);
    return 300000 / (performance.now() - start);
}"""
WEIGHTS = "JSON.stringify(pieces.saved.saveState(playground.state).arrays)"
INK = """() => {
    const { canvas } = playground.plane, c = canvas.getContext("2d");
    const { data } = c.getImageData(0, 0, canvas.width, canvas.height);
    let inked = 0;
    for (let i = 3; i < data.length; i += 4) inked += data[i] > 0;
    return inked / (data.length / 4);
}"""


class Visit:
    """A page, and what it has said or asked for."""

    def __init__(self, browser, url, scheme="light", width=1250, still=False):
        self.url, self.seen = url, []
        self.context = browser.new_context(
            color_scheme=scheme,
            viewport={"width": width, "height": 900},
            reduced_motion="reduce" if still else "no-preference",
            accept_downloads=True,
        )
        self.page = self.context.new_page()
        self.page.on("console", lambda m: self.seen.append(m.text))
        self.page.on("pageerror", lambda e: self.seen.append(str(e)))
        self.page.on("request", lambda r: self.seen.append(r.url))
        self.page.goto(url)
        self.page.wait_for_timeout(150)

    def press(self, key, times=1):
        for _ in range(times):
            self.page.keyboard.press(key)

    def click(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()

    def said(self):
        return self.page.locator(".say").inner_text()

    def get(self, expression):
        return self.page.evaluate(expression)

    def wait(self, expression):
        """Until it is true; the page forbids what Playwright has for this."""
        for _ in range(200):
            if self.get(expression):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"not within ten seconds: {expression}")

    def close(self):
        asked = [u for u in self.seen if not u.startswith(("data:", "blob:"))]
        assert {u.split("#")[0] for u in asked} == {self.url.split("#")[0]}, asked
        self.context.close()


def looks(browser, url, pictures):
    """Light and dark, wide and narrow: it plays, it fits, everything has a name."""
    for scheme, width in LOOKS:
        visit = Visit(browser, url, scheme, width)
        visit.press("Space")
        visit.wait("playground.state.step >= 20")
        visit.press("Space")
        assert not visit.get("playground.playing")
        assert visit.get("document.documentElement.scrollWidth") <= width
        assert visit.get(UNNAMED) == []
        assert visit.get(INK) > 0.9, "the plane is empty"
        color = visit.get("getComputedStyle(document.body).backgroundColor")
        assert (color == "rgb(255, 255, 255)") == (scheme == "light"), color
        if pictures is not None:
            shot = pictures / f"playground-{scheme}-{width}.png"
            visit.page.screenshot(path=shot, full_page=True)
        visit.close()


def steps(browser, url):
    """D alone moves D alone, G alone G; slow motion shows each layer and moves once."""
    visit = Visit(browser, url, still=True)
    mover = {"d": "discriminator/", "g": "generator/", "s": ""}
    for key, player in mover.items():
        before = json.loads(visit.get(WEIGHTS))
        visit.press(key)
        after = json.loads(visit.get(WEIGHTS))
        changed = [name for name in after if before[name] != after[name]]
        groups = {name.split("/")[0] + "/" for name in changed}
        weights = groups & {"generator/", "discriminator/"}
        assert weights == (
            {player} if player else {"generator/", "discriminator/"}
        ), key
        assert "Step" in visit.said()
    before = visit.get("playground.state.step")
    visit.press("m")
    count = visit.get("playground.slow.stages.length")
    assert visit.get("playground.slow.timer") is None  # reduced motion: it waits
    lines = {visit.said()}
    for _ in range(count - 1):
        visit.press("n")
        lines.add(visit.said())
    assert (
        len(lines) == count >= 20 and visit.get("playground.state.step") == before + 1
    )
    visit.press("n")
    assert visit.get("playground.slow") is None
    visit.close()


def changes(browser, url):
    """Every loss plays; a fault shows in the slopes; a round is won."""
    visit = Visit(browser, url)
    select = visit.page.get_by_label("loss", exact=True)
    for name in select.locator("option").all_inner_texts():
        select.select_option(label=name)
        visit.page.locator("canvas.plane").focus()
        visit.press("s", 3)
        assert visit.get("playground.state.step") >= 3, name
    visit.page.get_by_label("break", exact=True).select_option("detached")
    visit.click("Compare slopes")
    assert visit.page.locator("tr.wrong").count() > 3
    visit.click("Guess a fault")
    hidden = visit.page.get_by_label("break", exact=True)
    assert hidden.is_disabled() and "planted" in hidden.inner_text()
    fault = visit.get("playground.breaking.round.fault.title")
    visit.page.locator(".options").get_by_role("button", name=fault).click()
    chosen = visit.page.get_by_label("break", exact=True)
    assert chosen.locator("option:checked").inner_text() == fault
    chosen.select_option(label="nothing is broken")
    assert visit.get("Object.keys(playground.state.faults).length") == 0
    assert "score 10 in 1 rounds" in visit.page.locator(".score").inner_text()
    visit.page.get_by_label("batch", exact=True).fill("1")
    visit.page.get_by_label("batch", exact=True).press("Enter")
    assert "expected a whole number" in visit.said()
    visit.close()


def extremes(browser, url):
    """Other layers go through slow motion; a game whose numbers end says so."""
    layers = "dropout 0.9, maxout 6 2, dense 5 batchnorm sigmoid"
    query = f"generator_layers={layers}&discriminator_layers=dropout 0.5&packing=2"
    visit = Visit(browser, f"{url}#{query}&penalty=none&latent_size=3", still=True)
    assert visit.get("playground.settings.packing") == 2, visit.said()
    visit.press("m")
    visit.press("n", visit.get("playground.slow.stages.length"))
    assert visit.get("playground.state.step") == 1
    visit.close()
    query = "learning_rate=1e9&optimizer=momentum&penalty=none"
    visit = Visit(browser, f"{url}#{query}&objective=least_squares")
    visit.press("Space")
    visit.wait("document.querySelector('.say').textContent.includes('finite')")
    assert not visit.get("playground.playing")
    visit.close()
    visit = Visit(browser, f"{url}#learning_rate=fast")
    assert "learning_rate = fast: expected a number" in visit.said()
    visit.press("s")
    assert visit.get("playground.state.step") == 1
    visit.close()


def own_data(browser, url, folder):
    """Points come by mouse, by keys and from a file; the address brings them back."""
    visit = Visit(browser, url)
    for title in ("Own data", "Keep it"):
        visit.page.locator("summary", has_text=title).click()
    visit.click("Draw with the mouse")
    box = visit.page.locator("canvas.plane").bounding_box()
    visit.page.mouse.move(box["x"] + 150, box["y"] + 200)
    visit.page.mouse.down()
    visit.page.mouse.move(box["x"] + 400, box["y"] + 300, steps=12)
    visit.page.mouse.up()
    drawn = visit.get("playground.own.length")
    assert drawn >= 40 and visit.get("playground.settings.dataset") == "own"
    visit.page.locator("canvas.plane").focus()
    visit.press("ArrowUp", 3)
    visit.press("Enter")
    assert visit.get("playground.own.length") == drawn + 20
    visit.click("Draw with the mouse")
    visit.page.locator("canvas.plane").focus()
    visit.press("s", 4)
    address, weights = visit.get("location.href"), visit.get(WEIGHTS)
    with visit.page.expect_download() as download:
        visit.click("Save game")
    game = folder / "game.json"
    download.value.save_as(game)
    other = Visit(browser, address)
    assert other.get("playground.settings.dataset") == "own"
    assert other.get("playground.own.length") == drawn + 20
    other.press("s", 4)
    assert other.get(WEIGHTS) == weights, "the address is not the whole game"
    other.press("r")
    other.page.locator("summary", has_text="Keep it").click()
    other.page.get_by_label("open a game").set_input_files(game)
    other.wait("playground.state.step === 4")
    assert other.get(WEIGHTS) == weights
    table = folder / "points.csv"
    rows = [f"{i % 7},{i % 11 - 40}" for i in range(77)]
    table.write_text("\n".join(["x,y", *rows]), "utf-8")
    other.page.locator("summary", has_text="Own data").click()
    other.page.get_by_label("load points").set_input_files(table)
    other.wait("playground.own.length === 77")
    table.write_text("a,b\n1,2\n", "utf-8")
    other.page.get_by_label("load points").set_input_files(table)
    other.wait("document.querySelector('.say').textContent.includes('found 1 points')")
    visit.close()
    other.close()


def main(chromium, pictures=None):
    pictures = Path(pictures) if pictures else None
    with sync_playwright() as p, tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "playground.html"
        build_playground().save(file)
        browser = p.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        looks(browser, file.as_uri(), pictures)
        steps(browser, file.as_uri())
        changes(browser, file.as_uri())
        extremes(browser, file.as_uri())
        own_data(browser, file.as_uri(), Path(folder))
        visit = Visit(browser, file.as_uri())
        print(f"{visit.get(MEASURE):.0f} steps/s of the default networks")
        visit.close()
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
