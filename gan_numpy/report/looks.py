r"""The style sheet and the script of a run's page."""

from gan_numpy.stepping.looks import MAKE

STYLE = """
:root{--data:#1b1b1f;--G:#007a58;--D:#0072b2;--a:#b35900;--b:#a04080;--c:#6b6b00}
@media(prefers-color-scheme:dark){:root{--data:#e8e8ec;--G:#3fd0a4;--D:#56b4e9;
--a:#f0a040;--b:#e090c8;--c:#d0d060}}
.grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,360px),1fr));
gap:14px}figure{margin:0;min-width:0}figcaption{font-size:.9rem;margin-bottom:2px}
svg{width:100%;height:auto;background:var(--soft);border-radius:6px}
svg text{fill:var(--dim);font:11px system-ui,sans-serif}
.key b{font-weight:600}.samples img{width:100%;max-width:720px;height:auto;background:#fff;
border-radius:6px}.samples input{width:100%}.near img{width:100%;max-width:640px;
image-rendering:pixelated}.found{border-left:4px solid var(--bad);padding-left:10px;
margin:.7em 0}.fine{border-left:4px solid var(--G);padding-left:10px}
.scrolls{overflow-x:auto;max-width:100%}.plain{border-collapse:collapse;font-size:.85rem}
.plain td,.plain th{border:1px solid var(--line);padding:2px 8px;text-align:left}
.cmd{background:var(--soft);padding:8px;border-radius:6px;overflow-wrap:anywhere}
section+section{border-top:1px solid var(--line);margin-top:18px;padding-top:6px}
.key{border:0!important;padding:0!important;margin-right:12px;font-size:.85rem}
"""

