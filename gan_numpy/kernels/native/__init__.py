"""Every operation in pure Numba, no BLAS: one file beside each of the reference's.

Read `jit` and `arrays` (how and for what a function is compiled), `updates` (one pass
over memory), `dropout` and `maxout` (the same, less simple), then `registers` and
`matmul` (a matrix product), `affine` and `convolution` upon it, and last `exponential`
and `parzen`.

Without a BLAS there is one pool of threads, and a layer's whole work is code that can
be read here. On processors with AVX-512 it is also the fastest.
"""
