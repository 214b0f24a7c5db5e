// The data: the toy sets of `gan_numpy.datasets.toy`, number for number, or own points.

import { Matrix, rowsOf } from "./arrays.mjs";
import { Generator } from "./random.mjs";

const circle = Array.from({ length: 8 }, (_, i) => (2 * Math.PI * i) / 8);
const side = [-4, -2, 0, 2, 4];

// Mixtures of equally likely Gaussians: their means and the standard deviation.
export const MIXTURES = {
  ring: { centers: circle.map((t) => [Math.cos(t), Math.sin(t)]), std: 0.01 },
  grid: { centers: side.flatMap((x) => side.map((y) => [x, y])), std: 0.05 },
};

function mixture({ centers, std }, n, rng) {
  const which = Array.from({ length: n }, () => rng.integer(centers.length - 1));
  const noise = rng.normals(2 * n, std);
  return new Matrix(n, 2, noise.map((e, i) => Math.fround(centers[which[i >> 1]][i % 2] + e)));
}

function moons(n, rng) {
  const angle = rng.uniforms(n, 0, Math.PI), upper = rng.uniforms(n, 0, 1).map((u) => (u < 0.5 ? 1 : 0));
  const at = (i, y) => {
    const t = angle[i];
    if (upper[i]) return y ? Math.sin(t) : Math.cos(t);
    return y ? 0.5 - Math.sin(t) : 1 - Math.cos(t);
  };
  const clean = new Matrix(n, 2).map((_, i) => at(i >> 1, i % 2));
  const noise = rng.normals(2 * n, 0.05);
  return clean.map((v, i) => Math.fround(Math.fround(v) + noise[i]));
}

const SAMPLERS = {
  ring: (n, rng) => mixture(MIXTURES.ring, n, rng),
  grid: (n, rng) => mixture(MIXTURES.grid, n, rng),
  moons,
};

const made = {};

// The training points of a set: the first 10,000 of 13,000, from a fixed seed.
export function toyPoints(name) {
  if (!SAMPLERS[name]) throw new Error(`data set ${name} is not known here: choose ring, grid, moons or own points`);
  return (made[name] ??= rowsOf(SAMPLERS[name](13000, new Generator(0)), 0, 10000));
}

// Own points in the unit square, as `gan_numpy.datasets.own` splits them: a tenth at the
// end is for tests, a tenth of the rest before it for validation.
export function trainingPart(points) {
  const tenth = Math.max(1, Math.floor(points.length / 10));
  const kept = points.slice(0, points.length - 2 * tenth);
  return new Matrix(kept.length, 2, Float64Array.from(kept.flat(), Math.fround));
}

export const FEWEST = 20; // own points

// Own points have three digits, 0 to .999, so that an address can carry them as they are.
export const threeDigits = (p) => p.map((v) => Math.min(999, Math.max(0, Math.round(1000 * v))) / 1000);

// The two columns of numbers in a text of lines; others, such as a header, are skipped.
export function readCSV(text) {
  const points = [];
  for (const line of text.split(/\r?\n/)) {
    const cells = line.trim().split(/[\s,;]+/).map(Number);
    if (line.trim() && cells.length >= 2 && cells.slice(0, 2).every(Number.isFinite)) points.push(cells.slice(0, 2));
  }
  if (points.length < FEWEST)
    throw new Error(`found ${points.length} points: expected ${FEWEST} or more lines of two numbers, x and y`);
  return intoUnitSquare(points);
}

// Shifted and scaled, both axes alike, into [.05, .95]^2.
export function intoUnitSquare(points) {
  const low = [0, 1].map((c) => Math.min(...points.map((p) => p[c])));
  const span = [0, 1].map((c) => Math.max(...points.map((p) => p[c])) - low[c]);
  const size = Math.max(...span, 1e-12), pad = span.map((s) => (1 - (0.9 * s) / size) / 2);
  return points.map((p) => threeDigits(p.map((v, c) => pad[c] + (0.9 * (v - low[c])) / size)));
}

// Modes with a sample within 3 sigma (`gan_numpy.evaluation.modes`), and the share of such
// samples.
export function coverage(samples, { centers, std }) {
  const seen = new Set();
  let good = 0;
  for (let i = 0; i < samples.rows; i++) {
    const [x, y] = samples.row(i);
    const d = centers.map(([a, b]) => Math.hypot(x - a, y - b));
    const nearest = d.indexOf(Math.min(...d));
    if (d[nearest] > 3 * std) continue;
    seen.add(nearest);
    good += 1;
  }
  return { captured: seen.size, modes: centers.length, good: good / samples.rows };
}
