// Making elements.

export function make(tag, attributes = {}, ...children) {
  const e = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) e.addEventListener(key.slice(2), value);
    else if (value !== false && value !== null) e.setAttribute(key, value === true ? "" : value);
  }
  e.append(...children);
  return e;
}

export const button = (text, act, attributes = {}) => make("button", { type: "button", onclick: act, ...attributes }, text);

let count = 0;
const page = Math.random().toString(36).slice(2); // a notebook may hold several
// A control with its label, which a click or a screen reader finds.
export function labeled(text, control, attributes = {}) {
  control.id = `gp-${page}-${(count += 1)}`;
  return make("div", { class: "field", ...attributes }, make("label", { for: control.id }, text), control);
}

export function choice(options, value, act) {
  const e = make("select", { onchange: () => act(e.value) });
  for (const [key, text] of options) e.append(make("option", { value: key, selected: key === value }, text));
  return e;
}

export function number(value, act, attributes = {}) {
  const e = make("input", { type: "number", value, step: "any", onchange: () => act(Number(e.value)), ...attributes });
  return e;
}

// Three digits, for people.
export function short(v) {
  if (!Number.isFinite(v)) return String(v);
  if (v === 0) return "0";
  const size = Math.abs(v);
  if (size >= 1e5 || size < 1e-3) return v.toExponential(1).replaceAll("-", "−");
  return String(+v.toPrecision(3)).replace("-", "−");
}

export const reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export const download = (name, text) => {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  make("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
};
