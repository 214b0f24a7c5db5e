// What one can break on purpose: mistakes that `gan-numpy check` and `gan-numpy doctor`
// know from people's work. `flags` is what the engine is told; `when` says in which games
// the mistake makes a difference; `sign` is how it shows.

import { readLayers } from "./recipe.mjs";

const has = (kind) => (s) => [s.generator_layers, s.discriminator_layers].some((t) => readLayers(t).some((l) => l.kind === kind));
const curved = (s) => [s.generator_layers, s.discriminator_layers].some((t) => readLayers(t).some((l) => l.activation && l.activation !== "linear"));
const square = (s) => [[s.generator_layers, s.latent_size], [s.discriminator_layers, 2 * s.packing]].some(([text, width]) =>
  readLayers(text).some((l) => {
    const same = l.kind === "dense" && l.size === width;
    if (l.kind !== "dropout") width = l.size;
    return same;
  }));
const always = () => true;

export const FAULTS = [
  { name: "G_climbs", title: "the generator climbs its loss", when: always,
    sign: "G's loss rises and samples run away from where D points; the slopes differ by a factor of −1." },
  { name: "swapped", title: "D learns to call real examples generated", when: always,
    sign: "D(x) falls below D(G(z)): the heat map is dark where the samples are, not where the data are." },
  { name: "detached", title: "no gradient reaches the generator", when: always,
    sign: "D learns, no arrow has a length, the grid stands still; G's slopes by hand are all 0." },
  { name: "D_frozen", title: "the discriminator does not move", when: always,
    sign: "The heat map never changes, and samples run to its darkest place." },
  { name: "D_moved_too", title: "the generator's step moves the discriminator too", when: always,
    sign: "D is talked into believing the samples: a step of G alone changes the heat map." },
  { name: "same_batch", title: "every step gets the same examples", when: (s) => s.batch_size <= 200,
    sign: "Some data are never learned; D knows the same few points by heart." },
  { name: "same_noise", title: "the noise is drawn once and kept", when: always,
    sign: "A few points of the grid are pulled to the data; between them it does what it likes." },
  { name: "rate_high", title: "the learning rate is fifty times too high", flags: { rate: 50 }, when: always,
    sign: "Losses jump by whole units from step to step; the grid is thrown about, or the numbers end." },
  { name: "rate_low", title: "the learning rate is two hundred times too low", flags: { rate: 0.005 }, when: always,
    sign: "Everything goes the right way, and hardly goes." },
  { name: "no_slope", title: "backward forgets the slope of the activation", when: curved,
    sign: "Gradients point a little wrong; the slopes differ, most in the layers far from the loss." },
  { name: "untransposed", title: "dx = dy·W where dy·Wᵀ is right", when: square,
    sign: "With equal widths no shape complains: the arrows point anywhere, the slopes have nothing in common." },
  { name: "no_mask", title: "dropout's backward forgets the mask", when: has("dropout"),
    sign: "The gradient also goes through units that were dropped; slopes differ." },
  { name: "first_piece", title: "maxout sends its gradient to the first piece", when: has("maxout"),
    sign: "Only the first pieces learn; slopes differ where another piece had won." },
  { name: "no_bias_gradient", title: "biases get no gradient", when: always,
    sign: "The slopes of every b are 0 by hand; the networks can bend but not shift." },
  { name: "sum", title: "the gradient is a sum over the batch, not a mean", when: (s) => s.optimizer === "momentum",
    sign: "Every slope by hand is too large by the size of the batch. Adam would have hidden it." },
  { name: "no_correction", title: "Adam lacks its bias correction", when: (s) => s.optimizer === "adam",
    sign: "The first steps have a wrong size: it shows in the first twenty steps, and hardly later." },
  { name: "no_penalty", title: "the penalty is measured, but not added", when: (s) => s.penalty !== "none",
    sign: "The penalty grows without bound while the heat map gets as steep as a cliff." },
  { name: "no_clip", title: "the weights are not clipped", when: (s) => s.clip > 0,
    sign: "The critic's price grows without bound." },
];

export const flagsOf = (fault) => (fault ? fault.flags ?? { [fault.name]: true } : {});

export const possible = (settings) => FAULTS.filter((f) => f.when(settings));

// A round of the game: one fault is planted; which of four is it? Ten points, less 2 for
// each comparison of slopes and 3 for each wrong guess, but never below 0.
export class Round {
  constructor(settings, rng) {
    const pick = rng.permutation(possible(settings).length).slice(0, 4).map((i) => possible(settings)[i]);
    this.fault = pick[rng.integer(pick.length - 1)];
    this.options = pick;
    this.hints = 0;
    this.wrong = new Set();
    this.over = false;
  }
  get worth() {
    return Math.max(0, 10 - 2 * this.hints - 3 * this.wrong.size);
  }
  // Whether it is this one; then the round is over.
  guess(name) {
    this.over = name === this.fault.name;
    if (!this.over) this.wrong.add(name);
    return this.over;
  }
}
