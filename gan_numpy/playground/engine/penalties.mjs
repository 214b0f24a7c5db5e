// Penalties on the slopes g_n = da/dx_n of the discriminator. Their gradient takes three
// sweeps: down (a backward pass of ones ends at g), up and down again (`Network.vjp`).

import { Matrix, length, mean } from "./arrays.mjs";

// R1 (arXiv:1801.04406):   P = gamma/2 mean |g_n|^2,   u_0 = dP/dg = gamma g / B
const flat = (g, gamma) => ({
  value: (gamma / 2) * mean(rows(g).map((r) => length(r) ** 2)),
  u: g.map((v) => (gamma * v) / g.rows),
});

// WGAN-GP (arXiv:1704.00028):   P = lambda mean (s_n - 1)^2,   s_n = sqrt(|g_n|^2 + 1e-12),
// u_0 = 2 lambda / B (s - 1) / s g
const unit = (g, lambda) => {
  const s = rows(g).map((r) => Math.sqrt(length(r) ** 2 + 1e-12));
  return {
    value: lambda * mean(s.map((v) => (v - 1) ** 2)),
    u: g.map((v, i) => {
      const own = s[Math.floor(i / g.cols)];
      return ((2 * lambda) / g.rows) * ((own - 1) / own) * v;
    }),
  };
};

const rows = (g) => Array.from({ length: g.rows }, (_, i) => g.row(i));

// xhat_n = e_n x_n + (1 - e_n) G(z_n),   e_n ~ U(0, 1)
function between(real, fake, rng) {
  const share = rng.uniforms(real.rows, 0, 1);
  const mix = (x, i) => {
    const e = share[Math.floor(i / real.cols)];
    return e * x + (1 - e) * fake.data[i];
  };
  return new Matrix(real.rows, real.cols, real.data.map(mix));
}

// Value and gradients by parameter name of P at one forward pass.
function penalize(D, pass, penalty, weight) {
  const { g, received } = D.slopes(pass);
  const { value, u } = penalty(g, weight);
  return { value, grads: D.vjp(u, received, pass) };
}

// Each: (D, forward passes and examples of this step, weight, rng) -> [{ value, grads }]
export const PENALTIES = {
  none: () => [],
  r1: (D, step, weight) => [penalize(D, step.realPass, flat, weight)],
  r1_r2: (D, step, weight) => [
    penalize(D, step.realPass, flat, weight),
    penalize(D, step.fakePass, flat, weight), // R2: the same, where the samples are
  ],
  gradient_penalty: (D, step, weight, rng) => {
    const pass = D.forward(between(step.real, step.fake, rng), true, rng);
    return [penalize(D, pass, unit, weight)];
  },
};

// Every weight within [-c, c], after the critic's update (arXiv:1701.07875, Algorithm 1).
export function clipWeights(params, c) {
  for (const { data } of Object.values(params)) data.forEach((v, i) => (data[i] = Math.min(Math.max(v, -c), c)));
}
