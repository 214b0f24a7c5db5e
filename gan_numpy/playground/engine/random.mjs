// Random numbers: NumPy's default generator, bit for bit, so that a seed means here what
// it means to `gan-numpy train`.
//
// SeedSequence and PCG64 (XSL RR): M. E. O'Neill, HMC-CS-2014-0905; NumPy NEP 19.
// Normal numbers: the ziggurat of Marsaglia and Tsang, J. Stat. Software 5(8), 2000.

const M32 = 0xffffffffn, M64 = (1n << 64n) - 1n, M128 = (1n << 128n) - 1n;

// Words of 32 bits that depend on every bit of the seed; a child adds its own number.
export function seedWords(seed, child, words) {
  const entropy = [];
  for (let s = BigInt(seed); s > 0n || !entropy.length; s >>= 32n) entropy.push(Number(s & M32));
  if (child.length) while (entropy.length < 4) entropy.push(0);
  entropy.push(...child);
  let hash = 0x43b0d7e5;
  const hashed = (value) => {
    value ^= hash;
    hash = Math.imul(hash, 0x931e8875);
    value = Math.imul(value, hash);
    return (value ^ (value >>> 16)) >>> 0;
  };
  const mixed = (x, y) => {
    const r = (Math.imul(0xca01f9dd, x) - Math.imul(0x4973f715, y)) >>> 0;
    return (r ^ (r >>> 16)) >>> 0;
  };
  const pool = [0, 1, 2, 3].map((i) => hashed(entropy[i] ?? 0));
  for (let s = 0; s < 4; s++)
    for (let d = 0; d < 4; d++) if (s !== d) pool[d] = mixed(pool[d], hashed(pool[s]));
  for (let s = 4; s < entropy.length; s++)
    for (let d = 0; d < 4; d++) pool[d] = mixed(pool[d], hashed(entropy[s]));
  hash = 0x8b51f9dd;
  return Array.from({ length: words }, (_, i) => {
    let value = pool[i % 4] ^ hash;
    hash = Math.imul(hash, 0x58f38ded);
    value = Math.imul(value, hash);
    return (value ^ (value >>> 16)) >>> 0;
  });
}

// The ziggurat: 256 strips of equal area under exp(-x^2 / 2); the lowest has a tail from R.
const R = 3.6541528853610087963519472518;
const TABLES = (() => {
  const f = (x) => Math.exp(-0.5 * x * x), area = 0.004928673233974655; // of one strip
  const x = new Float64Array(256), two52 = 2 ** 52;
  x[255] = R;
  for (let i = 254; i > 0; i--) x[i] = Math.sqrt(-2 * Math.log(area / x[i + 1] + f(x[i + 1])));
  const w = x.map((v, i) => (i ? v : area / f(R)) / two52);
  const k = x.map((v, i) => (i ? x[i - 1] / v : (R * f(R)) / area) * two52);
  return { w, k, f: x.map(f) };
})();

