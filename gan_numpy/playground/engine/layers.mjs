// The layers, each with its gradient by hand. As in `gan_numpy.layers.base`:
//   forward(x, train, rng) -> [y, cache]          y = f(x; theta)
//   backward(dy, cache, faults, wanted) -> [dx, grads]   dx = dy . dy/dx, dtheta = dy . dy/dtheta
//   vjp(u, dy, cache)      -> [d_dy, grads, d_x]  the gradient of S = <u, dx>: second order
// `faults` is what somebody broke on purpose; nothing is broken if it is empty. `wanted` is
// whether somebody will use dtheta.

import { Matrix, addRow, columnSums, full, hadamard, times, transposed } from "./arrays.mjs";
import { bernoulliMask } from "./random.mjs";

// y = x W + b;   dx = dy W^T,   dW = x^T dy,   db = sum_n dy_n
export class Dense {
  constructor(nIn, nOut, draw) {
    this.title = `dense ${nOut}`;
    this.equations = ["y = xW + b", "dx = dy·Wᵀ, dW = xᵀ·dy, db = Σ dy"];
    this.params = { W: draw(nIn, nOut), b: new Matrix(1, nOut) };
  }
  forward(x) {
    return [addRow(times(x, this.params.W), this.params.b), x];
  }
  backward(dy, x, faults = {}, wanted = true) {
    const { W } = this.params, square = W.rows === W.cols;
    const dx = times(dy, faults.untransposed && square ? W : transposed(W));
    return [dx, wanted ? affineGrads(dy, x, faults) : {}];
  }
  // S = sum_n u_n W dy_n^T:   dS/d(dy) = u W,   dS/dW = u^T dy,   dS/db = 0
  vjp(u, dy) {
    return [times(u, this.params.W), { W: times(transposed(u), dy), b: new Matrix(1, dy.cols) }, null];
  }
}

const affineGrads = (dy, x, faults) => ({
  W: times(transposed(x), dy),
  b: faults.no_bias_gradient ? new Matrix(1, dy.cols) : columnSums(dy),
});

// z = x W + b,   h_i = max_j z_ij;   dz = dh at the winner, 0 elsewhere
export class Maxout {
  constructor(nIn, units, pieces, draw) {
    this.title = `maxout ${units}×${pieces}`;
    this.equations = ["h = maxⱼ (xW + b)ⱼ", "dz = dh at the winner j*, 0 elsewhere; then as dense"];
    this.pieces = pieces;
    this.params = { W: draw(nIn, units * pieces), b: new Matrix(1, units * pieces) };
  }
  forward(x) {
    const z = addRow(times(x, this.params.W), this.params.b), k = this.pieces;
    const h = new Matrix(z.rows, z.cols / k), winners = new Uint8Array(h.data.length);
    for (let i = 0; i < winners.length; i++) {
      let best = 0;
      for (let j = 1; j < k; j++) if (z.data[i * k + j] > z.data[i * k + best]) best = j;
      winners[i] = best;
      h.data[i] = z.data[i * k + best];
    }
    return [h, { x, winners }];
  }
  scatter(dh, winners) {
    const k = this.pieces, dz = new Matrix(dh.rows, dh.cols * k);
    winners.forEach((j, i) => (dz.data[i * k + j] = dh.data[i]));
    return dz;
  }
  backward(dh, { x, winners }, faults = {}, wanted = true) {
    const dz = this.scatter(dh, faults.first_piece ? winners.map(() => 0) : winners);
    return [times(dz, transposed(this.params.W)), wanted ? affineGrads(dz, x, faults) : {}];
  }
  // The winners do not move when x changes a little: u W, where they are.
  vjp(u, dh, { winners }) {
    const z = times(u, this.params.W), k = this.pieces;
    const dz = this.scatter(dh, winners);
    const d = dh.map((_, i) => z.data[i * k + winners[i]]);
    return [d, { W: times(transposed(u), dz), b: new Matrix(1, dz.cols) }, null];
  }
}

// y = m x / keep,   m_i ~ Bernoulli(keep);   dx = m dy / keep, with the same mask
export class Dropout {
  constructor(keep) {
    this.title = `dropout, keeps ${keep}`;
    this.equations = ["y = m⊙x / keep", "dx = m⊙dy / keep, the same m"];
    this.keep = keep;
    this.params = {};
  }
  forward(x, train, rng) {
    if (!train) return [x, null];
    const mask = bernoulliMask(rng.bits64(), x.data.length, this.keep);
    return [this.masked(x, mask), mask];
  }
  masked(x, mask) {
    const scale = 1 / this.keep;
    return x.map((v, i) => (mask[i] ? v * scale : 0));
  }
  backward(dy, mask, faults = {}) {
    return [mask === null || faults.no_mask ? dy : this.masked(dy, mask), {}];
  }
  vjp(u, dy, mask) {
    return [mask === null ? u : this.masked(u, mask), {}, null];
  }
}

