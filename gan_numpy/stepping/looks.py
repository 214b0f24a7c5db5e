r"""The style sheet and the script of a page."""

STYLE = """
:root{color-scheme:light dark;--fg:#1b1b1f;--bg:#fff;--soft:#f3f3f6;--line:#d5d5dc;
--dim:#5c5c66;--here:#ffe9b0;--adj:#d3ecff;--bad:#b3261e;--pos:0,114,178;--neg:213,94,0}
@media(prefers-color-scheme:dark){:root{--fg:#e8e8ec;--bg:#16161a;--soft:#202027;
--line:#3a3a44;--dim:#a5a5b0;--here:#55440e;--adj:#12405e;--bad:#ff8a80;
--pos:86,180,233;--neg:240,140,60}}
*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--fg);
font:15px/1.45 system-ui,sans-serif}main{max-width:1250px;margin:auto;padding:10px 14px 60px}
h1{font-size:1.25rem;margin:.2em 0}h2{font-size:1rem;margin:.6em 0 .3em}p{margin:.3em 0}
.dim{color:var(--dim)}pre{white-space:pre-wrap;font:13px/1.4 ui-monospace,monospace;
margin:.3em 0}.bar{position:sticky;top:0;background:var(--bg);padding:6px 0;z-index:2;
display:flex;gap:8px;align-items:center;flex-wrap:wrap;border-bottom:1px solid var(--line)}
button{font:inherit;color:inherit;background:var(--soft);border:1px solid var(--line);
border-radius:5px;padding:3px 10px;cursor:pointer}button:focus-visible,
.line:focus-visible{outline:2px solid rgb(var(--pos));outline-offset:1px}
.sides{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:14px}
.one{grid-template-columns:minmax(0,1fr)}.block{border:1px solid var(--line);
border-radius:6px;margin:0 0 10px;overflow-x:auto}.block h3{font-size:.85rem;margin:0;
padding:3px 8px;background:var(--soft);color:var(--dim);position:sticky;left:0}
.line{display:block;white-space:pre;font:13px/1.55 ui-monospace,monospace;
padding:0 8px 0 4px;border-left:4px solid transparent;min-width:max-content}
.line i{display:inline-block;width:2.6em;text-align:right;margin-right:.8em;
font-style:normal;color:var(--dim)}.line.lit{border-left-color:rgb(var(--pos))}
.line.adj{background:var(--adj)}.line.here{background:var(--here)}
.line.wrong i{color:var(--bad);font-weight:bold}.line.wrong{border-left-color:var(--bad)}
.arrays{display:flex;flex-wrap:wrap;gap:12px;align-items:flex-start}
.scroll{max-height:42vh;overflow:auto}.key{padding:0 6px;margin-right:4px;
border-left:4px solid transparent}.key.lit{border-left-color:rgb(var(--pos))}
.key.adj{background:var(--adj)}.key.here{background:var(--here)}
.key.up{background:rgba(var(--pos),.45)}.key.down{background:rgba(var(--neg),.45)}
summary{cursor:pointer}.array{max-width:100%;overflow-x:auto}.array table{border-collapse:collapse;
font:11.5px/1.3 ui-monospace,monospace}.array td{padding:1px 5px;text-align:right;
border:1px solid var(--line)}.array b{font-family:ui-monospace,monospace}
.verdict{border-left:4px solid var(--bad);padding-left:10px;max-height:24vh;overflow:auto}
@media(max-width:760px){.sides{grid-template-columns:minmax(0,1fr);gap:0}
.scroll{max-height:20vh}.verdict{max-height:13vh}.one .scroll{max-height:42vh}main{padding:8px 8px 60px}}
"""

MAKE = r"""
"use strict";
const make = (tag, cls, text) => {
  const e = document.createElement(tag);
  if (cls) e.className = cls;
  if (text !== undefined) e.textContent = text;
  return e;
};
"""

