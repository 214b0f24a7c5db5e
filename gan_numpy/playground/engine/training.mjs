// Algorithm 1 of Goodfellow et al. 2014: k steps of the discriminator, one of the
// generator. A step computes a gradient; `move...` lets it move the weights.

import { Matrix, allFinite, mean, rowsOf, scaled, stack, take, zerosLike } from "./arrays.mjs";
import { LOSSES } from "./losses.mjs";
import { addGrads } from "./network.mjs";
import { startOptimizer, update } from "./optimizers.mjs";
import { PENALTIES, clipWeights } from "./penalties.mjs";
import { Generator } from "./random.mjs";
import { buildNetworks } from "./recipe.mjs";

// Everything that a step changes.
export function startState(settings, data, seed) {
  const needed = settings.batch_size * settings.discriminator_steps;
  if (needed > data.rows)
    throw new Error(`a step takes ${needed} training points (batch_size times discriminator_steps), there are ${data.rows}`);
  const { G, D } = buildNetworks(settings, new Generator(seed, [0]));
  if (settings.clip > 0) clipWeights(D.params, settings.clip);
  return {
    settings, data, seed, G, D,
    G_optimizer: startOptimizer(settings.optimizer, G.params),
    D_optimizer: startOptimizer(settings.optimizer, D.params),
    rng: new Generator(seed, [1]),
    order: null, step: 0, epoch: 0, batch: 0, sums: {}, faults: {},
  };
}

// z of mean 0 and variance 1
export function sampleLatent(s, n, rng) {
  const size = n * s.latent_size, r = Math.sqrt(3);
  return new Matrix(n, s.latent_size, s.latent === "normal" ? rng.normals(size) : rng.uniforms(size, -r, r));
}

function latent(state) {
  const z = sampleLatent(state.settings, state.settings.batch_size, state.rng);
  if (!state.faults.same_noise) return z;
  return (state.kept_noise ??= z);
}

const batchesPerEpoch = ({ settings: s, data }) =>
  Math.floor(data.rows / (s.batch_size * s.discriminator_steps)) * s.discriminator_steps;

// The next examples: all of them in a new order each epoch.
export function nextBatch(state) {
  const m = state.settings.batch_size;
  endEpoch(state);
  if (state.batch === 0 || !state.order) {
    state.order = state.rng.permutation(state.data.rows);
    state.sums = {};
  }
  const at = state.faults.same_batch ? 0 : state.batch * m;
  state.batch += 1;
  return (state.last_batch = take(state.data, state.order.slice(at, at + m)));
}

function endEpoch(state) {
  if (state.batch < batchesPerEpoch(state)) return;
  state.batch = 0;
  state.epoch += 1;
}

// The discriminator's gradient from its forward passes on real and generated examples.
function crossBack(state, loss, real, fake) {
  const { D, settings: s, faults } = state;
  let { loss: value, d_real, d_fake } = loss.discriminator(real.y, fake.y);
  if (faults.swapped) ({ loss: value, d_real: d_fake, d_fake: d_real } = loss.discriminator(fake.y, real.y));
  const factor = s.discriminator_weight * (faults.sum ? d_real.rows : 1);
  return { value, d_real: scaled(d_real, factor), d_fake: scaled(d_fake, factor), D };
}

// dL_D / dtheta_D; the generator is only run forward.
export function discriminatorStep(state, real, z) {
  const { G, D, settings: s, rng, faults } = state, loss = LOSSES[s.objective];
  const fake = G.forward(z, true, rng).y;
  let realPass, fakePass, grads, value;
  if (s.penalty !== "none" || !D.perExample) {
    realPass = D.forward(real, true, rng);
    fakePass = D.forward(fake, true, rng);
    const back = crossBack(state, loss, realPass, fakePass);
    value = back.value;
    grads = D.backward(back.d_real, realPass, faults).grads;
    addGrads(grads, D.backward(back.d_fake, fakePass, faults).grads);
  } else {
    // Both halves in one pass, as there: dropout's mask is one for both.
    const pass = D.forward(stack(real, fake), true, rng), half = pass.y.rows / 2;
    const [r, f] = [{ y: rowsOf(pass.y, 0, half) }, { y: rowsOf(pass.y, half, 2 * half) }];
    const back = crossBack(state, loss, r, f);
    value = back.value;
    grads = D.backward(stack(back.d_real, back.d_fake), pass, faults).grads;
    [realPass, fakePass] = [{ ...pass, y: r.y }, { y: f.y, caches: null }];
  }
  return finish(state, { real, fake, realPass, fakePass, grads }, value);
}