// y = phi(x);   dx = phi'(x) dy.   S = sum u phi'(x) dy:   d_dy = phi' u,   d_x = u dy phi''
class Elementwise {
  constructor(title, equations, phi, slope, curve = null) {
    Object.assign(this, { title, equations, phi, slope, curve, params: {} });
  }
  forward(x) {
    const y = x.map(this.phi);
    return [y, { x, slopes: x.map((v, i) => this.slope(v, y.data[i])), y }];
  }
  backward(dy, { slopes }, faults = {}) {
    return [faults.no_slope ? dy : hadamard(slopes, dy), {}];
  }
  vjp(u, dy, { slopes, y }) {
    const d_x = this.curve && y.map((v, i) => u.data[i] * dy.data[i] * this.curve(v));
    return [hadamard(slopes, u), {}, d_x];
  }
}

export const sigmoid = (a) => {
  const e = Math.exp(-Math.abs(a));
  return (a >= 0 ? 1 : e) / (1 + e);
};

// With y = tanh x: phi' = 1 - y^2, phi'' = -2 y phi'. With y = sigma(x): phi' = y (1 - y),
// phi'' = phi' (1 - 2 y). Curves are functions of y.
export const ACTIVATIONS = {
  relu: () => new Elementwise("ReLU", ["y = max(x, 0)", "dx = [x > 0]·dy"],
    (x) => (x > 0 ? x : 0), (x) => (x > 0 ? 1 : 0)),
  leaky_relu: () => new Elementwise("leaky ReLU", ["y = x or x/5", "dx = dy or dy/5"],
    (x) => (x > 0 ? x : 0.2 * x), (x) => (x > 0 ? 1 : 0.2)),
  tanh: () => new Elementwise("tanh", ["y = tanh x", "dx = (1 − y²)·dy"],
    Math.tanh, (x, y) => 1 - y * y, (y) => -2 * y * (1 - y * y)),
  sigmoid: () => new Elementwise("sigmoid", ["y = σ(x)", "dx = y(1 − y)·dy"],
    sigmoid, (x, y) => y * (1 - y), (y) => y * (1 - y) * (1 - 2 * y)),
};

// m examples become one row: the discriminator judges them together (arXiv:1712.04086).
export class Pack {
  constructor(m) {
    this.title = `packs of ${m}`;
    this.equations = ["(x₁ … xₘ) ↦ [x₁ … xₘ]", "the same numbers, cut apart again"];
    this.m = m;
    this.params = {};
  }
  forward(x) {
    return [new Matrix(x.rows / this.m, x.cols * this.m, x.data), x];
  }
  backward(dy, x) {
    return [new Matrix(x.rows, x.cols, dy.data), {}];
  }
  vjp(u, dy) {
    return [new Matrix(dy.rows, dy.cols, u.data), {}, null];
  }
}

// Batch normalization: xhat = (x - mu) / std,   y = gamma xhat + beta;
// dx = gamma / std (dy - dbeta / N - xhat dgamma / N). No second order: a penalty may not
// cross it. `commit` moves the running statistics, which are used outside of training.
export class BatchNorm {
  constructor(n) {
    this.title = "batch norm";
    this.equations = ["y = γ(x − μ)/s + β", "dx = γ/s (dy − mean dy − x̂·mean(dy·x̂))"];
    this.params = { gamma: full(1, n, 1), beta: new Matrix(1, n) };
    this.buffers = { mean: new Matrix(1, n), variance: full(1, n, 1) };
  }
  forward(x, train) {
    let { mean, variance } = this.buffers;
    if (train) {
      mean = columnSums(x).map((v) => v / x.rows);
      variance = columnSums(x.map((v, i) => (v - mean.data[i % x.cols]) ** 2)).map((v) => v / x.rows);
    }
    const std = variance.map((v) => Math.sqrt(v + 1e-5)), { gamma, beta } = this.params, n = x.cols;
    const hat = x.map((v, i) => (v - mean.data[i % n]) / std.data[i % n]);
    const y = hat.map((v, i) => gamma.data[i % n] * v + beta.data[i % n]);
    return [y, { hat, std, mean, variance, train }];
  }
  backward(dy, { hat, std, train }) {
    const grads = { gamma: columnSums(hadamard(dy, hat)), beta: columnSums(dy) };
    const n = dy.cols, N = dy.rows, { gamma } = this.params;
    const own = (v, i) => v - grads.beta.data[i % n] / N - (hat.data[i] * grads.gamma.data[i % n]) / N;
    return [dy.map((v, i) => (gamma.data[i % n] / std.data[i % n]) * (train ? own(v, i) : v)), grads];
  }
  commit({ mean, variance, train, hat }) {
    if (!train) return;
    const unbiased = hat.rows / (hat.rows - 1);
    const toward = (old, now) => old.data.forEach((v, i) => (old.data[i] += 0.1 * (now(i) - v)));
    toward(this.buffers.mean, (i) => mean.data[i]);
    toward(this.buffers.variance, (i) => unbiased * variance.data[i]);
  }
}
