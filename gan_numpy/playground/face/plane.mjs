// The plane: data, samples, D's opinion as a map, its advice as arrows, G's grid.

import { Matrix } from "./arrays.mjs";
import { LOSSES } from "./losses.mjs";
import { make } from "./dom.mjs";

const MAP = 36, LINES = 13, ALONG = 25; // places across; lines of the grid, points of each
const LEAST = 0.1; // the smallest difference of opinions that gets all of the color

export class Plane {
  constructor() {
    this.canvas = make("canvas", { class: "plane", tabindex: 0, role: "img" });
    this.small = make("canvas", { width: MAP, height: MAP });
    this.shown = { map: true, data: true, samples: true, arrows: true, grid: false };
    this.center = [0, 0];
    this.half = 1.6;
    this.range = [0, 1];
  }
  // A square that holds the data with room around.
  fit(data) {
    const low = [0, 1].map((c) => data.data.reduce((m, v, i) => (i % 2 === c ? Math.min(m, v) : m), Infinity));
    const high = [0, 1].map((c) => data.data.reduce((m, v, i) => (i % 2 === c ? Math.max(m, v) : m), -Infinity));
    this.look(low, high);
  }
  look(low, high) {
    this.center = [0, 1].map((c) => (low[c] + high[c]) / 2);
    this.half = 0.68 * Math.max(high[0] - low[0], high[1] - low[1], 1e-3);
  }
  toPixel(x, y) {
    const s = this.size / (2 * this.half);
    return [(x - this.center[0] + this.half) * s, (this.half - y + this.center[1]) * s];
  }
  toPlane(event) {
    const box = this.canvas.getBoundingClientRect();
    return this.fromShare((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  }
  fromShare(u, v) {
    return [this.center[0] + (2 * u - 1) * this.half, this.center[1] + (1 - 2 * v) * this.half];
  }
  prepare() {
    const size = Math.round(this.canvas.clientWidth * Math.min(2, devicePixelRatio || 1)) || 400;
    if (this.canvas.width !== size) this.canvas.width = this.canvas.height = size;
    this.size = size;
    this.dot = size / 400;
    const style = getComputedStyle(this.canvas);
    this.color = Object.fromEntries(["fg", "bg", "D", "G", "dim"].map((n) => [n, style.getPropertyValue(`--${n}`).trim()]));
    this.context = this.canvas.getContext("2d");
    this.context.clearRect(0, 0, size, size);
  }
  draw(view) {
    this.prepare();
    if (this.shown.map) this.drawMap(view.state, view.quick);
    if (this.shown.grid) this.drawGrid(view.state);
    if (this.shown.arrows && view.pull) this.arrows(view.samples, view.pull);
    if (this.shown.samples && view.samples) this.points(view.samples, this.color.G, 400, (c, x, y, r) => c.arc(x, y, r, 0, 7), 2.6, 0.9);
    if (this.shown.data) this.points(view.data, this.color.fg, 700, (c, x, y, r) => c.rect(x - r, y - r, 2 * r, 2 * r), 1.5, 0.6);
    if (view.one) this.highlight(view.one);
    if (view.cursor) this.cross(view.cursor);
  }
  // From D's lowest answer to its highest; a D that says the same everywhere looks so.
  drawMap(state, quick) {
    if (!quick) {
      const values = opinions(state, this), image = new ImageData(MAP, MAP), rgb = parse(this.color.D);
      this.range = [Math.min(...values), Math.max(...values)];
      const [low, high] = this.range, span = Math.max(high - low, LEAST);
      values.forEach((v, i) => image.data.set([...rgb, 200 * ((v - (low + high - span) / 2) / span)], 4 * i));
      this.small.getContext("2d").putImageData(image, 0, 0);
    }
    this.context.imageSmoothingEnabled = true;
    this.context.drawImage(this.small, 0, 0, this.size, this.size);
  }
  points(x, color, most, shape, radius, alpha) {
    const c = this.context, n = Math.min(x.rows, most);
    c.globalAlpha = alpha;
    c.fillStyle = color;
    c.strokeStyle = this.color.bg;
    for (let i = 0; i < n; i++) {
      c.beginPath();
      shape(c, ...this.toPixel(x.data[2 * i], x.data[2 * i + 1]), radius * this.dot);
      c.fill();
      if (radius > 2) c.stroke();
    }
    c.globalAlpha = 1;
  }
  // Down the generator's loss, the longest as long as a tenth of the picture.
  arrows(x, pull) {
    const c = this.context, n = Math.min(x.rows, 100);
    let longest = 1e-12;
    for (let i = 0; i < n; i++) longest = Math.max(longest, Math.hypot(pull.data[2 * i], pull.data[2 * i + 1]));
    if (longest < 1e-11) return;
    c.strokeStyle = c.fillStyle = this.color.D;
    c.lineWidth = 1.4 * this.dot;
    const unit = (0.1 * this.size) / longest;
    for (let i = 0; i < n; i++) {
      const [px, py] = this.toPixel(x.data[2 * i], x.data[2 * i + 1]);
      this.arrow(px, py, -unit * pull.data[2 * i], unit * pull.data[2 * i + 1]);
    }
  }
  arrow(x, y, dx, dy) {
    const c = this.context, size = Math.hypot(dx, dy);
    if (size < 1) return;
    const head = Math.min(5 * this.dot, size / 2), ux = dx / size, uy = dy / size, [ex, ey] = [x + dx, y + dy];
    c.beginPath();
    c.moveTo(x, y);
    c.lineTo(ex, ey);
    c.moveTo(ex - head * (ux - uy / 2), ey - head * (uy + ux / 2));
    c.lineTo(ex, ey);
    c.lineTo(ex - head * (ux + uy / 2), ey - head * (uy - ux / 2));
    c.stroke();
  }
  // Lines of equal z_1 and of equal z_2, where the generator puts them.
  drawGrid({ G, settings: s }) {
    const r = s.latent === "normal" ? 2 : Math.sqrt(3), across = s.latent_size > 1 ? 2 : 1, c = this.context;
    c.strokeStyle = this.color.G;
    c.lineWidth = this.dot;
    c.globalAlpha = 0.75;
    for (let axis = 0; axis < across; axis++) {
      const lines = across === 1 ? 1 : LINES, z = new Matrix(lines * ALONG, s.latent_size);
      for (let l = 0; l < lines; l++)
        for (let i = 0; i < ALONG; i++) {
          const row = z.row(l * ALONG + i);
          row[axis] = r * ((2 * i) / (ALONG - 1) - 1);
          if (across === 2) row[1 - axis] = r * ((2 * l) / (LINES - 1) - 1);
        }
      const x = G.forward(z).y;
      for (let l = 0; l < lines; l++) {
        c.beginPath();
        for (let i = 0; i < ALONG; i++) c.lineTo(...this.toPixel(...x.row(l * ALONG + i)));
        c.stroke();
      }
    }
    c.globalAlpha = 1;
  }
  highlight({ x, pull }) {
    const c = this.context, [px, py] = this.toPixel(x[0], x[1]);
    c.strokeStyle = this.color.fg;
    c.lineWidth = 2 * this.dot;
    c.beginPath();
    c.arc(px, py, 8 * this.dot, 0, 7);
    c.stroke();
    if (!pull) return;
    c.strokeStyle = this.color.D;
    c.lineWidth = 3 * this.dot;
    const size = Math.hypot(...pull) || 1, unit = (0.16 * this.size) / size;
    this.arrow(px, py, -unit * pull[0], unit * pull[1]);
  }
  cross([x, y]) {
    const c = this.context, [px, py] = this.toPixel(x, y), r = 9 * this.dot;
    c.strokeStyle = this.color.fg;
    c.lineWidth = 2 * this.dot;
    c.beginPath();
    c.moveTo(px - r, py);
    c.lineTo(px + r, py);
    c.moveTo(px, py - r);
    c.lineTo(px, py + r);
    c.stroke();
  }
}

// D's opinion of each place: of a pack of one and the same point, if it packs.
function opinions({ D, settings: s }, plane) {
  const m = s.packing, x = new Matrix(MAP * MAP * m, 2);
  for (let i = 0; i < MAP * MAP; i++) {
    const at = plane.fromShare(((i % MAP) + 0.5) / MAP, (Math.floor(i / MAP) + 0.5) / MAP);
    for (let j = 0; j < m; j++) x.row(i * m + j).set(at);
  }
  return D.forward(x).y.data.map(LOSSES[s.objective].opinion);
}

function parse(color) {
  const n = parseInt(color.slice(1), 16);
  return [n >> 16, (n >> 8) & 255, n & 255];
}