SCRIPT = MAKE + r"""
const S = JSON.parse(document.getElementById("story").textContent);
const page = document.getElementById("page");
let at = S.start, timer = null;
const lines = new Map();
const two = S.blocks.some(b => b.side === "forward");
page.append(make("h1", "", S.name), make("p", "", S.title));
const help = make("details");
help.open = window.innerWidth > 760 && !S.verdict;
help.append(make("summary", "dim", "the task, the colors, the keys"));
if (S.statement) help.append(make("pre", "dim", S.statement));
const legend = make("p", "dim");
for (const [cls, text] of [["here", "this line"], ...(two ? [["adj", "whose adjoint it makes"],
  ["lit", "adjoint already made"]] : []), ["up", "positive"], ["down", "negative"]])
  legend.append(make("span", "key " + cls, text), " ");
legend.append("keys: ← → a step, Home, End, space plays" + (two ? ", b to the adjoint" : ""));
help.append(legend); page.append(help);
if (S.verdict) {
  const verdict = make("pre", "verdict", S.verdict);
  verdict.tabIndex = 0; page.append(verdict);
}
for (const n of S.notes) page.append(make("p", "dim", n));
const bar = make("div", "bar");
const button = (label, title, act) => {
  const b = make("button", "", label);
  b.title = title; b.setAttribute("aria-label", title);
  b.onclick = act; bar.append(b); return b;
};
button("|◀", "first step (Home)", () => go(0));
button("◀", "one step back (left arrow)", () => go(at - 1));
const play = button("▶▶", "play or stop (space)", () => toggle());
button("▶", "one step on (right arrow)", () => go(at + 1));
button("▶|", "last step (End)", () => go(S.steps.length - 1));
if (two) button("⇄", "to the adjoint, or to the other side (b)", () => other());
const count = make("span", "dim"); count.setAttribute("aria-live", "polite");
bar.append(count); page.append(bar);
const sides = make("div", two ? "sides" : "sides one");
const columns = {};
for (const side of two ? ["forward", "backward"] : ["backward"]) {
  columns[side] = make("section");
  columns[side].append(make("h2", "", two ? side : "the function"));
  columns[side].scroll = make("div", "scroll");
  columns[side].append(columns[side].scroll);
  sides.append(columns[side]);
}
const what = make("section"); what.setAttribute("aria-live", "polite");
page.append(sides, what);
S.blocks.forEach((b, k) => {
  const box = make("div", "block");
  box.append(make("h3", "", b.name));
  b.lines.forEach(([n, text]) => {
    const row = make("span", "line" + (b.wrong.includes(n) ? " wrong" : ""));
    row.append(make("i", "", n), text || " ");
    row.onclick = () => jump(k, n);
    lines.set(k + ":" + n, row); box.append(row);
  });
  box.tabIndex = 0; box.setAttribute("aria-label", b.name + ", " + b.side);
  columns[b.side].scroll[b.name === S.name ? "prepend" : "append"](box);
});
function reveal(row) {
  const box = row.closest(".scroll");
  box.scrollTop += row.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 2;
}
function jump(block, line) {
  const hits = S.steps.map((s, i) => [s, i]).filter(([s]) => s.block === block && s.line === line);
  if (hits.length) go((hits.find(([, i]) => i > at) || hits[0])[1]);
  return hits.length > 0;
}
function other() {
  const side = S.blocks[S.steps[at].block].side;
  const partner = Object.values(S.steps[at].adjoint)[0];
  if (partner && jump(partner[0], partner[1])) return;
  go(S.steps.findIndex(s => S.blocks[s.block].side !== side));
}
function table(name, place, note) {
  const a = S.arrays[place], box = make("div", "array");
  const shape = "(" + a.shape.join(", ") + (a.shape.length === 1 ? ",)" : ")");
  box.append(make("b", "", name), make("span", "dim", " " +
    (a.shape.length ? shape : "a number") + (a.part ? ", shown [" + a.part + "]" : "")));
  if (note) box.append(make("div", "", note));
  const t = make("table");
  for (const row of a.rows) {
    const tr = make("tr");
    for (const v of row) {
      const td = make("td", "", v);
      const share = a.top > 0 && typeof v === "number" ? Math.min(Math.abs(v) / a.top, 1) : 0;
      td.style.background = "rgba(var(--" + (v < 0 ? "neg" : "pos") + ")," + (share * 0.55).toFixed(2) + ")";
      tr.append(td);
    }
    t.append(tr);
  }
  box.append(t); return box;
}
function source(name, step) {
  const made = S.steps[step].made;
  const key = Object.keys(made).filter(k => k === name || k.startsWith(name + "[")).pop();
  return key === undefined ? undefined : made[key];
}
function show() {
  const s = S.steps[at], b = S.blocks[s.block];
  for (const row of lines.values()) row.classList.remove("here", "adj", "lit");
  for (let i = 0; i <= at; i++)
    for (const p of Object.values(S.steps[i].adjoint)) lines.get(p[0] + ":" + p[1])?.classList.add("lit");
  for (const p of Object.values(s.adjoint)) lines.get(p[0] + ":" + p[1])?.classList.add("adj");
  const row = lines.get(s.block + ":" + s.line);
  const partner = Object.values(s.adjoint).map(p => lines.get(p[0] + ":" + p[1])).find(r => r);
  if (partner) reveal(partner);
  if (row) { row.classList.add("here"); reveal(row); }
  count.textContent = "step " + (at + 1) + " of " + S.steps.length + ", " + b.name + " line " + s.line;
  what.replaceChildren();
  what.append(make("h2", "", "this line makes"));
  const made = make("div", "arrays");
  for (const [name, place] of Object.entries(s.made)) {
    const p = s.adjoint[name];
    made.append(table(name, place, p ? "= ∂L/∂(" + p[2] + "), its adjoint: line " + p[1] : ""));
  }
  if (!made.children.length) made.append(make("span", "dim", "no array: it decides what runs next"));
  what.append(made, make("h2", "", "it waits for"));
  const waits = make("div", "arrays");
  for (const [name, step, given] of s.waits) {
    const place = step < 0 ? given : source(name, step);
    const from = step < 0 ? "given" : "step " + (step + 1) + ", line " + S.steps[step].line;
    if (place === undefined) { const d = make("div", "array"); d.append(make("b", "", name), make("span", "dim", " " + from)); waits.append(d); }
    else waits.append(table(name, place, from));
  }
  if (!waits.children.length) waits.append(make("span", "dim", "nothing"));
  what.append(waits);
}
function go(k) {
  at = Math.max(0, Math.min(S.steps.length - 1, k));
  if (at === S.steps.length - 1) stop();
  show();
}
function stop() { clearInterval(timer); timer = null; play.textContent = "▶▶"; }
function toggle() {
  if (timer) return stop();
  play.textContent = "⏸";
  timer = setInterval(() => go(at + 1), 900);
}
document.addEventListener("keydown", e => {
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  const acts = {ArrowRight: () => go(at + 1), ArrowLeft: () => go(at - 1), Home: () => go(0),
    End: () => go(S.steps.length - 1), b: () => two && other(),
    " ": () => e.target.tagName !== "BUTTON" && toggle()};
  const act = acts[e.key];
  if (act) { if (e.target.tagName !== "BUTTON" || e.key !== " ") e.preventDefault(); act(); }
});
show();
"""
