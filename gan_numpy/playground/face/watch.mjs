// What there is to say about a state: samples, D's advice, modes, figures.

import { rowsOf } from "./arrays.mjs";
import { MIXTURES, coverage } from "./data.mjs";
import { LOSSES } from "./losses.mjs";
import { short } from "./dom.mjs";
import { Generator } from "./random.mjs";
import { sampleLatent } from "./training.mjs";

const SAMPLES = 400; // that are shown

// The same z all the time, so that samples move and do not flicker; what D tells them.
export function samplesOf(state) {
  const { G, D, settings: s } = state, z = sampleLatent(s, SAMPLES - (SAMPLES % s.packing), new Generator(1));
  const x = G.forward(z).y, part = rowsOf(x, 0, 100 - (100 % s.packing)), pass = D.forward(part), objective = LOSSES[s.objective];
  const enough = state.data.rows >= part.rows;
  const real = objective.compares && enough ? D.forward(rowsOf(state.data, 0, part.rows)).y : null;
  const known = real || !objective.compares;
  return { x, pull: known ? D.backward(objective.generator(pass.y, real).d_fake, pass, state.faults, false).dx : null };
}

// Of a known mixture. Within a fortieth of the picture is near enough, or three sigma.
export function modesOf(settings, x, half) {
  const mixture = MIXTURES[settings.dataset];
  return mixture ? coverage(x, { ...mixture, std: Math.max(mixture.std, half / 60) }) : null;
}

export function figuresOf({ step, settings: s }, { D, G }, modes, range, rate) {
  return [["step", step], ["D's loss", D ? short(D.loss) : "–"], ["G's loss", G ? short(G.loss) : "–"],
    ["D(x)", D ? short(D.d_real) : "–"], ["D(G(z))", D ? short(D.d_fake) : "–"],
    ["penalty", D && s.penalty !== "none" ? short(D.penalty) : "–"], ["modes", modes ? `${modes.captured} of ${modes.modes}` : "–"],
    ["near a mode", modes ? `${Math.round(100 * modes.good)} %` : "–"], ["map from, to", range.map(short).join(", ")], ["steps/s", rate ?? "–"]];
}

export function summaryOf({ step }, { D, G }, modes) {
  const parts = [`Step ${step}`];
  if (D) parts.push(`discriminator's loss ${short(D.loss)}, D(x) ${short(D.d_real)}, D(G(z)) ${short(D.d_fake)}`);
  if (G) parts.push(`generator's loss ${short(G.loss)}`);
  if (modes) parts.push(`${modes.captured} of ${modes.modes} modes`);
  return `${parts.join("; ")}.`;
}
