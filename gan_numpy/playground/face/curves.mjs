// Both losses over the steps.

import { make, short } from "./dom.mjs";

const KEPT = 600;

export class Curves {
  constructor() {
    this.canvas = make("canvas", { class: "curves", role: "img" });
    this.clear();
  }
  clear() {
    this.rows = [];
    this.every = 1;
  }
  add(step, D, G) {
    if (step % this.every) return;
    this.rows.push([step, D, G]);
    if (this.rows.length <= KEPT) return;
    this.rows = this.rows.filter((_, i) => i % 2);
    this.every *= 2;
  }
  draw() {
    const ratio = Math.min(2, devicePixelRatio || 1), W = Math.round(this.canvas.clientWidth * ratio) || 400, H = Math.round(140 * ratio);
    if (this.canvas.width !== W || this.canvas.height !== H) Object.assign(this.canvas, { width: W, height: H });
    const c = this.canvas.getContext("2d"), style = getComputedStyle(this.canvas);
    c.clearRect(0, 0, W, H);
    const rows = this.rows.filter((r) => r.every(Number.isFinite));
    const last = rows[rows.length - 1];
    this.canvas.setAttribute("aria-label", last ? `Losses after ${last[0]} steps: discriminator ${short(last[1])}, generator ${short(last[2])}` : "Losses: no steps yet");
    if (rows.length < 2) return;
    const values = rows.flatMap((r) => r.slice(1)).sort((a, b) => a - b);
    // A few wild values at either end must not flatten the rest.
    let low = values[Math.floor(0.01 * (values.length - 1))], high = values[Math.ceil(0.99 * (values.length - 1))];
    const pad = 0.08 * (high - low) || 0.5;
    [low, high] = [low - pad, high + pad];
    const left = 44 * ratio, X = (s) => left + ((s - rows[0][0]) / (last[0] - rows[0][0])) * (W - left - 4), Y = (v) => H - 16 * ratio - ((v - low) / (high - low)) * (H - 22 * ratio);
    c.font = `${11 * ratio}px system-ui, sans-serif`;
    c.fillStyle = style.getPropertyValue("--dim");
    c.strokeStyle = style.getPropertyValue("--line");
    for (const share of [0, 0.5, 1]) {
      const v = low + share * (high - low), y = Math.min(Math.max(Y(v), 9 * ratio), H - 16 * ratio);
      c.beginPath();
      c.moveTo(left, y);
      c.lineTo(W, y);
      c.stroke();
      c.fillText(short(v), 2, y + 4 * ratio);
    }
    c.fillText(`step ${rows[0][0]}`, left, H - 3 * ratio);
    const end = String(last[0]);
    c.fillText(end, W - c.measureText(end).width - 4, H - 3 * ratio);
    [["--D", []], ["--G", [5 * ratio, 3 * ratio]]].forEach(([name, dash], i) => {
      c.strokeStyle = style.getPropertyValue(name);
      c.lineWidth = 1.6 * ratio;
      c.setLineDash(dash);
      c.beginPath();
      for (const r of rows) c.lineTo(X(r[0]), Math.min(Math.max(Y(r[i + 1]), 0), H));
      c.stroke();
    });
    c.setLineDash([]);
  }
}
