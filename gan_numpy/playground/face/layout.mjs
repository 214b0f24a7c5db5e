// What is on the page, and what it does when it is touched.

import { readCSV } from "./data.mjs";
import { button, choice, download, labeled, make } from "./dom.mjs";
import { readRun } from "./runs.mjs";
import { saveState } from "./saved.mjs";

const SPEEDS = [[2, "2 steps a second"], [10, "10 a second"], [60, "60 a second"], [Infinity, "as fast as it goes"]];

export function layOut(app, root) {
  app.live = make("p", { class: "say", role: "status", "aria-live": "polite" });
  app.playButton = button("Play", () => app.toggle(), { class: "play", title: "play or stop (space)" });
  const bar = make("div", { class: "bar", role: "toolbar", "aria-label": "steps" }, app.playButton,
    button("Step", () => app.once(() => app.iterate()), { title: "k steps of D, one of G (s)" }),
    button("Step D", () => app.once(() => app.stepD()), { class: "player-D", title: "the discriminator alone (d)" }),
    button("Step G", () => app.once(() => app.stepG()), { class: "player-G", title: "the generator alone (g)" }),
    button("Slow motion", () => app.once(() => app.startSlow()), { title: "a step of the generator, layer by layer (m)" }),
    button("Start anew", () => app.restart(app.seed), { title: "the same seed again (r)" }),
    labeled("speed", choice(SPEEDS, 60, (v) => { app.speed = Number(v); app.due = 0; })));
  const shown = make("div", { class: "bar", role: "group", "aria-label": "what the picture shows" });
  for (const [key, text] of [["map", "D's map"], ["data", "data"], ["samples", "samples"], ["arrows", "arrows"], ["grid", "G's grid"]]) {
    const box = make("input", { type: "checkbox", checked: app.plane.shown[key], onchange: () => { app.plane.shown[key] = box.checked; app.changed(); } });
    shown.append(make("label", { class: "check" }, box, text));
  }
  app.figures = make("dl", { class: "figures" });
  app.slowBar = make("div", { class: "bar", hidden: true }, button("Next", () => app.nextStage(), { title: "the next layer (n)" }),
    app.runSlow = button("Run", () => app.toggleSlow()), button("End", () => app.endSlow(), { title: "finish the step" }));
  app.slowBox = make("section", { hidden: true, "aria-label": "slow motion" }, make("h2", {}, "The gradient's way"), app.slowBar, app.slowMotion.element);
  const legend = make("p", { class: "dim legend" });
  for (const [cls, mark, text] of [["fg", "■", "data"], ["G", "●", "samples, the generator"], ["D", "→", "the discriminator: blue where it says real; arrows where it sends samples"]])
    legend.append(make("b", { class: `ink-${cls}` }, mark), ` ${text}  `);
  const curvesKey = make("p", { class: "dim legend" }, "losses: ", make("b", { class: "ink-D" }, "—"), " discriminator  ", make("b", { class: "ink-G" }, "╌"), " generator");
  root.append(make("header", {}, make("h1", {}, "Two players, one plane"),
    make("p", {}, "The generator bends noise z into points, the discriminator says which points are data. Every gradient on this page is computed here by formulas derived by hand, the same as in gan_numpy.")),
    bar, app.live, make("div", { class: "columns" },
      make("div", {}, app.plane.canvas, shown, legend, app.figures, app.curves.canvas, curvesKey),
      make("div", {}, app.slowBox, section("Break it", app.breaking.element, true), section("Change it", app.controls.element, true),
        section("Own data", dataPanel(app), false), section("Keep it", filePanel(app), false),
        section("Keys", make("p", {}, "Space plays and stops; s a step, d of D alone, g of G alone, m slow motion, n its next layer, r starts anew. With the picture in focus and drawing on, arrows move a cross and Enter drops points."), false))));
  app.plane.canvas.addEventListener("pointerdown", (e) => app.drawing && (app.plane.canvas.setPointerCapture(e.pointerId), app.drop(app.plane.toPlane(e))));
  app.plane.canvas.addEventListener("pointermove", (e) => app.drawing && e.buttons && app.drop(app.plane.toPlane(e)));
  app.plane.canvas.addEventListener("pointerup", () => app.drawing && app.tryTo(() => app.useOwn()));
}
function section(title, content, open) {
  return make("details", { class: "panel", open: open && innerWidth > 760 }, make("summary", {}, make("h2", {}, title)), content);
}
function dataPanel(app) {
  const file = make("input", { type: "file", accept: ".csv,.txt,text/plain,text/csv", onchange: () => app.read(file, async (f) => app.takeOwn(readCSV(await f.text()))) });
  app.drawButton = button("Draw with the mouse", () => app.toggleDrawing(), { "aria-pressed": "false" });
  return make("div", {}, make("div", { class: "bar" }, app.drawButton, button("Clear", () => { app.own = []; app.drawing || app.toggleDrawing(); app.changed(); })),
    labeled("load points (CSV: x, y a line)", file, { class: "field wide" }), make("p", { class: "dim" }, "Own points live in the unit square; a file's are scaled into it. The last fifth is kept for tests, as gan-numpy does."));
}
function filePanel(app) {
  const file = make("input", { type: "file", accept: ".json,.npz", onchange: () => app.read(file, async (f) => app.load(f.name.endsWith(".npz") ? readRun(await f.arrayBuffer()) : JSON.parse(await f.text()))) });
  app.link = make("input", { readonly: true, onfocus: () => app.link.select() });
  return make("div", {}, labeled("this game's address", app.link, { class: "field wide" }),
    make("div", { class: "bar" }, button("Copy address", () => app.copy()), button("Save game", () => download("game.json", JSON.stringify(saveState(app.state, app.points))))),
    make("p", { class: "dim" }, "The terminal goes on from the same weights: ", make("code", {}, "gan-numpy train --recipe game.json")),
    labeled("open a game (.json) or a run's checkpoint.npz", file, { class: "field wide" }));
}
