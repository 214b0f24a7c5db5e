// A network: named layers in a row, and the chain rule, once and twice.

import { add, full, zerosLike } from "./arrays.mjs";

export class Network {
  constructor(pairs) {
    this.layers = new Map(pairs);
    this.params = this.gather("params");
    this.buffers = this.gather("buffers");
    this.perExample = Object.keys(this.buffers).length === 0;
  }
  gather(kind) {
    const all = {};
    for (const [name, layer] of this.layers)
      for (const [key, value] of Object.entries(layer[kind] ?? {})) all[`${name}.${key}`] = value;
    return all;
  }
  // x -> f_1 -> ... -> f_L. `outputs` keeps what each layer made, for people to look at.
  forward(x, train = false, rng = null) {
    const caches = new Map(), outputs = new Map(), input = x;
    for (const [name, layer] of this.layers) {
      const [y, cache] = layer.forward(x, train, rng);
      caches.set(name, cache);
      outputs.set(name, y);
      x = y;
    }
    return { input, y: x, caches, outputs };
  }
  // The backward passes in the opposite order, each with the cotangent of the next one.
  // `received` keeps those.
  backward(dy, { caches }, faults = {}, wanted = true) {
    const grads = {}, received = new Map();
    for (const [name, layer] of [...this.layers].reverse()) {
      received.set(name, dy);
      const [dx, own] = layer.backward(dy, caches.get(name), faults, wanted);
      for (const [key, value] of Object.entries(own)) grads[`${name}.${key}`] = value;
      dy = dx;
    }
    return { dx: dy, grads, received };
  }
  // The gradient of S = <u, dx>, for the dx of `backward(dy, ...)`. The u sweep runs up,
  // against the backward passes; the r sweep runs down where a layer is curved, and is an
  // ordinary backward pass of the rho_l = d_x that the u sweep left.
  vjp(u, received, { caches }) {
    const grads = {}, curvature = new Map();
    for (const [name, layer] of this.layers) {
      const [d_dy, own, d_x] = layer.vjp(u, received.get(name), caches.get(name));
      for (const [key, value] of Object.entries(own)) grads[`${name}.${key}`] = value;
      curvature.set(name, d_x);
      u = d_dy;
    }
    let r = null;
    for (const [name, layer] of [...this.layers].reverse()) {
      if (r !== null) {
        const [dx, extra] = layer.backward(r, caches.get(name));
        for (const [key, value] of Object.entries(extra)) add(grads[`${name}.${key}`], value);
        r = dx;
      }
      const rho = curvature.get(name);
      if (rho !== null) r = r === null ? rho : add(r, rho);
    }
    return grads;
  }
  // g_n = the gradient of the logit with respect to each example: a backward pass of ones.
  slopes(pass) {
    const { dx, received } = this.backward(full(pass.y.rows, 1, 1), pass, {}, false);
    return { g: dx, received };
  }
  commit({ caches }) {
    for (const [name, layer] of this.layers) layer.commit?.(caches.get(name));
  }
}

export function addGrads(target, other) {
  for (const [name, value] of Object.entries(other)) add(target[name], value);
}

export const zeroGrads = (params) =>
  Object.fromEntries(Object.entries(params).map(([name, value]) => [name, zerosLike(value)]));
