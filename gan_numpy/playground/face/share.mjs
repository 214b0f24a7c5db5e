// A game in the address of the page: the numbers that differ from the usual ones, the
// seed, and own points with their three digits. It says how a game starts, not where it stands.

import { SETTINGS } from "./recipe.mjs";

export function toAddress(settings, seed, points) {
  const q = new URLSearchParams();
  for (const [key, value] of Object.entries(settings)) if (value !== SETTINGS[key]) q.set(key, value);
  q.set("seed", seed);
  if (points) q.set("points", points.map((p) => p.map((v) => String(Math.round(v * 1000)).padStart(3, "0")).join("")).join(""));
  return `#${q}`;
}

// What `toAddress` wrote, or null if the address says nothing.
export function fromAddress(hash) {
  const q = new URLSearchParams(hash.replace(/^#/, ""));
  if (!q.size) return null;
  const settings = Object.fromEntries([...q].filter(([key]) => key in SETTINGS));
  const points = q.has("points") ? (q.get("points").match(/\d{6}/g) ?? []).map((p) => [p.slice(0, 3) / 1000, p.slice(3) / 1000]) : null;
  const seed = Number(q.get("seed") ?? 0);
  if (!Number.isSafeInteger(seed) || seed < 0) throw new Error(`seed = ${q.get("seed")}: expected a whole number`);
  return { settings, seed, points };
}
