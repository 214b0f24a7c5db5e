// A step of the generator in slow motion: forward through G and D, then the gradient down
// through D into G, layer by layer with its numbers.

import { length } from "./arrays.mjs";
import { make, short } from "./dom.mjs";

const SHOWN = 5;

// The stages of a step, from what `generatorStep` kept.
export function stagesOf(step, { G, D }) {
  const forward = (player, network, pass) => [...network.layers].map(([name, layer]) => ({
    player, name, way: "forward", equation: layer.equations[0], values: pass.outputs.get(name), title: layer.title }));
  const backward = (player, network, back) => {
    const names = [...network.layers.keys()];
    return [...network.layers].reverse().map(([name, layer]) => {
      const below = names[names.indexOf(name) - 1];
      return { player, name, way: "backward", equation: layer.equations[1], title: layer.title,
        values: below ? back.received.get(below) : back.dx, dW: back.grads[`${name}.W`] ?? null };
    });
  };
  return [
    ...forward("G", G, step.gPass),
    ...forward("D", D, step.dPass),
    { player: "loss", name: "loss", way: "backward", equation: `L_G = ${short(step.loss)};  ∂L/∂a`, title: "the generator's loss", values: step.d_logits },
    ...backward("D", D, step.dBack),
    ...backward("G", G, step.gBack),
    { player: "move", name: "move", title: "the weights of G move", equation: "θ ← θ − step", values: null },
  ];
}

const row0 = (m) => Array.from(m.row(0));
const sizeOf = (m) => length(m.data) / Math.sqrt(m.rows);

export function told(stage) {
  if (stage.player === "move") return "The weights of G move; D stands still.";
  const what = stage.way === "forward" ? "forward" : "gradient";
  const who = stage.player === "loss" ? "" : `${stage.player}, ${stage.name}, `;
  return `${who}${stage.title}, ${what}: ${stage.equation}; mean length ${short(sizeOf(stage.values))}`;
}

export class SlowMotion {
  constructor() {
    this.body = make("tbody");
    this.element = make("div", { class: "scrolls" }, make("table", { class: "layers" },
      make("caption", {}, "One example on its way, in the order of the computation: first numbers of each layer, and in brackets the mean length over the batch. Down: forward. Up: the gradient."),
      make("thead", {}, make("tr", {}, ...["layer", "forward ↓", "gradient ↑"].map((t) => make("th", { scope: "col" }, t)))), this.body));
  }
  // Rows for both networks, z at the top.
  start(state, z) {
    this.rows = new Map();
    this.body.replaceChildren();
    const add = (key, player, title, first = "") => {
      const cells = [make("td", { class: "num" }, first), make("td", { class: "num" })];
      const row = make("tr", { class: `player-${player}` }, make("th", { scope: "row" }, title), ...cells);
      this.rows.set(key, { row, cells });
      this.body.append(row);
    };
    add("z", "G", "z", numbersOf(z));
    for (const [name, layer] of state.G.layers) add(`G.${name}`, "G", `G ${name}: ${layer.title}`);
    for (const [name, layer] of state.D.layers) add(`D.${name}`, "D", `D ${name}: ${layer.title}`);
    add("loss.loss", "loss", "the generator's loss");
    add("move.move", "G", "the weights of G move");
  }
  show(stage) {
    for (const { row } of this.rows.values()) row.classList.remove("here");
    const found = this.rows.get(`${stage.player}.${stage.name}`);
    found.row.classList.add("here");
    const cell = found.cells[stage.way === "forward" ? 0 : 1];
    if (stage.values) {
      cell.textContent = numbersOf(stage.values) + (stage.dW ? `; ‖dW‖ = ${short(length(stage.dW.data))}` : "");
      cell.append(make("div", { class: "dim" }, stage.equation));
    } else found.cells[0].textContent = "done";
    const box = this.element, top = found.row.offsetTop;
    if (top < box.scrollTop || top > box.scrollTop + box.clientHeight - 60) box.scrollTop = top - 60;
  }
}

function numbersOf(m) {
  const values = row0(m), more = values.length > SHOWN ? " …" : "";
  return `${values.slice(0, SHOWN).map(short).join("  ")}${more}  [${short(sizeOf(m))}]`;
}
