// The form of a game's numbers.

import { FEWEST } from "./data.mjs";
import { ACTIVATIONS } from "./layers.mjs";
import { CHOICES, readLayers, writeLayers } from "./recipe.mjs";
import { OWN } from "./saved.mjs";
import { button, choice, labeled, make, number } from "./dom.mjs";

// Changing these goes on with the same weights; anything else starts anew.
export const LIVE = ["learning_rate", "discriminator_steps", "discriminator_weight", "penalty_weight", "clip", "momentum", "momentum_final", "beta1", "beta2", "rms_decay"];

const none = { penalty: "none", clip: 0 };
const adam = { optimizer: "adam", learning_rate: 0.002 };
// Losses as people name them, each with what keeps its discriminator in bounds.
export const LOSS_NAMES = {
  "non-saturating": { objective: "non_saturating", ...none },
  "non-saturating with R1": { objective: "non_saturating", penalty: "r1", penalty_weight: 0.1, clip: 0, ...adam },
  minimax: { objective: "minimax", ...none },
  "least squares": { objective: "least_squares", ...none },
  "least squares, −1, 1, 0": { objective: "pearson", ...none },
  "Wasserstein, clipped": { objective: "wasserstein", penalty: "none", clip: 0.1, optimizer: "rmsprop", learning_rate: 0.001 },
  "Wasserstein with gradient penalty": { objective: "wasserstein", penalty: "gradient_penalty", penalty_weight: 1, clip: 0, ...adam },
  hinge: { objective: "hinge", ...none },
  "relativistic with R1 and R2": { objective: "relativistic", penalty: "r1_r2", penalty_weight: 0.1, clip: 0, ...adam },
};

const lossName = (s) =>
  Object.entries(LOSS_NAMES).find(([, p]) => p.objective === s.objective && p.penalty === s.penalty && (p.clip > 0) === (s.clip > 0))?.[0] ?? "as below";

const pairs = (values) => values.map((v) => [v, v.replaceAll("_", " ")]);

export class Controls {
  // `change` is told what somebody changed.
  constructor(change) {
    this.change = change;
    this.element = make("div", { class: "controls" });
  }
  show(s, seed) {
    const set = (key) => (value) => this.change({ [key]: value });
    const num = (key, text, attributes) => labeled(text, number(s[key], set(key), attributes));
    const pick = (key, text, options = pairs(CHOICES[key])) => labeled(text, choice(options, s[key], set(key)));
    const name = lossName(s), losses = pairs(Object.keys(LOSS_NAMES));
    if (name === "as below") losses.push([name, name]);
    this.element.replaceChildren(
      make("fieldset", {}, make("legend", {}, "The game"),
        pick("dataset", "data", [["ring", "ring of 8"], ["grid", "grid of 25"], ["moons", "two moons"], [OWN, "own points"]]),
        labeled("loss", choice(losses, name, (v) => LOSS_NAMES[v] && this.change(LOSS_NAMES[v])), { class: "field two" }),
        num("discriminator_steps", "k, steps of D for one of G", { min: 1, max: 50, step: 1 }),
        pick("optimizer", "optimizer"), num("learning_rate", "learning rate", { min: 0 }),
        num("batch_size", "batch", { min: 2, step: 1 }), num("packing", "packing", { min: 1, max: 10, step: 1 }),
        labeled("seed", number(seed, (v) => this.change({}, v), { min: 0, step: 1 }))),
      this.layers(s, "generator_layers", "Generator's layers", "player-G"),
      this.layers(s, "discriminator_layers", "Discriminator's layers", "player-D"),
      make("details", {}, make("summary", {}, "more numbers"), make("div", { class: "fields" },
        pick("objective", "loss function"), pick("penalty", "penalty", [["none", "none"], ["r1", "R1"], ["r1_r2", "R1 and R2"], ["gradient_penalty", "gradient penalty"]]),
        num("penalty_weight", "weight of the penalty", { min: 0 }), num("clip", "clip D's weights at (0: not)", { min: 0 }),
        num("discriminator_weight", "weight of D's loss", { min: 0 }), pick("update", "order of moves"),
        pick("latent", "noise z"), num("latent_size", "dimensions of z", { min: 1, max: 16, step: 1 }),
        ...(s.optimizer === "momentum" ? [labeled("momentum", number(s.momentum_final, (v) => this.change({ momentum: v, momentum_final: v }), { min: 0, max: 0.999 }))] : []),
        ...(s.optimizer === "adam" ? [num("beta1", "β₁", { min: 0, max: 0.9999 }), num("beta2", "β₂", { min: 0, max: 0.9999 })] : []),
        ...(s.optimizer === "rmsprop" ? [num("rms_decay", "ρ", { min: 0, max: 0.9999 })] : []),
        num("init_std", "weights start with σ (0: He's)", { min: 0 }))),
      make("p", { class: "dim" }, `Learning rate, k, weights of loss and penalty act at once; anything else starts anew from the seed. SGD is momentum of 0. Own data need ${FEWEST} points or more.`));
  }
  layers(s, key, title, cls) {
    const layers = readLayers(s[key]), tell = () => this.change({ [key]: writeLayers(layers) });
    const change = (i, part) => {
      const old = layers[i];
      layers[i] = { ...old, ...part };
      if (part.kind === "dense") layers[i] = { kind: "dense", size: old.size > 1 ? old.size : 32, activation: "leaky_relu", norm: false };
      if (part.kind === "maxout") layers[i] = { kind: "maxout", size: old.size > 1 ? old.size : 16, pieces: 3 };
      if (part.kind === "dropout") layers[i] = { kind: "dropout", size: 0.8 };
      tell();
    };
    const rows = layers.map((l, i) => {
      const who = `${title}, layer ${i + 1}`, aria = (what) => ({ "aria-label": `${who}: ${what}` });
      const kind = choice(pairs(["dense", "maxout", "dropout"]), l.kind, (v) => change(i, { kind: v }));
      kind.setAttribute("aria-label", `${who}: kind`);
      const size = number(l.size, (v) => change(i, { size: v }), { ...aria(l.kind === "dropout" ? "share that is kept" : "width"), min: 0, max: 512 });
      const rest = [];
      if (l.kind === "dense") {
        const after = choice(pairs(["linear", ...Object.keys(ACTIVATIONS)]), l.activation, (v) => change(i, { activation: v }));
        after.setAttribute("aria-label", `${who}: activation`);
        rest.push(after);
      }
      if (l.kind === "maxout") rest.push(number(l.pieces, (v) => change(i, { pieces: v }), { ...aria("pieces"), min: 1, max: 20, step: 1 }));
      const remove = button("×", () => { layers.splice(i, 1); tell(); }, { ...aria("remove"), disabled: layers.length === 1 });
      return make("div", { class: "layer" }, kind, size, ...rest, remove);
    });
    const add = button("+ layer", () => { layers.push({ kind: "dense", size: 32, activation: "leaky_relu", norm: false }); tell(); }, { "aria-label": `${title}: add a layer` });
    return make("fieldset", { class: cls }, make("legend", {}, title), ...rows, add);
  }
}
