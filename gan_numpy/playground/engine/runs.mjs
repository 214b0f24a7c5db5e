// A run of `gan-numpy train`: its checkpoint.npz, read as NumPy wrote it.

import { FORMAT } from "./saved.mjs";
import { SETTINGS } from "./recipe.mjs";

// A checkpoint names its data by their SHA-256.
const DATA = {
  "b24bd9ae2dc26147bb393463553fc25352d1a7087e13ac4bfc0441b1ed661d1e": "ring",
  "9c1f8cb9e9b5c183b71d5c334fa3123db280fe186e30d3b02544b91b0a11ac00": "grid",
  "563be569447230d355e29552788f7dd24e6bf1b09d8e87b001101f866f73a337": "moons",
};

// The files of a zip archive that are stored as they are, by name.
export function unzip(buffer) {
  const view = new DataView(buffer), found = {};
  let end = buffer.byteLength - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) throw new Error("this is no .npz file");
  let at = view.getUint32(end + 16, true);
  for (let i = view.getUint16(end + 10, true); i > 0; i--) {
    const [method, size] = [view.getUint16(at + 10, true), view.getUint32(at + 20, true)];
    const [name, extra, comment] = [28, 30, 32].map((o) => view.getUint16(at + o, true));
    const offset = view.getUint32(at + 42, true);
    if (method !== 0) throw new Error("this .npz file is compressed, a run's checkpoint is not");
    const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
    found[new TextDecoder().decode(new Uint8Array(buffer, at + 46, name)).replace(/\.npy$/, "")] = buffer.slice(start, start + size);
    at += 46 + name + extra + comment;
  }
  return found;
}

// The numbers of a .npy file in a row, or its text.
export function readArray(buffer) {
  const view = new DataView(buffer), wide = view.getUint8(6) > 1;
  const start = wide ? 12 : 10, size = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  const header = new TextDecoder().decode(new Uint8Array(buffer, start, size));
  const kind = /'descr': '([^']+)'/.exec(header)?.[1] ?? "", data = buffer.slice(start + size);
  if (kind === "<f4") return Array.from(new Float32Array(data));
  if (kind === "<f8") return Array.from(new Float64Array(data));
  if (kind === "<i8") return Array.from(new BigInt64Array(data), Number);
  if (kind.startsWith("<U")) return Array.from(new Uint32Array(data), (c) => (c ? String.fromCodePoint(c) : "")).join("");
  throw new Error(`an array of type ${kind || "unknown"} is not expected in a checkpoint`);
}

// 2**53 and more do not survive JSON.parse: those become text.
const parseLarge = (text) => JSON.parse(text.replace(/([:[,]\s*)(\d{16,})(?=\s*[,}\]])/g, '$1"$2"'));

// What the recipes of the mixtures build, in the playground's words.
function inWords(told) {
  if (told.recipe === "playground") return told;
  if (!told.generator_units || !/^(ring|grid)/.test(told.recipe))
    throw new Error(`a run of ${told.recipe} cannot be played here: playground, ring, grid and their packed forms can`);
  return {
    ...told,
    generator_layers: told.generator_units.map((n) => `dense ${n} batchnorm relu`).join(", "),
    discriminator_layers: told.discriminator_units.map((n) => `maxout ${n} ${told.discriminator_pieces}`).join(", "),
  };
}

// A checkpoint as a game that `loadState` takes.
export function readRun(buffer) {
  const files = unzip(buffer);
  if (!files.meta) throw new Error("this .npz file is no checkpoint of a run");
  const { told, rng, step, epoch, batch, sums } = parseLarge(readArray(files.meta));
  const words = inWords(told ?? {}), arrays = {};
  const dataset = DATA[words.data_sha256];
  if (!dataset) throw new Error(`this run's own points are not in its checkpoint; runs of ${Object.values(DATA).join(", ")} can be opened`);
  for (const [name, content] of Object.entries(files)) if (name.includes("/")) arrays[name] = readArray(content);
  const settings = Object.fromEntries(Object.keys(SETTINGS).filter((k) => k in words).map((k) => [k, words[k]]));
  return {
    format: FORMAT, settings: { ...settings, dataset }, seed: told.seed, points: null, step, epoch, batch, sums, arrays,
    rng: { ...rng.state, has_uint32: rng.has_uint32, uinteger: rng.uinteger },
    order: arrays["data/order"],
  };
}