function finish(state, step, value) {
  const { D, settings: s, rng } = state;
  let penalty = 0;
  for (const p of PENALTIES[s.penalty](D, step, s.penalty_weight, rng)) {
    penalty += p.value;
    if (!state.faults.no_penalty) addGrads(step.grads, p.grads);
  }
  const opinion = LOSSES[s.objective].opinion;
  return { ...step, penalty, loss: s.discriminator_weight * value,
    passes: [step.realPass, step.fakePass].filter((p) => p.caches),
    d_real: mean(step.realPass.y.data.map(opinion)), d_fake: mean(step.fakePass.y.data.map(opinion)) };
}

// dL_G / dtheta_G: down through the discriminator, whose own gradients nobody asks for,
// into the generator. What was passed on the way is kept, to be shown.
export function generatorStep(state, z, real) {
  const { G, D, rng } = state;
  const gPass = G.forward(z, true, rng), dPass = D.forward(gPass.y, true, rng);
  return downThroughD(state, gPass, dPass, () => D.forward(real, true, rng));
}

function downThroughD(state, gPass, dPass, judgeReal) {
  const { G, D, settings: s, faults } = state, objective = LOSSES[s.objective];
  const real = objective.compares ? judgeReal().y : null;
  const { loss, d_fake } = objective.generator(dPass.y, real);
  const d_logits = faults.sum ? scaled(d_fake, d_fake.rows) : d_fake;
  const dBack = D.backward(d_logits, dPass, faults, !!faults.D_moved_too);
  const d_x = faults.detached ? zerosLike(dBack.dx) : dBack.dx;
  const gBack = G.backward(d_x, gPass, faults);
  return { loss, d_logits, gPass, dPass, dBack, gBack, grads: gBack.grads, D_grads: dBack.grads };
}

const upside = (grads) => Object.fromEntries(Object.entries(grads).map(([name, g]) => [name, scaled(g, -1)]));

export function moveDiscriminator(state, step) {
  const { D, settings: s, faults } = state;
  if (!faults.D_frozen) update(s, D.params, step.grads, state.D_optimizer, state.epoch + 1, faults);
  if (s.clip > 0 && !faults.no_clip) clipWeights(D.params, s.clip);
  for (const pass of step.passes) D.commit(pass);
}

export function moveGenerator(state, step) {
  const { G, D, settings: s, faults } = state;
  const grads = faults.G_climbs ? upside(step.grads) : step.grads;
  update(s, G.params, grads, state.G_optimizer, state.epoch + 1, faults);
  if (faults.D_moved_too) update(s, D.params, step.D_grads, state.D_optimizer, state.epoch + 1, faults);
  G.commit(step.gPass);
}

// One iteration: what it computed is returned, for those who watch.
export function train(state) {
  const { settings: s } = state;
  const steps = s.update === "simultaneous" ? simultaneous(state) : alternating(state);
  state.step += 1;
  sum(state, steps);
  endEpoch(state);
  check(state, steps);
  return steps;
}

// The monitors of the epoch under way, for its means.
function sum({ sums, settings: s }, { D_step, G_step }) {
  const now = { loss_discriminator: D_step.loss, d_real: D_step.d_real, d_fake: D_step.d_fake, loss_generator: G_step.loss,
    ...(s.penalty === "none" ? {} : { penalty: D_step.penalty }) };
  for (const [name, value] of Object.entries(now)) sums[name] = (sums[name] ?? 0) + value;
}

