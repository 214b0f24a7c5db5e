// A game as JSON: the recipe's numbers, the seed, the points if they are own, and all that
// training changes, under the names of a checkpoint. `gan-numpy train --recipe FILE` reads
// it, and so does this page.

import { Matrix } from "./arrays.mjs";
import { FEWEST, toyPoints, trainingPart } from "./data.mjs";
import { Generator } from "./random.mjs";
import { checked } from "./recipe.mjs";
import { startState } from "./training.mjs";

export const FORMAT = "gan_numpy playground 1";
export const OWN = "own";

const numbers = (m) => Array.from(m.data ?? [m]);
const optimizer = (state) => Object.fromEntries(Object.entries(state).map(([name, v]) => [name, numbers(v)]));
const GROUPS = {
  generator: (s) => s.G.params,
  discriminator: (s) => s.D.params,
  generator_statistics: (s) => s.G.buffers,
  discriminator_statistics: (s) => s.D.buffers,
};

export function saveState(state, points = null) {
  const arrays = {};
  for (const [group, of] of Object.entries(GROUPS))
    for (const [name, value] of Object.entries(of(state))) arrays[`${group}/${name}`] = numbers(value);
  for (const [group, own] of [["generator_optimizer", state.G_optimizer], ["discriminator_optimizer", state.D_optimizer]])
    for (const [name, value] of Object.entries(optimizer(own))) arrays[`${group}/${name}`] = value;
  return {
    format: FORMAT, recipe: "playground", settings: state.settings, seed: state.seed, points,
    step: state.step, epoch: state.epoch, batch: state.batch, rng: state.rng.save(),
    order: state.order ?? [], sums: state.sums, arrays,
  };
}

export function pointsOf(settings, points) {
  if (settings.dataset !== OWN) return toyPoints(settings.dataset);
  const inside = (p) => Array.isArray(p) && p.length === 2 && p.every((v) => v >= 0 && v <= 1);
  if (!Array.isArray(points) || points.length < FEWEST || !points.every(inside))
    throw new Error(`own data are ${FEWEST} points or more in the unit square`);
  return trainingPart(points);
}

const refuse = (what) => {
  throw new Error(`this file is no game of the playground: ${what}`);
};

export function loadState(saved) {
  if (saved?.format !== FORMAT) refuse(`its format is ${String(saved?.format).slice(0, 40)}, expected ${FORMAT}`);
  const settings = checked(saved.settings ?? {});
  const state = startState(settings, pointsOf(settings, saved.points), saved.seed ?? 0);
  if (!saved.arrays) return state; // the address of a game says how it starts
  const fill = (name, target) => {
    const given = saved.arrays[name];
    if (!Array.isArray(given) || given.length !== target.length || !given.every(Number.isFinite))
      refuse(`${name} is not ${target.length} numbers`);
    target.set(given);
  };
  for (const [group, of] of Object.entries(GROUPS))
    for (const [name, value] of Object.entries(of(state))) fill(`${group}/${name}`, value.data);
  for (const [group, own] of [["generator_optimizer", state.G_optimizer], ["discriminator_optimizer", state.D_optimizer]])
    for (const [name, value] of Object.entries(own)) {
      if (value instanceof Matrix) fill(`${group}/${name}`, value.data);
      else own[name] = Number(saved.arrays[`${group}/${name}`]?.[0] ?? refuse(`${group}/${name} is missing`));
    }
  for (const key of ["step", "epoch", "batch"]) {
    if (!Number.isInteger(saved[key]) || saved[key] < 0) refuse(`${key} is ${saved[key]}`);
    state[key] = saved[key];
  }
  const order = saved.order ?? [], n = state.data.rows;
  if (order.length && (order.length !== n || new Set(order).size !== n || order.some((i) => !(i >= 0 && i < n)))) refuse("order is no order of its points");
  state.order = order.length ? order : null;
  state.sums = { ...saved.sums };
  if (saved.rng) state.rng = Generator.load(saved.rng);
  return state;
}
