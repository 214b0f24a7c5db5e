// The numbers of a game, under the names they have in `gan-numpy train --set`, and the
// networks that they make.

import { Matrix } from "./arrays.mjs";
import { ACTIVATIONS, BatchNorm, Dense, Dropout, Maxout, Pack } from "./layers.mjs";
import { LOSSES } from "./losses.mjs";
import { Network } from "./network.mjs";
import { PENALTIES } from "./penalties.mjs";

// As the recipe `playground` has them.
export const SETTINGS = {
  dataset: "ring",
  latent: "uniform",
  latent_size: 2,
  objective: "non_saturating",
  update: "alternating",
  discriminator_steps: 1,
  discriminator_weight: 1,
  penalty: "r1",
  penalty_weight: 0.1,
  batch_size: 100,
  epochs: 100,
  optimizer: "adam",
  learning_rate: 0.002,
  learning_rate_factor: 1,
  learning_rate_floor: 0.000001,
  momentum: 0.5,
  momentum_final: 0.5,
  momentum_saturate: 1,
  beta1: 0.5,
  beta2: 0.99,
  rms_decay: 0.99,
  clip: 0,
  packing: 1,
  init_std: 0,
  generator_layers: "dense 32 leaky_relu, dense 32 leaky_relu",
  discriminator_layers: "dense 32 leaky_relu, dense 32 leaky_relu",
};

export const CHOICES = {
  latent: ["uniform", "normal"],
  objective: Object.keys(LOSSES),
  update: ["alternating", "simultaneous"],
  penalty: Object.keys(PENALTIES),
  optimizer: ["momentum", "adam", "rmsprop"],
};

const WHOLE = { latent_size: [1, 16], discriminator_steps: [1, 50], batch_size: [2, 1000], epochs: [1, 1e6],
  packing: [1, 10], momentum_saturate: [1, 1e6] };
const SHARES = ["momentum", "momentum_final", "beta1", "beta2", "rms_decay"];

const refuse = (key, value, expected) => {
  throw new Error(`${key} = ${value}: expected ${expected}`);
};

// The settings with what is given put in their place; an error names what does not fit.
export function checked(given) {
  const s = { ...SETTINGS };
  for (const key of Object.keys(SETTINGS)) {
    if (given[key] === undefined) continue;
    const number = typeof SETTINGS[key] === "number";
    const value = number ? Number(given[key]) : String(given[key]);
    if (number && !Number.isFinite(value)) refuse(key, given[key], "a number");
    if (CHOICES[key] && !CHOICES[key].includes(value)) refuse(key, value, `one of ${CHOICES[key].join(", ")}`);
    s[key] = value;
  }
  for (const [key, [low, high]] of Object.entries(WHOLE))
    if (!Number.isInteger(s[key]) || s[key] < low || s[key] > high) refuse(key, s[key], `a whole number, ${low} to ${high}`);
  for (const key of SHARES) if (s[key] < 0 || s[key] >= 1) refuse(key, s[key], "0 or more, and less than 1");
  for (const key of ["learning_rate", "discriminator_weight"]) if (s[key] <= 0) refuse(key, s[key], "more than 0");
  for (const key of ["clip", "init_std", "penalty_weight"]) if (s[key] < 0) refuse(key, s[key], "0 or more");
  if (s.learning_rate_factor < 1) refuse("learning_rate_factor", s.learning_rate_factor, "1 or more");
  if (s.penalty !== "none" && s.penalty_weight === 0) refuse("penalty_weight", 0, "more than 0 with a penalty");
  if (s.penalty !== "none" && s.packing > 1) refuse("packing", s.packing, "1 with a penalty, which is of single examples");
  if (s.batch_size % s.packing) refuse("packing", s.packing, `a divisor of batch_size = ${s.batch_size}`);
  if (s.update === "simultaneous" && s.discriminator_steps > 1) refuse("discriminator_steps", s.discriminator_steps, "1 with update = simultaneous");
  readLayers(s.generator_layers, "generator_layers");
  const D = readLayers(s.discriminator_layers, "discriminator_layers");
  if (s.penalty !== "none" && D.some((l) => l.norm)) refuse("discriminator_layers", s.discriminator_layers, "no batchnorm with a penalty");
  return s;
}

// "dense 32 leaky_relu, dropout 0.5, maxout 16 3" as a list of layers.
export function readLayers(text, key = "layers") {
  return text.split(",").map((part) => {
    const [kind, ...words] = part.trim().split(/\s+/), size = Number(words[0]);
    const whole = Number.isInteger(size) && size >= 1 && size <= 512;
    if (kind === "dense" && whole) {
      const norm = words[1] === "batchnorm", rest = words.slice(norm ? 2 : 1), activation = rest[0] ?? "linear";
      if (rest.length < 2 && (activation === "linear" || ACTIVATIONS[activation])) return { kind, size, norm, activation };
    }
    if (kind === "maxout" && whole && words.length === 2) {
      const pieces = Number(words[1]);
      if (Number.isInteger(pieces) && pieces >= 1 && pieces <= 20) return { kind, size, pieces };
    }
    if (kind === "dropout" && words.length === 1 && size > 0 && size <= 1) return { kind, size };
    return refuse(key, part.trim() || "nothing", "dense WIDTH [batchnorm] [relu, leaky_relu, tanh or sigmoid], maxout UNITS PIECES, or dropout KEEP, with commas between");
  });
}

export const writeLayers = (layers) =>
  layers.map((l) => {
    if (l.kind === "maxout") return `maxout ${l.size} ${l.pieces}`;
    if (l.kind === "dropout") return `dropout ${l.size}`;
    return `dense ${l.size}${l.norm ? " batchnorm" : ""}${l.activation === "linear" ? "" : ` ${l.activation}`}`;
  }).join(", ");

// W ~ N(0, std^2); std = sqrt(2 / n_in) (He et al., arXiv:1502.01852, eq. 10) if it is 0
const drawing = (std, rng) => (rows, cols) =>
  new Matrix(rows, cols, rng.normals(rows * cols, std || Math.sqrt(2 / rows)));

function chain(text, width, out, draw, first = []) {
  const pairs = [...first];
  readLayers(text).forEach((l, i) => {
    if (l.kind === "dropout") return pairs.push([`h${i}`, new Dropout(l.size)]);
    if (l.kind === "maxout") pairs.push([`h${i}`, new Maxout(width, l.size, l.pieces, draw)]);
    else {
      pairs.push([`h${i}`, new Dense(width, l.size, draw)]);
      if (l.norm) pairs.push([`h${i}_norm`, new BatchNorm(l.size)]);
      if (l.activation !== "linear") pairs.push([`h${i}_${l.activation}`, ACTIVATIONS[l.activation]()]);
    }
    width = l.size;
  });
  pairs.push(["y", new Dense(width, out, draw)]);
  return new Network(pairs);
}

// G: z -> x, D: x (or a pack of them) -> a
export function buildNetworks(s, rng) {
  const draw = drawing(s.init_std, rng), pack = s.packing > 1 ? [["pack", new Pack(s.packing)]] : [];
  const G = chain(s.generator_layers, s.latent_size, 2, draw);
  const D = chain(s.discriminator_layers, 2 * s.packing, 1, draw, pack);
  return { G, D };
}