SCRIPT = MAKE + r"""
const RUNS = JSON.parse(document.getElementById("runs").textContent);
const page = document.getElementById("page");
const NS = "http://www.w3.org/2000/svg";
const shape = (tag, attrs, text) => {
  const e = document.createElementNS(NS, tag);
  for (const [k, v] of Object.entries(attrs)) e.setAttribute(k, v);
  if (text !== undefined) e.textContent = text;
  return e;
};
const short = v => Math.abs(v) >= 1e5 || (v !== 0 && Math.abs(v) < 1e-2) ?
  v.toExponential(0) : String(+v.toPrecision(3));
function chart(c, findings) {
  const W = 420, H = 230, L = 46, R = 10, T = 12, B = 26;
  const all = c.lines.flatMap(l => l.points);
  const f = c.log ? v => Math.log10(Math.max(v, 1e-12)) : v => v;
  const usable = c.log ? all.filter(p => p[1] > 0) : all;
  const xs = all.map(p => p[0]), ys = usable.map(p => f(p[1]));
  for (const m of c.marks) ys.push(f(m.y));
  for (const l of c.lines) if (l.bands) ys.push(...l.bands.flat(2));
  const x0 = Math.min(...xs), x1 = Math.max(...xs, x0 + 1);
  let y0 = Math.min(...ys), y1 = Math.max(...ys);
  if (y1 - y0 < 1e-9) { y0 -= 0.5; y1 += 0.5; }
  const pad = (y1 - y0) * 0.06; y0 -= pad; y1 += pad;
  const X = v => L + (v - x0) / (x1 - x0) * (W - L - R);
  const Y = v => T + (y1 - f(v)) / (y1 - y0) * (H - T - B);
  const svg = shape("svg", {viewBox: `0 0 ${W} ${H}`, role: "img"});
  svg.append(shape("title", {}, c.title + ": " + c.lines.map(l => l.name + " ends at " +
    (l.points.length ? short(l.points[l.points.length - 1][1]) : "nothing")).join(", ")));
  for (let i = 0; i <= 3; i++) {
    const v = y0 + (y1 - y0) * i / 3, y = T + (y1 - v) / (y1 - y0) * (H - T - B);
    svg.append(shape("line", {x1: L, x2: W - R, y1: y, y2: y, stroke: "var(--line)", "stroke-width": 0.6}));
    svg.append(shape("text", {x: L - 5, y: y + 4, "text-anchor": "end"}, short(c.log ? 10 ** v : v)));
  }
  svg.append(shape("text", {x: L, y: H - 8}, "step " + x0));
  svg.append(shape("text", {x: W - R, y: H - 8, "text-anchor": "end"}, String(x1)));
  for (const m of c.marks) {
    svg.append(shape("line", {x1: L, x2: W - R, y1: Y(m.y), y2: Y(m.y), stroke: "var(--dim)", "stroke-dasharray": "2 3"}));
    svg.append(shape("text", {x: W - R - 2, y: Y(m.y) - 3, "text-anchor": "end"}, m.label));
  }
  for (const l of c.lines) {
    const points = c.log ? l.points.filter(p => p[1] > 0) : l.points;
    if (!points.length) continue;
    const color = `var(--${l.color})`;
    for (const band of l.bands || []) {
      const [down, up] = [0, 1].map(end => points.map((p, i) => X(p[0]).toFixed(1) + "," + Y(band[i][end]).toFixed(1)));
      svg.append(shape("polygon", {points: [...up, ...down.reverse()].join(" "), fill: color, opacity: 0.13}));
    }
    const attrs = {points: points.map(p => X(p[0]).toFixed(1) + "," + Y(p[1]).toFixed(1)).join(" "),
      fill: "none", stroke: color, "stroke-width": 1.6, "stroke-linejoin": "round"};
    if (l.dash) attrs["stroke-dasharray"] = "5 3";
    svg.append(shape("polyline", attrs));
    if (points.length === 1) svg.append(shape("circle", {cx: X(points[0][0]), cy: Y(points[0][1]), r: 3, fill: color}));
  }
  for (const d of findings) {
    const x = X(Math.min(Math.max(d.since, x0), x1));
    svg.append(shape("line", {x1: x, x2: x, y1: T, y2: H - B, stroke: "var(--bad)", "stroke-width": 1.4}));
    svg.append(shape("text", {x: x + 3, y: T + 9, style: "fill:var(--bad)"}, d.name.replaceAll("_", " ")));
  }
  const figure = make("figure"), caption = make("figcaption", "", c.title + (c.log ? " (logarithmic)" : ""));
  const keys = make("div");
  for (const l of c.lines) {
    const k = make("span", "key"), b = make("b", "", (l.dash ? "╌ " : "— "));
    b.style.color = `var(--${l.color})`; k.append(b, l.name); keys.append(k);
  }
  figure.append(caption, svg, keys); return figure;
}
function samples(run) {
  const box = make("figure", "samples");
  if (!run.pictures.length) { box.append(make("p", "dim", "no pictures yet")); return box; }
  const label = make("figcaption"), image = make("img"), slider = make("input");
  slider.type = "range"; slider.min = 0; slider.max = run.pictures.length - 1;
  slider.setAttribute("aria-label", "epoch of the samples");
  const show = () => {
    const p = run.pictures[slider.value];
    image.src = p.src; image.alt = "samples of one z after epoch " + p.epoch + ", real examples beside them";
    label.textContent = "Samples after epoch " + p.epoch + " of " + run.of + ", always of the same z; real examples beside them";
  };
  slider.value = run.pictures.length - 1; slider.oninput = show; show();
  box.append(label, slider, image); return box;
}
function table(rows, head) {
  const t = make("table", "plain"), box = make("div", "scrolls");
  if (head) { const tr = make("tr"); for (const h of head) tr.append(make("th", "", h)); t.append(tr); }
  for (const row of rows) { const tr = make("tr"); for (const v of row) tr.append(make("td", "", v)); t.append(tr); }
  box.append(t); return box;
}
function said(verdict) {
  const box = make("div");
  if (!verdict.findings.length) box.append(make("p", "fine", "After " + verdict.step + " steps: " + verdict.verdict + "."));
  for (const f of verdict.findings) {
    const d = make("div", "found");
    d.append(make("b", "", f.title), make("span", "dim", " since step " + f.since), make("p", "", f.evidence),
      make("p", "", f.means), make("p", "dim", f.literature + " (" + f.source + ")"), make("p", "cmd", f.next));
    box.append(d);
  }
  if (verdict.unknown.length) box.append(make("p", "dim", "Not looked for, " + verdict.why_unknown + ": " +
    verdict.unknown.join(", ").replaceAll("_", " ") + "."));
  return box;
}
if (RUNS.length > 1) {
  page.append(make("h1", "", RUNS.length + " runs"));
  page.append(table(RUNS.map(r => [r.name, r.recipe, r.seed, r.epochs + " of " + r.of, r.verdict.verdict,
    r.changed.map(k => k + "=" + r.settings[k]).join(", ")]), ["run", "recipe", "seed", "epochs", "doctor", "changed"]));
  const grid = make("div", "grid");
  const colors = ["data", "G", "D", "a", "b", "c"];
  for (const title of new Set(RUNS.flatMap(r => r.charts.map(c => c.title)))) {
    const first = RUNS.flatMap(r => r.charts).find(c => c.title === title);
    first.lines.forEach((line, i) => {
      const lines = RUNS.flatMap((r, k) => { const c = r.charts.find(c => c.title === title);
        return c && c.lines[i] ? [{name: r.name, color: colors[k % 6], points: c.lines[i].points, dash: k > 5}] : []; });
      if (lines.some(l => l.points.length)) grid.append(chart({title: title + ": " + line.name, lines, marks: first.marks, log: first.log}, []));
    });
  }
  const more = make("details"); more.open = true;
  more.append(make("summary", "", "Curves side by side"), grid); page.append(more);
}
for (const run of RUNS) {
  const s = make("section");
  s.append(make(RUNS.length > 1 ? "h2" : "h1", "", run.name));
  s.append(make("p", "dim", run.recipe + ", " + run.description + "; seed " + run.seed + "; " + run.epochs + " of " + run.of + " epochs"));
  s.append(make("h2", "", "What the doctor says"), said(run.verdict));
  s.append(make("h2", "", "Samples"), samples(run));
  const grid = make("div", "grid");
  for (const c of run.charts) grid.append(chart(c, run.verdict.findings));
  s.append(make("h2", "", "Curves"), grid);
  if (run.neighbors) {
    const box = make("div", "near"), image = make("img"), n = run.neighbors;
    image.src = n.src; image.alt = "samples above the training examples nearest to them";
    box.append(image, make("p", "dim", "Above samples, below the nearest of " + n.of + " training examples. Distances: " +
      n.distances.join(", ") + "; the median of test examples is " + n.test + "."));
    s.append(make("h2", "", "Nearest training examples"), box);
  }
  s.append(make("h2", "", "Metrics"));
  s.append(run.metrics.length ? table(run.metrics, ["", "samples", "real data in their place", "best", ""]) :
    make("p", "dim", "none yet: gan-numpy evaluate " + run.name + " --metrics all"));
  s.append(make("h2", "", "Recipe"), make("p", "", run.architecture), make("p", "dim", "Source: " + run.source));
  const all = make("details");
  all.append(make("summary", "", "all numbers"), table(Object.entries(run.settings).map(([k, v]) =>
    [k, Array.isArray(v) ? v.join(", ") : String(v), run.changed.includes(k) ? "changed" : ""])));
  s.append(all, make("h2", "", "Again"), make("p", "cmd", run.command));
  page.append(s);
}
"""