export class Generator {
  // `child`: [] for default_rng(seed), [i] for the i-th of its spawn(n).
  constructor(seed = 0, child = []) {
    const words = seedWords(seed, child, 8).map(BigInt);
    const wide = (i) => (((words[i + 1] << 32n) | words[i]) << 64n) | (words[i + 3] << 32n) | words[i + 2];
    this.inc = ((wide(4) << 1n) | 1n) & M128;
    this.state = this.inc;
    this.state = (this.state + wide(0)) & M128;
    this.step();
    this.half = null; // the other half of 64 bits of which 32 were asked for
  }
  step() {
    this.state = (this.state * 0x2360ed051fc65da44385df649fccf645n + this.inc) & M128;
  }
  bits64() {
    this.step();
    const x = (this.state >> 64n) ^ (this.state & M64), r = this.state >> 122n;
    return ((x >> r) | (x << (64n - r))) & M64;
  }
  bits32() {
    if (this.half !== null) {
      const kept = this.half;
      this.half = null;
      return kept;
    }
    const all = this.bits64();
    this.half = Number(all >> 32n);
    return Number(all & M32);
  }
  // U(0, 1): 53 bits.
  random() {
    return Number(this.bits64() >> 11n) * 2 ** -53;
  }
  // 0 .. high, both included, each equally likely (Lemire, arXiv:1805.10941).
  integer(high) {
    if (high === 0) return 0;
    const n = BigInt(high + 1);
    let m = BigInt(this.bits32()) * n;
    if ((m & M32) < n) {
      const threshold = (M32 - BigInt(high)) % n;
      while ((m & M32) < threshold) m = BigInt(this.bits32()) * n;
    }
    return Number(m >> 32n);
  }
  normal() {
    const { w, k, f } = TABLES;
    for (;;) {
      const bits = this.bits64();
      const i = Number(bits & 255n), rest = (bits >> 9n) & 0xfffffffffffffn;
      const size = Number(rest);
      const x = (bits >> 8n) & 1n ? -size * w[i] : size * w[i];
      if (size < k[i]) return x;
      if (i === 0) {
        for (;;) {
          const tail = -Math.log1p(-this.random()) / R, y = -Math.log1p(-this.random());
          if (y + y > tail * tail) return (rest >> 8n) & 1n ? -(R + tail) : R + tail;
        }
      }
      if ((f[i - 1] - f[i]) * this.random() + f[i] < Math.exp(-0.5 * x * x)) return x;
    }
  }
  // 0 .. n - 1 in a random order; here NumPy throws away what is too large.
  permutation(n) {
    const order = Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const mask = 0xffffffff >>> Math.clz32(i);
      let j = (this.bits32() & mask) >>> 0;
      while (j > i) j = (this.bits32() & mask) >>> 0;
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  }
  normals(n, scale = 1) {
    return Float64Array.from({ length: n }, () => scale * this.normal());
  }
  uniforms(n, low, high) {
    return Float64Array.from({ length: n }, () => low + (high - low) * this.random());
  }
  // As NumPy's `bit_generator.state`, whose numbers are too large for JSON's readers here.
  save() {
    return { state: String(this.state), inc: String(this.inc), has_uint32: this.half === null ? 0 : 1, uinteger: this.half ?? 0 };
  }
  static load(saved) {
    const g = new Generator(0);
    g.state = BigInt(saved.state);
    g.inc = BigInt(saved.inc);
    g.half = saved.has_uint32 ? saved.uinteger : null;
    return g;
  }
}

// Dropout's mask: entry i is splitmix64(seed + (i + 1) * golden) < keep * 2^64, so that any
// part of it can be made in any order (Steele, Lea and Flood, OOPSLA 2014). A number of 64
// bits is two of 32 here: BigInt would be twenty times slower.
export function bernoulliMask(seed, n, keep) {
  const mask = new Uint8Array(n);
  let hi = Number(BigInt(seed) >> 32n), lo = Number(BigInt(seed) & M32);
  for (let i = 0; i < n; i++) {
    lo += 0x7f4a7c15;
    hi = (hi + 0x9e3779b9 + (lo > 0xffffffff ? 1 : 0)) >>> 0;
    lo >>>= 0;
    let h = hi, l = lo;
    for (const [shift, a, b] of SPLITMIX) {
      l ^= (l >>> shift) | (h << (32 - shift));
      h ^= h >>> shift;
      if (a) {
        const low = product(l, b);
        h = (low.hi + Math.imul(h, b) + Math.imul(l, a)) >>> 0;
        l = low.lo;
      }
    }
    h >>>= 0;
    l >>>= 0;
    mask[i] = (h * 2 ** 21 + (l >>> 11)) * 2 ** -53 < keep ? 1 : 0;
  }
  return mask;
}
const SPLITMIX = [[30, 0xbf58476d, 0x1ce4e5b9], [27, 0x94d049bb, 0x133111eb], [31, 0, 0]];

// 32 bits times 32 bits, 64 bits as two halves.
const PRODUCT = { hi: 0, lo: 0 };
function product(a, b) {
  const a1 = a >>> 16, a0 = a & 0xffff, b1 = b >>> 16, b0 = b & 0xffff;
  const low = a0 * b0, mid = a1 * b0 + (low >>> 16), cross = a0 * b1 + (mid & 0xffff);
  PRODUCT.hi = (a1 * b1 + Math.floor(mid / 65536) + Math.floor(cross / 65536)) >>> 0;
  PRODUCT.lo = Math.imul(a, b) >>> 0;
  return PRODUCT;
}
