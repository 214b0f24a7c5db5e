// Break it on purpose, or guess what somebody broke.

import { FAULTS, Round, flagsOf, possible } from "./faults.mjs";
import { Generator } from "./random.mjs";
import { compareSlope } from "./training.mjs";
import { button, choice, labeled, make, short } from "./dom.mjs";

export class Breaking {
  // `app` has state, settings, restart(seed), say(text).
  constructor(app) {
    this.app = app;
    this.score = 0;
    this.rounds = 0;
    this.round = null;
    this.table = make("div", { class: "scrolls" });
    this.panel = make("div");
    this.element = make("div");
    this.show();
  }
  get hidden() {
    return this.round !== null && !this.round.over;
  }
  get flags() {
    return flagsOf(this.hidden ? this.round.fault : this.fault);
  }
  show() {
    const { app, hidden } = this;
    const options = [["", hidden ? "a fault is planted" : "nothing is broken"], ...possible(app.settings).map((f) => [f.name, f.title])];
    if (this.fault && !possible(app.settings).includes(this.fault)) this.fault = null;
    const pick = choice(options, this.fault?.name ?? "", (name) => this.breakIt(name));
    pick.disabled = hidden;
    this.element.replaceChildren(
      labeled("break", pick, { class: "field wide" }), this.panel, make("div", { class: "bar" },
        button("Guess a fault", () => this.begin()),
        button("Compare slopes", () => this.compare(), { title: "the gradient by hand beside differences of the loss" }),
        make("span", { class: "score" }, `score ${this.score} in ${this.rounds} rounds`)), this.table);
  }
  breakIt(name) {
    this.round = null;
    this.fault = FAULTS.find((f) => f.name === name) ?? null;
    this.app.state.faults = this.flags;
    this.panel.replaceChildren(...(this.fault ? [make("p", {}, this.fault.sign)] : []));
    this.table.replaceChildren();
    this.app.say(this.fault ? `broken: ${this.fault.title}` : "nothing is broken");
    this.app.changed();
  }
  begin() {
    const rng = new Generator(Date.now());
    this.fault = null;
    this.round = new Round(this.app.settings, rng);
    this.table.replaceChildren();
    this.app.restart(rng.integer(9999));
    this.ask("One fault is planted. Play, step, compare: which one is it?");
  }
  ask(text) {
    const { round } = this, list = make("div", { class: "options", role: "group", "aria-label": "which fault is it?" });
    for (const f of round.options)
      list.append(button(f.title, () => this.guess(f), { disabled: round.over || round.wrong.has(f.name) }));
    this.panel.replaceChildren(make("p", {}, text), list, make("p", { class: "dim" }, round.over ? "" : `worth ${round.worth} points; a comparison of slopes costs 2, a wrong guess 3`));
    this.show();
    this.app.say(text);
  }
  guess(fault) {
    const { round } = this;
    if (!round.guess(fault.name)) return this.ask(`Not “${fault.title}”.`);
    this.score += round.worth;
    this.rounds += 1;
    this.fault = fault; // it stays, to be looked at, until somebody mends it
    this.ask(`Yes: ${fault.title}, ${round.worth} points. ${fault.sign}`);
  }
  compare() {
    if (this.hidden) {
      this.round.hints += 1;
      this.ask("One fault is planted. Play, step, compare: which one is it?");
    }
    const rows = compareSlope(this.app.state);
    const wrong = (r) => Math.abs(r.hand - r.numeric) > 1e-3 * Math.max(Math.abs(r.hand), Math.abs(r.numeric)) + 1e-7;
    const body = rows.map((r) => make("tr", wrong(r) ? { class: "wrong" } : {}, make("th", { scope: "row" }, r.name),
      make("td", { class: "num" }, short(r.hand)), make("td", { class: "num" }, short(r.numeric)), make("td", {}, wrong(r) ? "differs" : "agrees")));
    this.table.replaceChildren(make("table", {}, make("caption", {}, "Some weights of G: what its step follows, and the slope of its loss by differences"),
      make("thead", {}, make("tr", {}, ...["weight", "step's slope", "difference", ""].map((t) => make("th", { scope: "col" }, t)))), make("tbody", {}, ...body)));
    this.app.say(`${rows.filter(wrong).length} of ${rows.length} slopes differ`);
  }
}