function alternating(state) {
  let D_step;
  for (let k = 0; k < state.settings.discriminator_steps; k++) {
    D_step = discriminatorStep(state, nextBatch(state), latent(state));
    moveDiscriminator(state, D_step);
  }
  const G_step = generatorStep(state, latent(state), state.last_batch);
  moveGenerator(state, G_step);
  return { D_step, G_step };
}

// Both gradients first, from the same fakes and the same masks, then both moves.
function simultaneous(state) {
  const { G, D, rng, settings: s, faults } = state, real = nextBatch(state);
  const gPass = G.forward(latent(state), true, rng);
  const realPass = D.forward(real, true, rng), fakePass = D.forward(gPass.y, true, rng);
  const back = crossBack(state, LOSSES[s.objective], realPass, fakePass);
  const grads = D.backward(back.d_real, realPass, faults).grads;
  addGrads(grads, D.backward(back.d_fake, fakePass, faults).grads);
  const D_step = finish(state, { real, fake: gPass.y, realPass, fakePass, grads }, back.value);
  const G_step = downThroughD(state, gPass, fakePass, () => realPass);
  moveDiscriminator(state, D_step);
  moveGenerator(state, G_step);
  return { D_step, G_step };
}

export const stepOfD = (state) => {
  const step = discriminatorStep(state, nextBatch(state), latent(state));
  moveDiscriminator(state, step);
  return step;
};

export const gradientOfG = (state) => generatorStep(state, latent(state), state.last_batch ?? nextBatch(state));

export class Diverged extends Error {}

function check(state, { D_step, G_step }) {
  const broken = [["the discriminator's loss", D_step.loss], ["the generator's loss", G_step.loss], ["the penalty", D_step.penalty]]
    .find(([, value]) => !Number.isFinite(value));
  if (broken) throw new Diverged(`step ${state.step}: ${broken[0]} is no longer finite`);
  for (const [player, network] of [["generator", state.G], ["discriminator", state.D]])
    for (const [name, value] of Object.entries(network.params))
      if (!allFinite(value)) throw new Diverged(`step ${state.step}: the ${player}'s ${name} is no longer finite`);
}

// Some weights of G: what its step follows, and the slope of its loss by differences,
// (L(theta + h) - L(theta - h)) / 2h. Where the loss has a kink within h nothing is asked.
export function compareSlope(state, weights = 12, h = 1e-6) {
  const { G, D, settings: s } = state, objective = LOSSES[s.objective];
  const z = sampleLatent(s, s.batch_size, new Generator(1)), real = take(state.data, Array.from({ length: s.batch_size }, (_, i) => i));
  const judgeReal = () => D.forward(real, true, new Generator(4)); // always the same masks
  const judge = (gPass) => D.forward(gPass.y, true, new Generator(3)), draw = () => G.forward(z, true, new Generator(2));
  const lossNow = () => objective.generator(judge(draw()).y, objective.compares ? judgeReal().y : null).loss;
  const gPass = draw(), { grads } = downThroughD(state, gPass, judge(gPass), judgeReal);
  const pick = new Generator(5), names = Object.keys(G.params), rows = [], here = lossNow();
  for (let tries = 0; rows.length < weights && tries < 10 * weights; tries++) {
    const name = names[rows.length % names.length], { data } = G.params[name], at = pick.integer(data.length - 1), kept = data[at];
    data[at] = kept + h;
    const up = lossNow();
    data[at] = kept - h;
    const down = lossNow();
    data[at] = kept;
    const numeric = (up - down) / (2 * h), kink = Math.abs(up - 2 * here + down) / h;
    if (kink < 1e-4 * Math.abs(numeric) + 1e-8) rows.push({ name, numeric, hand: (state.faults.G_climbs ? -1 : 1) * grads[name].data[at] });
  }
  return rows;
}
