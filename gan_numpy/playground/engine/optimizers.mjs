// How a gradient moves the weights. The state is made by `start`, and changes in place.

import { zerosLike } from "./arrays.mjs";

// eta_t = max(eta_0 / c^t, floor) after t updates
const rate = (s, t) => Math.max(s.learning_rate * s.learning_rate_factor ** -t, s.learning_rate_floor);

// Linear from epoch 1 to the epoch where it saturates
export function momentumAt(s, epoch) {
  if (s.momentum_saturate <= 1) return epoch >= s.momentum_saturate ? s.momentum_final : s.momentum;
  const share = (epoch - 1) / (s.momentum_saturate - 1);
  return s.momentum + (s.momentum_final - s.momentum) * Math.min(Math.max(share, 0), 1);
}

const RULES = {
  // v <- mu v - eta g,   theta <- theta + v
  momentum: {
    moments: ["velocity"],
    rule: (s, { eta, mu }) => (theta, g, v) => {
      for (let i = 0; i < theta.length; i++) {
        v[i] = mu * v[i] - eta * g[i];
        theta[i] += v[i];
      }
    },
  },
  // m <- b1 m + (1 - b1) g,   v <- b2 v + (1 - b2) g^2,
  // theta <- theta - eta (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)
  adam: {
    moments: ["mean", "square"],
    rule: (s, { eta, t, faults }) => (theta, g, m, v) => {
      const { beta1, beta2 } = s, one = faults.no_correction;
      const c1 = one ? 1 : 1 - beta1 ** t, c2 = one ? 1 : 1 - beta2 ** t;
      for (let i = 0; i < theta.length; i++) {
        m[i] = beta1 * m[i] + (1 - beta1) * g[i];
        v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
        theta[i] -= ((eta / c1) * m[i]) / (Math.sqrt(v[i] / c2) + 1e-8);
      }
    },
  },
  // v <- rho v + (1 - rho) g^2,   theta <- theta - eta g / (sqrt(v) + eps)
  rmsprop: {
    moments: ["square"],
    rule: (s, { eta }) => (theta, g, v) => {
      for (let i = 0; i < theta.length; i++) {
        v[i] = s.rms_decay * v[i] + (1 - s.rms_decay) * g[i] * g[i];
        theta[i] -= (eta * g[i]) / (Math.sqrt(v[i]) + 1e-8);
      }
    },
  },
};

// t = 0 and zeros for every moment; named as in a checkpoint: "mean.h0.W".
export function startOptimizer(kind, params) {
  const state = { t: 0 };
  for (const moment of RULES[kind].moments)
    for (const [name, value] of Object.entries(params)) state[`${moment}.${name}`] = zerosLike(value);
  return state;
}

export function update(settings, params, grads, state, epoch, faults = {}) {
  const { moments, rule } = RULES[settings.optimizer];
  const eta = rate(settings, state.t) * (faults.rate ?? 1);
  state.t += 1;
  const move = rule(settings, { eta, mu: momentumAt(settings, epoch), t: state.t, faults });
  for (const [name, theta] of Object.entries(params))
    move(theta.data, grads[name].data, ...moments.map((moment) => state[`${moment}.${name}`].data));
}
