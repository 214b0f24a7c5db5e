// The players' losses, as functions of the discriminator's outputs, and their gradients.
// a: outputs on real (r) and generated (f) examples; B: how many; s: the sigmoid.

import { mean } from "./arrays.mjs";
import { sigmoid } from "./layers.mjs";

// log(1 + e^a), without overflow
export const softplus = (a) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)));

const average = (a, f) => mean(a.data.map(f));
const gradient = (a, f) => a.map((v) => f(v) / a.rows);
const same = (a) => a;

// L_D = mean softplus(-a_r) + mean softplus(a_f)      = -V of Goodfellow et al. 2014, eq. 1
// dL_D/da_r = (s(a_r) - 1) / B,   dL_D/da_f = s(a_f) / B
const crossEntropy = (r, f) => ({
  loss: average(r, (a) => softplus(-a)) + average(f, softplus),
  d_real: gradient(r, (a) => -sigmoid(-a)),
  d_fake: gradient(f, sigmoid),
});

// L_D = 1/2 mean (a_r - b)^2 + 1/2 mean (a_f - a)^2,   L_G = 1/2 mean (a_f - c)^2
const leastSquares = (a, b, c) => ({
  discriminator: (r, f) => ({
    loss: average(r, (v) => (v - b) ** 2) / 2 + average(f, (v) => (v - a) ** 2) / 2,
    d_real: gradient(r, (v) => v - b),
    d_fake: gradient(f, (v) => v - a),
  }),
  generator: (f) => ({ loss: average(f, (v) => (v - c) ** 2) / 2, d_fake: gradient(f, (v) => v - c) }),
  opinion: same,
});

// L_G = -mean a_f,   dL_G/da_f = -1 / B
const price = (f) => ({ loss: -average(f, same), d_fake: gradient(f, () => -1) });

// Each generated example is compared with the real one beside it (arXiv:1807.00734):
// L_D = mean softplus(-(a_r - a_f)),   L_G = mean softplus(-(a_f - a_r))
// dL_D/da_r = (s(a_r - a_f) - 1) / B = -dL_D/da_f
const relativistic = {
  discriminator: (r, f) => {
    const gap = r.map((a, i) => a - f.data[i]);
    const d_real = gradient(gap, (v) => -sigmoid(-v));
    return { loss: average(gap, (v) => softplus(-v)), d_real, d_fake: d_real.map((v) => -v) };
  },
  generator: (f, r) => {
    const gap = f.map((a, i) => a - r.data[i]);
    return { loss: average(gap, (v) => softplus(-v)), d_fake: gradient(gap, (v) => -sigmoid(-v)) };
  },
  opinion: sigmoid,
  compares: true, // the generator's loss needs the real examples too
};

export const LOSSES = {
  // L_G = -mean softplus(a_f),   dL_G/da_f = -s(a_f) / B: vanishes while D rejects all
  minimax: {
    discriminator: crossEntropy,
    generator: (f) => ({ loss: -average(f, softplus), d_fake: gradient(f, (a) => -sigmoid(a)) }),
    opinion: sigmoid,
  },
  // L_G = mean softplus(-a_f),   dL_G/da_f = (s(a_f) - 1) / B
  non_saturating: {
    discriminator: crossEntropy,
    generator: (f) => ({ loss: average(f, (a) => softplus(-a)), d_fake: gradient(f, (a) => -sigmoid(-a)) }),
    opinion: sigmoid,
  },
  least_squares: leastSquares(0, 1, 1), // arXiv:1611.04076, eq. 9
  pearson: leastSquares(-1, 1, 0), // eq. 8
  // L_D = mean a_f - mean a_r (arXiv:1701.07875)
  wasserstein: {
    discriminator: (r, f) => ({
      loss: average(f, same) - average(r, same),
      d_real: gradient(r, () => -1),
      d_fake: gradient(f, () => 1),
    }),
    generator: price,
    opinion: same,
  },
  // L_D = mean max(0, 1 - a_r) + mean max(0, 1 + a_f) (arXiv:1705.02894)
  hinge: {
    discriminator: (r, f) => ({
      loss: average(r, (a) => Math.max(0, 1 - a)) + average(f, (a) => Math.max(0, 1 + a)),
      d_real: gradient(r, (a) => (a < 1 ? -1 : 0)),
      d_fake: gradient(f, (a) => (a > -1 ? 1 : 0)),
    }),
    generator: price,
    opinion: same,
  },
  relativistic,
};
