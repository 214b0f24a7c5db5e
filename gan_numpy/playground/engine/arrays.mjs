// Matrices: a batch is one example a row. Numbers are float64 throughout.

export class Matrix {
  constructor(rows, cols, data = new Float64Array(rows * cols)) {
    this.rows = rows;
    this.cols = cols;
    this.data = data;
  }
  row(i) {
    return this.data.subarray(i * this.cols, (i + 1) * this.cols);
  }
  copy() {
    return new Matrix(this.rows, this.cols, this.data.slice());
  }
  // A matrix of the same shape, entry by entry.
  map(f) {
    const Y = new Matrix(this.rows, this.cols), from = this.data, to = Y.data;
    for (let i = 0; i < from.length; i++) to[i] = f(from[i], i);
    return Y;
  }
}

export const zerosLike = (a) => new Matrix(a.rows, a.cols);

export const full = (rows, cols, value) => new Matrix(rows, cols, new Float64Array(rows * cols).fill(value));

// y = A B: four rows of B at a time, so that y is read and written a quarter as often.
export function times(A, B) {
  const Y = new Matrix(A.rows, B.cols), n = B.cols, m = A.cols, a = A.data, b = B.data, y = Y.data;
  for (let i = 0; i < A.rows; i++) {
    const p = i * n;
    let k = 0;
    for (; k + 3 < m; k += 4) {
      const at = i * m + k, a0 = a[at], a1 = a[at + 1], a2 = a[at + 2], a3 = a[at + 3];
      for (let j = 0, q = k * n; j < n; j++, q++)
        y[p + j] += a0 * b[q] + a1 * b[q + n] + a2 * b[q + 2 * n] + a3 * b[q + 3 * n];
    }
    for (; k < m; k++) {
      const a0 = a[i * m + k];
      for (let j = 0, q = k * n; j < n; j++, q++) y[p + j] += a0 * b[q];
    }
  }
  return Y;
}

export function transposed(A) {
  const Y = new Matrix(A.cols, A.rows);
  for (let i = 0; i < A.rows; i++) for (let j = 0; j < A.cols; j++) Y.data[j * A.rows + i] = A.data[i * A.cols + j];
  return Y;
}

// Add a row to every row, in place.
export function addRow(A, b) {
  for (let i = 0, p = 0; i < A.rows; i++) for (let j = 0; j < A.cols; j++) A.data[p++] += b.data[j];
  return A;
}

export function columnSums(A) {
  const sums = new Matrix(1, A.cols);
  for (let i = 0, p = 0; i < A.rows; i++) for (let j = 0; j < A.cols; j++) sums.data[j] += A.data[p++];
  return sums;
}

export function add(target, other) {
  for (let i = 0; i < target.data.length; i++) target.data[i] += other.data[i];
  return target;
}

// Entry times entry
export function hadamard(A, B) {
  const Y = new Matrix(A.rows, A.cols), a = A.data, b = B.data, y = Y.data;
  for (let i = 0; i < y.length; i++) y[i] = a[i] * b[i];
  return Y;
}

export const scaled = (A, c) => A.map((a) => c * a);

export function stack(A, B) {
  const Y = new Matrix(A.rows + B.rows, A.cols);
  Y.data.set(A.data);
  Y.data.set(B.data, A.data.length);
  return Y;
}

export const rowsOf = (A, from, to) => new Matrix(to - from, A.cols, A.data.slice(from * A.cols, to * A.cols));

// Some rows, in this order.
export function take(A, rows) {
  const Y = new Matrix(rows.length, A.cols);
  rows.forEach((r, i) => Y.row(i).set(A.row(r)));
  return Y;
}

export const mean = (values) => values.reduce((sum, v) => sum + v, 0) / values.length;

export const length = (values) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));

export const allFinite = (A) => A.data.every(Number.isFinite);
