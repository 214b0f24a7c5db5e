"""Near misses, by hand: the names that each must get, a bar, the formula.

Where a name is not of the checker: `shape` sizes do not fit, `letter` an index that is
neither at the left nor summed, `name` an unknown name, `syntax` no formula.
"""

WRONG = {
    "dense_backward": r"""
transposed | dW = dy^T x
mean-twice | dW = x^T dy / N
mean-missing | dW = N x^T dy
mean-twice | dW_ij = mean_n x_ni dy_nj
mean-twice | dW_ij = 1/N sum_n x_ni dy_nj
sign | dW = -x^T dy
factor-half | dW_ij = 1/2 sum_n x_ni dy_nj
not-summed | db = dy
wrong-axis | db = dy.sum(axis=1)
summed-too-much | db = sum(dy)
mean-twice | db_j = mean_n dy_nj
sign | db_j = -sum_n dy_nj
upstream-ignored | dx_ni = sum_j W_ij
shape | dx = dy W
shape | dW = x dy
shape | dW_ij = sum_n dy_ni x_nj
letter | dW_ij = sum_n x_ni dy_nk
letter | db_j = dy_nj
sign | dx = -dy W^T
factor-2 | dx_ni = 2 sum_j dy_nj W_ij
name | dW = x^T dz
""",
    "relu_backward": r"""
mask-missing | dx = dy
mask-from-dy | dx = dy [dy > 0]
mask-inverted | dx = dy [x < 0]
mask-inverted | dx_ni = dy_ni [x_ni <= 0]
upstream-ignored | dx = [x > 0]
x-extra | dx = dy max(x, 0)
x-extra | dx = dy relu(x)
sign | dx = -dy [x > 0]
sign | dx = where(x > 0, -dy, 0)
dy-squared | dx = dy^2 [x > 0]
all-zero | dx = 0 dy
factor-2 | dx = dy (1 + sign(x))
mean-twice | dx_ni = 1/N dy_ni [x_ni > 0]
factor-half | dx = 1/2 dy [x > 0]
letter | dx_ni = dy_nj [x_ni > 0]
shape | dx_ni = dy_in [x_ni > 0]
mask-missing | dx_ni = dy_ni
""",
    "leaky_relu_backward": r"""
slope-lost | dx = dy [x > 0]
slope-lost | dx_ni = dy_ni if x_ni > 0 else 0
slope-missing | dx = dy
slope-swapped | dx = slope dy where x > 0, dy elsewhere
slope-swapped | dx = dy (slope [x > 0] + [x <= 0])
slope-extra | dx = dy where x > 0, slope^2 dy elsewhere
slope-extra | dx_ni = dy_ni slope ([x_ni > 0] + slope [x_ni <= 0])
sign | dx = dy where x > 0, -slope dy elsewhere
sign | dx = -dy ([x > 0] + slope [x <= 0])
mask-from-dy | dx = dy where dy > 0, slope dy elsewhere
upstream-ignored | dx = 1 where x > 0, slope elsewhere
upstream-ignored | dx_ni = [x_ni > 0] + slope [x_ni <= 0]
factor-half | dx = dy ([x > 0] + slope [x <= 0]) / 2
mean-twice | dx_ni = 1/N dy_ni ([x_ni > 0] + slope [x_ni <= 0])
letter | dx_ni = dy_nj ([x_ni > 0] + slope [x_ni <= 0])
""",
    "maxout_forward": r"""
minimum | z = x W + b; y_nu = min_j z_nuj
minimum | y_nu = min_j (sum_i x_ni W_iuj + b_uj)
averaged | z = x W + b; y_nu = mean_j z_nuj
averaged | y_nu = 1/k sum_j (x W + b)_nuj
pieces-summed | z = x W + b; y_nu = sum_j z_nuj
pieces-summed | y_nu = sum_j (sum_i x_ni W_iuj + b_uj)
bias-missing | z = x W; y_nu = max_j z_nuj
bias-missing | y_nu = max_j sum_i x_ni W_iuj
absolute-value | y_nu = max_j |(x W + b)_nuj|
special-case | y_nu = max(max_j (x W + b)_nuj, 0)
first-piece | z = x W + b; y_nu = z_nu0
first-piece | y_nu = (x W + b)_{n,uk}
shape | y_nu = max_j (x W^T + b)_nuj
letter | y_nu = (x W + b)_nuj
shape | y = x W + b
""",
    "maxout_backward": r"""
to-all-pieces | dz_nuj = dy_nu 1_j; dW = x^T dz
to-all-pieces | dW_iuj = sum_n x_ni dy_nu
averaged | dz_nuj = dy_nu / k; dx = dz W^T
averaged | dx_ni = 1/k sum_uj dy_nu W_iuj
pieces-extra | dz_nuj = k dy_nu [j = w_nu]; db = 1^T dz
pieces-missing | dz_nuj = 1/k dy_nu [j = w_nu]; dW = x^T dz
mean-twice | dz_nuj = dy_nu [j = w_nu]; db = mean_n dz_n
mean-twice | dW_iuj = 1/N sum_n x_ni dy_nu [j = w_nu]
transposed | dz_nuj = dy_nu [j = w_nu]; dW = dz^T x
sign | dz_nuj = dy_nu [j = w_nu]; dx = -dz W^T
upstream-ignored | dz_nuj = [j = w_nu]; dW = x^T dz
not-summed | dz_nuj = dy_nu [j = w_nu]; db = dz
all-zero | db = 0 b
shape | dz_nuj = dy_nu [j = w_nu]; dx = dz W
letter | dW_iuj = sum_n x_ni dy_nu [l = w_nu]
winner-off-by-one | dz_nuj = dy_nu [j = w_nu + 1] + dy_nu [j = 0] [w_nu = k - 1]; dW = x^T dz
""",
    "dropout_backward": r"""
mask-missing | dx = dy / keep
scale-missing | dx = dy * mask
scale-missing | dx_ni = mask_ni dy_ni
mask-missing scale-missing | dx = dy
scale-twice | dx = dy mask / keep^2
scale-twice | dx_ni = dy_ni mask_ni / (keep keep)
wrong-probability | dx = dy mask / (1 - keep)
mask-inverted | dx = dy (1 - mask) / keep
mask-inverted | dx = dy [mask = 0] / keep
mask-from-dy | dx = dy [dy > 0] / keep
sign | dx = -dy mask / keep
upstream-ignored | dx = mask / keep
all-zero | dx = 0 dy
mean-twice | dx_ni = 1/N dy_ni mask_ni / keep
factor-half | dx = 1/2 dy mask / keep
""",
    "discriminator_gradient": r"""
sign | da_real = (1 - sigma(a_real)) / N
sign | da_real_n = sigma(-a_real_n) / N
sign | da_fake = -sigma(a_fake) / M
mean-missing | da_real = sigma(a_real) - 1
mean-missing | da_fake_m = sigma(a_fake_m)
mean-twice | da_real = (sigma(a_real) - 1) / N^2
other-batch | da_fake = sigma(a_fake) / N
other-batch | da_real_n = (sigma(a_real_n) - 1) / M
both-batches | da_fake = sigma(a_fake) / (N + M)
labels-swapped | da_real = sigma(a_real) / N
labels-swapped | da_fake = (sigma(a_fake) - 1) / M
sigmoid-derivative-extra | p = sigma(a_real); da_real = (p - 1) p (1 - p) / N
sigmoid-derivative-missing | q = sigma(a_fake); da_fake = 1/(1 - q) / M
factor-half | da_fake = 0.5 sigma(a_fake) / M
shape | da_real = (sigma(a_fake) - 1) / N
""",
    "generator_gradient": r"""
saturating | da_fake = -sigma(a_fake) / N
saturating | da_fake_n = (sigma(-a_fake_n) - 1) / N
labels-swapped | da_fake = sigma(a_fake) / N
sign | da_fake = (1 - sigma(a_fake)) / N
sign | da_fake_n = sigma(-a_fake_n) / N
mean-missing | da_fake = sigma(a_fake) - 1
mean-missing | da_fake_n = -sigma(-a_fake_n)
mean-twice | da_fake = (sigma(a_fake) - 1) / N^2
sigmoid-derivative-extra | p = sigma(a_fake); da_fake = (p - 1) p (1 - p) / N
sigmoid-derivative-missing | p = sigma(a_fake); da_fake = -1/(p N)
factor-half | da_fake = 0.5 (sigma(a_fake) - 1) / N
saturating mean-missing | da_fake = -sigma(a_fake)
1-d-missing | da_fake = -1/N
factor-2 | da_fake_n = 2/N (sigma(a_fake_n) - 1)
""",
    "batchnorm_backward": r"""
mean-twice | dgamma = mean_n dy_n xhat_n
mean-twice | dgamma_f = 1/N sum_n dy_nf xhat_nf
xhat-missing | dgamma = sum_n dy_n
gamma-extra | dbeta = gamma sum_n dy_n
not-summed | dbeta = dy
mean-twice | dbeta_f = mean_n dy_nf
statistics-constant | dx = gamma dy / std
statistics-constant | dx_nf = gamma_f dy_nf / std_f
mean-path-missing | d = gamma dy; dx = (d - xhat mean(d xhat)) / std
variance-path-missing | d = gamma dy; dx = (d - mean(d)) / std
mean-path-sign | d = gamma dy; dx = (d + mean(d) - xhat mean(d xhat)) / std
variance-path-sign | d = gamma dy; dx = (d - mean(d) + xhat mean(d xhat)) / std
gamma-missing | dx = (dy - mean(dy) - xhat mean(dy xhat)) / std
std-missing | d = gamma dy; dx = d - mean(d) - xhat mean(d xhat)
std-twice | d = gamma dy; dx = (d - mean(d) - xhat mean(d xhat)) / std^2
mean-path-summed | d_nf = gamma_f dy_nf; dx_nf = (d_nf - sum_m d_mf - xhat_nf mean_m d_mf xhat_mf) / std_f
variance-path-summed | d_nf = gamma_f dy_nf; dx_nf = (d_nf - mean_m d_mf - xhat_nf sum_m d_mf xhat_mf) / std_f
letter | dx_nf = gamma_f dy_mf / std_f
""",
    "conv2d_backward": r"""
letter | db_o = sum_hw dy_nohw
not-summed | db = dy.sum(axis=(2, 3))
mean-twice | db_o = 1/N sum_nhw dy_nohw
sign | db_o = -sum_nhw dy_nohw
wrong-axis | db = dy.sum(axis=(1, 2, 3))
mean-twice | dW_ocij = 1/N sum_nhw dy_nohw x_{n,c,hs+i,ws+j}
sign | dW_ocij = -sum_nhw dy_nohw x_{n,c,hs+i,ws+j}
axes-swapped | dW_ocij = sum_nhw dy_nohw x_{n,c,hs+j,ws+i}
flipped | dW_ocij = sum_nhw dy_nohw x_{n,c,hs+k-1-i,ws+k-1-j}
upstream-ignored | dW_ocij = sum_nhw [o = o] x_{n,c,hs+i,ws+j}
overlap-overwritten | dx_{n,c,hs+i,ws+j} = sum_o W_ocij dy_nohw
kernel-rotated | dx_{n,c,hs+i,ws+j} += sum_o W_{o,c,k-1-i,k-1-j} dy_nohw
kernel-transposed | dx_{n,c,hs+i,ws+j} += sum_o W_ocji dy_nohw
mean-twice | dx_{n,c,hs+i,ws+j} += 1/N sum_o W_ocij dy_nohw
special-case | dx_{n,c,h+i,w+j} += sum_o W_ocij dy_nohw
shape | dx_{n,c,hs+i,ws+j} += sum_o W_coij dy_nohw
""",
    "conv_transpose_backward": r"""
mean-twice | dW_ocij = 1/N sum_nhw y_nohw dx_{n,c,hs+i,ws+j}
sign | dW_ocij = -sum_nhw y_nohw dx_{n,c,hs+i,ws+j}
axes-swapped | dW_ocij = sum_nhw y_nohw dx_{n,c,hs+j,ws+i}
flipped | dW_ocij = sum_nhw y_nohw dx_{n,c,hs+k-1-i,ws+k-1-j}
factor-ambiguous | dW_ocij = 2 sum_nhw y_nohw dx_{n,c,hs+i,ws+j}
kernel-rotated | dy_nohw = sum_cij W_{o,c,k-1-i,k-1-j} dx_{n,c,hs+i,ws+j}
kernel-transposed | dy_nohw = sum_cij W_ocji dx_{n,c,hs+i,ws+j}
sign | dy_nohw = -sum_cij W_ocij dx_{n,c,hs+i,ws+j}
mean-twice | dy_nohw = 1/N sum_cij W_ocij dx_{n,c,hs+i,ws+j}
factor-ambiguous | dy_nohw = 1/2 sum_cij W_ocij dx_{n,c,hs+i,ws+j}
letter | dy_nohw = sum_cij W_ocij dx_{n,c,ls+i,ws+j}
shape | dy_nohw = sum_cij W_coij dx_{n,c,hs+i,ws+j}
overlap-overwritten | dy_nohw = sum_c W_{o,c,k-1,k-1} dx_{n,c,hs+k-1,ws+k-1}
""",
    "least_squares_gradient": r"""
factor-2 | da_real = 2 (a_real - b) / N
factor-2 | da_real_n = 2/N (a_real_n - b)
factor-half | da_fake = 1/2 (a_fake - a) / M
mean-missing | da_real = a_real - b
mean-missing | da_fake_m = a_fake_m - a
mean-twice | da_fake = (a_fake - a) / M^2
other-batch | da_fake = (a_fake - a) / N
other-batch | da_real_n = (a_real_n - b) / M
both-batches | da_real_n = (a_real_n - b) / (N + M)
sign | da_real = (b - a_real) / N
labels-swapped | da_real = (a_real - a) / N
labels-swapped | da_fake_m = (a_fake_m - b) / M
target-missing | da_real = a_real / N
target-sign | da_fake = (a_fake + a) / M
shape | da_real = (a_fake - b) / N
""",
    "critic_gradient": r"""
sign | da_real = 1/N
sign | da_fake = -1/M
sign | da_real_n = 1/N
mean-missing | da_real = -1
mean-missing | da_fake_m = 1
other-batch | da_fake = 1/N
other-batch | da_real_n = -1/M
both-batches | da_fake = 1/(N + M)
mean-twice | da_real = -1/N^2
a-real-extra | da_real = -a_real / N
a-real-extra | da_real_n = -a_real_n / N
all-zero | da_fake = 0
factor-half | da_fake = 1/2 1/M
factor-2 | da_real_n = -2/N
shape | da_real = -ones(M) / N
""",
    "clip_weights": r"""
lower-bound-missing | p = min(p, c)
lower-bound-missing | p_i = min(c, p_i)
upper-bound-missing | p = max(p, -c)
upper-bound-missing | p_i = max(-c, p_i)
not-negative | p = clip(p, 0, c)
not-negative | p = min(max(p, 0), c)
rescaled | p = p c / max(|p|)
norm-clipped | p = p min(1, c/norm(p))
unclipped | p = p
set-to-zero | p = p [|p| <= c]
set-to-zero | p = 0 if |p| > c else p
set-to-zero | p_i = p_i where |p_i| <= c, 0 elsewhere
""",
    "gradient_penalty_backward": r"""
norm-missing | u_n = 2 lam/N (|g_n| - 1) g_n; dW = u^T (M * w)
norm-twice | s_n = |g_n|; u_n = 2 lam/N (s_n - 1)/s_n^2 g_n; dW = u^T (M * w)
factor-half | u_n = lam/N (|g_n| - 1) g_n/|g_n|; dW = u^T (M * w)
mean-missing | u_n = 2 lam (|g_n| - 1) g_n/|g_n|; dW = u^T (M * w)
mean-twice | u_n = 2 lam/N^2 (|g_n| - 1) g_n/|g_n|; dw = 1^T (M * (u W))
lam-missing | u_n = 2/N (|g_n| - 1) g_n/|g_n|; dw = 1^T (M * (u W))
deviation-missing | u_n = 2 lam/N g_n/|g_n|; dW = u^T (M * w)
one-missing | u_n = 2 lam/N g_n; dW = u^T (M * w)
deviation-squared | u_n = 2 lam/N (|g_n| - 1)^2 g_n/|g_n|; dW = u^T (M * w)
norm-over-batch | u = 2 lam/N (norm(g) - 1) g/norm(g); dW = u^T (M * w)
sign | u_n = 2 lam/N (1 - |g_n|) g_n/|g_n|; dW = u^T (M * w)
mask-missing | u_n = 2 lam/N (|g_n| - 1) g_n/|g_n|; dw = 1^T (u W)
w-extra | u_n = 2 lam/N (|g_n| - 1) g_n/|g_n|; dw = 1^T (M * w * (u W))
w-missing | u_n = 2 lam/N (|g_n| - 1) g_n/|g_n|; dW = u^T M
transposed | u_n = 2 lam/N (|g_n| - 1) g_n/|g_n|; dW = (M * w)^T u
not-summed | u_n = 2 lam/N (|g_n| - 1) g_n/|g_n|; dw = M * (u W)
shape | u_n = 2 lam/N (|g_n| - 1) g_n/|g_n|; dW = u (M * w)
""",
    "spectral_norm_backward": r"""
sigma-constant | dW = dy / sigma
sigma-constant | dW_ij = dy_ij / sigma
through-sigma-sign | dW = (dy + <dy, W/sigma> u v^T) / sigma
sigma-missing | dW = dy - <dy, W/sigma> u v^T
sigma-twice | dW = (dy - <dy, W/sigma> u v^T) / sigma^2
inner-sigma-missing | dW = (dy - <dy, W> u v^T) / sigma
inner-product-of-uv | dW = (dy - <dy, u v^T> u v^T) / sigma
inner-product-of-uv | dW_ij = (dy_ij - (sum_kl dy_kl u_k v_l) u_i v_j) / sigma
w-for-uv | dW = (dy - <dy, W/sigma> W) / sigma
direct-missing | dW = -<dy, W/sigma> u v^T / sigma
sign | dW = -(dy - <dy, W/sigma> u v^T) / sigma
through-sigma-twice | dW = (dy - 2 <dy, W/sigma> u v^T) / sigma
sigma-constant sigma-missing | dW = dy
shape | dW = (dy - <dy, W/sigma> v u^T) / sigma
""",
}
