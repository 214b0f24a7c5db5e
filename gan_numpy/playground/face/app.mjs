// The playground: everything put together.

import { Matrix } from "./arrays.mjs";
import { Breaking } from "./breaking.mjs";
import { Controls, LIVE } from "./controls.mjs";
import { Curves } from "./curves.mjs";
import { FEWEST, threeDigits, trainingPart } from "./data.mjs";
import { make, reducedMotion, short } from "./dom.mjs";
import { layOut } from "./layout.mjs";
import { Plane } from "./plane.mjs";
import { Generator } from "./random.mjs";
import { SETTINGS, checked } from "./recipe.mjs";
import { OWN, loadState, pointsOf } from "./saved.mjs";
import { fromAddress, toAddress } from "./share.mjs";
import { SlowMotion, stagesOf, told } from "./slow.mjs";
import { gradientOfG, moveGenerator, startState, stepOfD, train } from "./training.mjs";
import { figuresOf, modesOf, samplesOf, summaryOf } from "./watch.mjs";

const PAUSE = 900; // milliseconds of a stage in slow motion
const BUSY = 40; // milliseconds that the steps of a picture may take

export class App {
  // `alone`: whether the page is the playground's, with its address and its keys.
  constructor(root, { alone = true } = {}) {
    Object.assign(this, { alone, settings: { ...SETTINGS }, seed: 0, own: null, playing: false, speed: 60, slow: null, drawing: false, cursor: null, frames: 0, gone: new AbortController() });
    this.plane = new Plane();
    this.curves = new Curves();
    this.slowMotion = new SlowMotion();
    this.state = startState(this.settings, pointsOf(this.settings, null), this.seed);
    this.breaking = new Breaking(this);
    this.controls = new Controls((changes, seed) => this.tryTo(() => this.change(changes, seed)));
    layOut(this, root);
    this.keys(root);
    this.tryTo(() => this.open((alone && fromAddress(location.hash)) || {}));
    const { signal } = this.gone;
    if (alone) addEventListener("hashchange", () => this.tryTo(() => location.hash !== this.address && this.open(fromAddress(location.hash) ?? {})), { signal });
    addEventListener("resize", () => this.changed(), { signal });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.changed(), { signal });
  }

  // ---- what people do
  keys(root) {
    const acts = { " ": () => this.toggle(), s: () => this.once(() => this.iterate()), d: () => this.once(() => this.stepD()), g: () => this.once(() => this.stepG()),
      m: () => this.once(() => this.startSlow()), n: () => this.slow && this.nextStage(), r: () => this.restart(this.seed) };
    root.tabIndex = -1;
    document.addEventListener("keydown", (e) => {
      const inField = /^(INPUT|SELECT|TEXTAREA)$/.test(e.target.tagName) && e.target.type !== "checkbox";
      if (e.ctrlKey || e.metaKey || e.altKey || inField || !(root.contains(e.target) || (this.alone && e.target === document.body))) return;
      if (e.key === " " && /^(BUTTON|SUMMARY|INPUT)$/.test(e.target.tagName)) return;
      if (this.drawing && e.target === this.plane.canvas && this.moveCursor(e.key)) return e.preventDefault();
      if (!acts[e.key]) return;
      e.preventDefault();
      acts[e.key]();
    }, { signal: this.gone.signal });
  }
  moveCursor(key) {
    const [x, y] = (this.cursor ??= [0.5, 0.5]), way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[key];
    if (way) this.cursor = [x + 0.04 * way[0], y + 0.04 * way[1]].map((v) => Math.min(1, Math.max(0, v)));
    if (key === "Enter") {
      for (let i = 0; i < 5; i++) this.drop(this.cursor);
      this.tryTo(() => this.useOwn());
    }
    this.say(`cross at ${this.cursor.map(short).join(", ")}; ${this.own?.length ?? 0} points`);
    this.changed();
    return Boolean(way) || key === "Enter";
  }
  toggleDrawing() {
    this.drawing = !this.drawing;
    this.drawButton.setAttribute("aria-pressed", String(this.drawing));
    this.plane.canvas.classList.toggle("drawing", this.drawing);
    if (this.drawing) {
      this.stop();
      this.own ??= [];
      this.plane.look([0, 0], [1, 1]);
    } else this.cursor = null;
    this.say(this.drawing ? "draw into the picture: the unit square" : "drawing is off");
    this.changed();
  }
  // A few points around a place.
  drop([x, y]) {
    const rng = (this.brush ??= new Generator(Date.now()));
    for (let i = 0; i < 4; i++) this.own.push(threeDigits([x, y].map((v) => v + 0.012 * rng.normal())));
    this.changed();
  }
  useOwn() {
    if (this.own.length < FEWEST) return this.say(`${this.own.length} points: ${FEWEST - this.own.length} more to go`);
    this.change({ dataset: OWN }, this.seed);
    this.say(`${this.own.length} own points`);
  }
  takeOwn(points) {
    this.own = points;
    this.change({ dataset: OWN }, this.seed);
    this.say(`${points.length} points loaded`);
  }
  change(changes, seed = this.seed) {
    const next = checked({ ...this.settings, ...changes });
    if (next.dataset === OWN && (this.own?.length ?? 0) < FEWEST) {
      if (!this.drawing) this.toggleDrawing();
      this.controls.show(this.settings, this.seed);
      return;
    }
    const n = next.dataset === OWN ? trainingPart(this.own).rows : Infinity;
    if (next.batch_size * next.discriminator_steps > n) next.batch_size = Math.max(next.packing, Math.floor(n / next.discriminator_steps / next.packing) * next.packing);
    this.settings = next;
    if (seed === this.seed && Object.keys(changes).length && Object.keys(changes).every((key) => LIVE.includes(key))) {
      this.state.settings = next;
      this.settled();
    } else this.restart(seed);
  }
  restart(seed) {
    if (!Number.isSafeInteger(seed) || seed < 0) throw new Error(`seed = ${seed}: expected a whole number`);
    this.take(startState(this.settings, pointsOf(this.settings, this.own), seed));
    this.say(`started anew from seed ${seed}`);
  }
  open({ settings = {}, seed = 0, points = null }) {
    this.own = points ?? this.own;
    this.settings = checked(settings);
    this.restart(seed);
    this.say("ready: press Play");
  }
  load(saved) {
    const state = loadState(saved);
    this.own = saved.points ?? this.own;
    this.settings = state.settings;
    this.take(state);
    this.say(`opened a game at step ${state.step}`);
  }
  take(state) {
    this.endSlow(false);
    this.state = state;
    this.seed = state.seed;
    this.points = this.settings.dataset === OWN ? [...this.own] : null; // of this game
    state.faults = this.breaking.flags;
    this.curves.clear();
    this.last = null;
    if (!this.drawing) this.plane.fit(state.data);
    this.settled();
  }
  settled() {
    this.address = toAddress(this.settings, this.seed, this.points);
    const own = this.alone && location.protocol !== "about:"; // else it is a notebook's
    if (own) history.replaceState(null, "", this.address);
    this.link.value = own ? location.href : this.address;
    this.controls.show(this.settings, this.seed);
    this.breaking.show();
    this.changed();
  }
  async copy() {
    try {
      await navigator.clipboard.writeText(this.link.value);
      this.say("address copied");
    } catch {
      this.link.select();
      this.say("copy the marked address");
    }
  }
  read(input, act) {
    const [file] = input.files;
    if (file) act(file).catch((error) => this.say(`${file.name}: ${error.message}`)).finally(() => (input.value = ""));
  }
  // Nothing goes on when the place is gone.
  leave() {
    this.stop();
    this.endSlow(false);
    this.gone.abort();
  }
  say(text) {
    this.live.textContent = text;
  }
  tryTo(act) {
    try {
      act();
    } catch (error) {
      this.stop();
      this.say(error.message);
      this.controls.show(this.settings, this.seed);
    }
  }

  // ---- training
  toggle() {
    if (this.playing) {
      this.stop();
      this.paint();
      return this.say(this.summary());
    }
    if (this.drawing) this.toggleDrawing();
    this.endSlow();
    this.playing = true;
    this.playButton.textContent = "Stop";
    this.say("playing");
    this.clock = { at: performance.now(), steps: 0 };
    this.before = performance.now();
    this.due = 1;
    requestAnimationFrame(() => this.frame());
  }
  stop() {
    this.playing = false;
    this.playButton.textContent = "Play";
  }
  // As many steps as are due since the last picture, as far as there is time.
  frame() {
    if (!this.playing) return;
    const start = performance.now();
    this.due = Math.min((this.due ?? 0) + (this.speed * Math.min(start - this.before, 250)) / 1000, 1e6);
    this.before = start;
    this.tryTo(() => {
      while (this.due >= 1 && performance.now() - start < BUSY) {
        this.iterate();
        this.due -= 1;
      }
      this.due = Math.min(this.due, 1);
      this.frames += 1;
      this.paint(this.frames % 4 !== 0);
    });
    requestAnimationFrame(() => this.frame());
  }
  iterate() {
    const { D_step, G_step } = train(this.state);
    this.last = { ...this.last, D: D_step, G: G_step };
    this.curves.add(this.state.step, D_step.loss, G_step.loss);
    if (this.clock) this.clock.steps += 1;
  }
  once(act) {
    this.stop();
    this.endSlow();
    this.tryTo(() => {
      act();
      this.paint();
      if (!this.slow) this.say(this.summary());
    });
  }
  stepD() {
    this.last = { ...this.last, D: stepOfD(this.state) };
  }
  stepG() {
    const G = gradientOfG(this.state);
    moveGenerator(this.state, G);
    this.state.step += 1;
    this.last = { ...this.last, G };
  }

  // ---- slow motion
  startSlow() {
    const step = gradientOfG(this.state);
    this.slow = { step, stages: stagesOf(step, this.state), at: -1, timer: null };
    this.slowMotion.start(this.state, step.gPass.input);
    this.slowBox.hidden = this.slowBar.hidden = false;
    this.nextStage();
    if (!reducedMotion()) this.toggleSlow();
    this.slowBox.scrollIntoView({ block: "nearest" });
  }
  nextStage() {
    const { slow } = this;
    slow.at += 1;
    if (slow.at >= slow.stages.length) return this.endSlow();
    const stage = slow.stages[slow.at];
    if (stage.player === "move") {
      moveGenerator(this.state, slow.step);
      this.state.step += 1;
      this.last = { ...this.last, G: slow.step };
    }
    this.slowMotion.show(stage);
    this.say(told(stage));
    this.changed();
    if (slow.at === slow.stages.length - 1) this.pauseSlow();
  }
  toggleSlow() {
    if (this.slow.timer) return this.pauseSlow();
    this.runSlow.textContent = "Pause";
    this.slow.timer = setInterval(() => this.nextStage(), PAUSE);
  }
  pauseSlow() {
    clearInterval(this.slow.timer);
    this.slow.timer = null;
    this.runSlow.textContent = "Run";
  }
  // The step is finished unless the game is another one by now.
  endSlow(finish = true) {
    if (!this.slow) return;
    this.pauseSlow();
    while (finish && this.slow.at < this.slow.stages.length - 1) this.nextStage();
    this.slow = null;
    this.slowBox.hidden = true;
    this.changed();
  }

  // ---- pictures
  changed() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.tryTo(() => this.paint());
    });
  }
  // `quick`: the map and the figures stay as they are, for a picture or two.
  paint(quick = false) {
    const { x, pull } = samplesOf(this.state);
    const data = this.drawing && this.own ? new Matrix(this.own.length, 2, Float64Array.from(this.own.flat())) : this.state.data;
    this.plane.draw({ state: this.state, data, samples: x, pull, cursor: this.cursor, one: this.one(), quick });
    if (quick) return;
    this.modes = modesOf(this.settings, x, this.plane.half);
    this.plane.canvas.setAttribute("aria-label", `The plane. ${this.summary()}`);
    this.curves.draw();
    this.showFigures();
  }
  summary() {
    return summaryOf(this.state, this.last ?? {}, this.modes);
  }
  showFigures() {
    const now = performance.now(), since = this.clock ? now - this.clock.at : 0;
    if (this.playing && since > 400) this.rate = Math.round((1000 * this.clock.steps) / since);
    if (since > 3000) this.clock = { at: now, steps: 0 };
    const rows = figuresOf(this.state, this.last ?? {}, this.modes, this.plane.range, this.rate);
    this.figures.replaceChildren(...rows.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, String(value)))));
  }
  // The example that slow motion follows, and its gradient once it has come down to it.
  one() {
    if (!this.slow) return null;
    const { stages, at, step } = this.slow, stage = stages[at], reachedX = stage.way === "backward" && (stage.player === "G" || stage === stages.filter((t) => t.player === "D" && t.way === "backward").pop());
    return { x: step.gPass.y.row(0), pull: reachedX || stage.player === "move" ? step.dBack.dx.row(0) : null };
  }
}

export function mount(root, options) {
  root.classList.add("gan-playground");
  return new App(root, options);
}
