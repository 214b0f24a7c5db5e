"""Right derivations, by hand, in the styles that people write them in; one a line.

A semicolon ends an equation: what stands before the last one is a definition of one's
own. `rewriting.variants` makes several forms of each.
"""

RIGHT = {
    "dense_backward": r"""
dx = dy W^T
dx_ni = sum_j dy_nj W_ij
dx_ni = dy_nj W_ij
dx_n = W dy_n
dx_n = dy_n W^T
dx = (W dy^T)^T
dx_ni = sum_j dy_nj (W^T)_ji
dW = x^T dy
dW_ij = sum_n x_ni dy_nj
dW_ij = x_ni dy_nj
dW = sum_n x_n dy_n^T
dW = (dy^T x)^T
dW_ij = (x^T dy)_ij
dW_ij = N mean_n (x_ni dy_nj)
dW = einsum("ni,nj->ij", x, dy)
db_j = sum_n dy_nj
db = sum_n dy_n
db = 1^T dy
db = dy^T ones(N)
db = dy.sum(axis=0)
db = sum(dy, axis=0)
db_j = N mean_n dy_nj
""",
    "relu_backward": r"""
dx = dy [x > 0]
dx_ni = dy_ni [x_ni > 0]
dx = dy * (x > 0)
dx = where(x > 0, dy, 0)
dx = dy if x > 0 else 0
dx = dy where x > 0, else 0
dx = dy where x > 0, 0 elsewhere
dx = dy (1 + sign(x)) / 2
dx = dy relu(x) / x
dx = dy - dy [x <= 0]
dx = dy (x + |x|) / (2 x)
dx = dy step(x)
dx_ni = sum_k [k = i] [x_nk > 0] dy_nk
dx_n = diag([x_n > 0]) dy_n
dx_nf = 0 if x_nf < 0 else dy_nf
dx = dy 1_{x > 0}
m = (x > 0); dx = m dy
""",
    "leaky_relu_backward": r"""
dx = dy where x > 0, slope dy elsewhere
dx = dy where x > 0, else slope dy
dx = dy ([x > 0] + slope [x <= 0])
dx_ni = dy_ni ([x_ni > 0] + slope [x_ni <= 0])
dx = dy (slope + (1 - slope) [x > 0])
dx = where(x > 0, dy, slope * dy)
dx = slope dy + (1 - slope) dy [x > 0]
dx_ni = slope dy_ni + (1 - slope) dy_ni [x_ni > 0]
dx = dy - (1 - slope) dy [x < 0]
dx = dy if x > 0 else slope dy
dx_nf = dy_nf if x_nf > 0 else slope dy_nf
dx = dy (1 + slope + (1 - slope) sign(x)) / 2
dx = (x > 0) dy + slope (x < 0) dy
m_nf = 1 if x_nf > 0 else slope; dx_nf = m_nf dy_nf
""",
    "maxout_forward": r"""
z = x W + b; y_nu = max_j z_nuj
y_nu = max_j (x W + b)_nuj
y_nu = max_j (sum_i x_ni W_{i,uk+j} + b_{uk+j})
y_nu = max_j (sum_i x_ni W_iuj + b_uj)
z_nuj = sum_i x_ni W_iuj + b_uj; y_nu = max_j z_nuj
z_nuj = x_ni W_iuj + b_uj; y_nu = max_j z_nuj
y_nu = -min_j (-(x W + b)_nuj)
z = x W + b; y_nu = sum_j z_nuj [j = argmax_l z_nul]
z = b + x W; y_nu = max_j z_{nuj}
z = b + (W^T x^T)^T; y_nu = max_j z_nuj
y_nu = max_j (b_uj + sum_i W_iuj x_ni)
z_n = x_n W + b; y_nu = max_j z_{n,uk+j}
y_nu = max_j (b_{uk+j} + sum_i W_{i,uk+j} x_ni)
""",
    "maxout_backward": r"""
dz_nuj = dy_nu [j = w_nu]; dW = x^T dz
dz_nuj = dy_nu [w_nu = j]; dx = dz W^T
dz_nuj = [j = w_nu] dy_nu; db = sum_n dz_n
dz_nuj = dy_nu [j = w_nu]; db = 1^T dz
dz_nuj = dy_nu if j = w_nu else 0; dW_iuj = sum_n x_ni dz_nuj
dz_nuj = dy_nu [j = w_nu]; dx_ni = sum_uj dz_nuj W_iuj
dz_nuj = dy_nu [j = w_nu]; dW = x^T dz; dx = dz W^T; db_uj = sum_n dz_nuj
dW_iuj = sum_n x_ni dy_nu [j = w_nu]
dW_iuj = x_ni dy_nu [j = w_nu]
dx_ni = sum_u dy_nu W_{i,uk+w_nu}
dx_ni = sum_uj dy_nu [j = w_nu] W_iuj
db_uj = sum_n dy_nu [j = w_nu]
db_{uk+j} = sum_n dy_nu [j = w_nu]
dW_{i,uk+j} = sum_n x_ni dy_nu [j = w_nu]
dz = onehot(w) * dy; dW = x^T dz
dz_nuj = dy_nu onehot(w)_nuj; dW = (dz^T x)^T
""",
    "dropout_backward": r"""
dx = dy * mask / keep
dx_ni = dy_ni mask_ni / keep
dx = mask dy / keep
dx = (1/keep) mask * dy
dx = dy if mask else 0; dx = dx / keep
dx = where(mask, dy / keep, 0)
dx = dy / keep where mask, 0 elsewhere
dx = dy [mask = 1] / keep
dx = dy (1 - [mask = 0]) / keep
dx_nf = keep^-1 mask_nf dy_nf
dx = keep^(-1) dy mask
dx_n = diag(mask_n) dy_n / keep
dx = dy / keep - dy [mask = 0] / keep
m = mask / keep; dx = m dy
""",
    "discriminator_gradient": r"""
da_real = (sigma(a_real) - 1) / N
da_real_n = (sigma(a_real_n) - 1) / N
da_real = -sigma(-a_real) / N
da_real_n = -(1 - sigma(a_real_n)) / N
da_real_i = 1/N (sigma(a_real_i) - 1)
da_real = -1/(N (1 + exp(a_real)))
da_real_n = -exp(-a_real_n) / (N (1 + exp(-a_real_n)))
p = sigma(a_real); da_real = (p - 1)/N
D = 1/(1 + exp(-a_real)); da_real = D/N - 1/N
da_fake = sigma(a_fake) / M
da_fake_m = sigma(a_fake_m) / M
da_fake_n = 1/M sigma(a_fake_n)
da_fake = 1/(M (1 + exp(-a_fake)))
da_fake = (1 - sigma(-a_fake)) / M
da_fake_m = exp(a_fake_m) / (1 + exp(a_fake_m)) / M
q = sigma(a_fake); da_fake = q / M
da_fake_n = sum_m [m = n] sigma(a_fake_m) / M
""",
    "generator_gradient": r"""
da_fake = (sigma(a_fake) - 1) / N
da_fake_n = (sigma(a_fake_n) - 1) / N
da_fake = -sigma(-a_fake) / N
da_fake_n = -(1 - sigma(a_fake_n)) / N
da_fake_i = 1/N (sigma(a_fake_i) - 1)
da_fake = -1/(N (1 + exp(a_fake)))
da_fake_n = -exp(-a_fake_n) / (N (1 + exp(-a_fake_n)))
p = sigma(a_fake); da_fake = (p - 1)/N
D = 1/(1 + exp(-a_fake)); da_fake = D/N - 1/N
da_fake = sigma(a_fake)/N - 1/N
da_fake = -(1/N) (1 - 1/(1 + exp(-a_fake)))
D = sigma(a_fake); da_fake = -(1/N) (1/D) D (1 - D)
da_fake = (1/(1 + exp(-a_fake)) - 1) / len(a_fake)
""",
    "batchnorm_backward": r"""
dgamma = sum_n dy_n xhat_n
dgamma_f = sum_n dy_nf xhat_nf
dgamma_f = dy_nf xhat_nf
dgamma = (dy * xhat).sum(axis=0)
dgamma = 1^T (dy * xhat)
dgamma_f = N mean_n (dy_nf xhat_nf)
dbeta = sum_n dy_n
dbeta_f = sum_n dy_nf
dbeta = dy.sum(axis=0)
dbeta = 1^T dy
d = gamma dy; dx = (d - mean(d) - xhat mean(d xhat)) / std
d = gamma * dy; dx = (d - mean_n d_n - xhat * mean_n (d_n xhat_n)) / std
d_nf = gamma_f dy_nf; dx_nf = (d_nf - mean_m d_mf - xhat_nf mean_m (d_mf xhat_mf)) / std_f
d_nf = gamma_f dy_nf; dx_nf = (N d_nf - sum_m d_mf - xhat_nf sum_m d_mf xhat_mf) / (N std_f)
dx_nf = gamma_f / (N std_f) (N dy_nf - sum_m dy_mf - xhat_nf sum_m dy_mf xhat_mf)
dx_nf = gamma_f / std_f (dy_nf - mean_m dy_mf - xhat_nf mean_m dy_mf xhat_mf)
dx = gamma / (N std) (N dy - dbeta - xhat dgamma); dbeta = 1^T dy; dgamma = 1^T (dy * xhat)
dx_nf = gamma_f / std_f sum_m ([m = n] - 1/N - xhat_nf xhat_mf / N) dy_mf
""",
    "conv2d_backward": r"""
db_o = sum_nhw dy_nohw
db_o = sum_n sum_h sum_w dy_nohw
db_o = sum_{n,h,w} dy_nohw
db = dy.sum(axis=(0, 2, 3))
db_o = dy_nohw 1_n 1_h 1_w
dW_ocij = sum_nhw dy_nohw x_{n,c,hs+i,ws+j}
dW_ocij = sum_{n,h,w} dy_nohw x_{n,c,h s+i,w s+j}
dW_ocij = dy_nohw x_{n,c,hs+i,ws+j}
dW_ocij = sum_nhwpq dy_nohw x_ncpq [p = h s + i] [q = w s + j]
dx_{n,c,hs+i,ws+j} += sum_o W_ocij dy_nohw
dx_{n,c,hs+i,ws+j} += W_ocij dy_nohw
dx_ncpq = sum_ohwij W_ocij dy_nohw [p = h s + i] [q = w s + j]
dx_nchw = sum_oij W_ocij dy_{n,o,(h-i)/s,(w-j)/s}
dx_ncpq = sum_{o,i,j,h,w: p = h s + i, q = w s + j} W_ocij dy_nohw
""",
    "conv_transpose_backward": r"""
dW_ocij = sum_nhw y_nohw dx_{n,c,hs+i,ws+j}
dW_ocij = sum_{n,h,w} y_nohw dx_{n,c,h s+i,w s+j}
dW_ocij = y_nohw dx_{n,c,hs+i,ws+j}
dW_ocij = sum_nhwpq y_nohw dx_ncpq [p = h s + i] [q = w s + j]
dW_ocij = sum_{n,h,w,p,q: p = h s + i, q = w s + j} y_nohw dx_ncpq
dy_nohw = sum_cij W_ocij dx_{n,c,hs+i,ws+j}
dy_nohw = W_ocij dx_{n,c,hs+i,ws+j}
dy_nohw = sum_c sum_i sum_j W_ocij dx_{n,c,h s+i,w s+j}
dy_nohw = sum_cijpq W_ocij dx_ncpq [p = h s + i] [q = w s + j]
dy_nohw = sum_{c,i,j,p,q: p = h s + i, q = w s + j} W_ocij dx_ncpq
dy_{n,o,(p-i)/s,(q-j)/s} += sum_c W_ocij dx_ncpq
""",
    "least_squares_gradient": r"""
da_real = (a_real - b) / N
da_real_n = (a_real_n - b) / N
da_real_n = 1/N (a_real_n - b)
da_real = -(b - a_real) / N
da_real = a_real / N - b / N
da_real_i = 2/2 (a_real_i - b) / N
e = a_real - b; da_real = e / N
da_fake = (a_fake - a) / M
da_fake_m = (a_fake_m - a) / M
da_fake_n = 1/M (a_fake_n - a)
da_fake = -(a - a_fake) / M
da_fake = a_fake / M - a / M
e = a_fake - a; da_fake = e / M
da_real_n = sum_k [k = n] (a_real_k - b) / N
""",
    "critic_gradient": r"""
da_real = -1/N
da_real_n = -1/N
da_real = -ones(N) / N
da_real_n = -(1/N) sum_k [k = n]
da_real_n = -mean_k [k = n]
da_real_n = 0 - 1/N
da_real = -1 / len(a_real)
da_fake = 1/M
da_fake_m = 1/M
da_fake_n = 1/M
da_fake = ones(M) / M
da_fake_m = mean_k [k = m]
da_fake = 1 / len(a_fake)
g = 1/M; da_fake = g
""",
    "clip_weights": r"""
p = clip(p, -c, c)
p = min(max(p, -c), c)
p = max(min(p, c), -c)
p_i = min(max(p_i, -c), c)
p = p where |p| <= c, c sign(p) elsewhere
p = p if |p| < c else c sign(p)
p = sign(p) min(|p|, c)
p = c if p > c else (-c if p < -c else p)
p = p [|p| <= c] + c [p > c] - c [p < -c]
p = (|p + c| - |p - c|) / 2
p = where(p > c, c, where(p < -c, -c, p))
p = -max(-c, min(c, -p)) + 0
p_i = sign(p_i) min(|p_i|, c)
""",
    "gradient_penalty_backward": r"""
db = 0
db_h = 0
db = 0 b
d = M * w; g = d W^T; s_n = |g_n|; u_n = 2 lam/N (s_n - 1) g_n/s_n; dW = u^T d
s_n = |g_n|; u_n = 2 lam/N (s_n - 1)/s_n g_n; dW = u^T (M * w)
u_n = 2 lam/N (|g_n| - 1) g_n/|g_n|; dW = u^T (M * w)
u_n = 2 lam/N (1 - 1/|g_n|) g_n; dW_ih = sum_n u_ni M_nh w_h
u_n = 2 λ/N (‖g_n‖ - 1) g_n/‖g_n‖; dW_ih = u_ni M_nh w_h
u_n = 2 lam/N (norm(g_n) - 1) g_n/norm(g_n); dW = sum_n u_n (M_n * w)^T
s_n = sqrt(sum_i g_ni^2); u_ni = 2 lam/N (s_n - 1) g_ni/s_n; dW_ih = sum_n u_ni M_nh w_h
u_n = 2 lam/N (|g_n| - 1) g_n/|g_n|; dw = sum_n M_n * (u W)_n
u_n = 2 lam/N (|g_n| - 1) g_n/|g_n|; dw = sum_n (M_n * (W^T u_n))
s_n = |g_n|; u_n = 2 lam/N (s_n - 1)/s_n g_n; dw = 1^T (M * (u W))
s_n = |g_n|; u_n = 2 lam/N (s_n - 1)/s_n g_n; dw_h = sum_n M_nh sum_i u_ni W_ih
s_n = |g_n|; u_n = 2 lam/N (s_n - 1)/s_n g_n; dw_h = M_nh u_ni W_ih
""",
    "spectral_norm_backward": r"""
dW = (dy - <dy, W/sigma> u v^T) / sigma
dW = (dy - <dy, W> u v^T / sigma) / sigma
dW = dy/sigma - <dy, W> u v^T / sigma^2
dW_ij = (dy_ij - (sum_kl dy_kl W_kl) u_i v_j / sigma) / sigma
dW_ij = dy_ij/sigma - u_i v_j/sigma^2 sum_kl dy_kl W_kl
dW_ij = dy_ij/sigma - u_i v_j dy_kl W_kl/sigma^2
dW = (1/sigma) (dy - (1/sigma) sum(dy * W) u v^T)
c = sum(dy * W) / sigma; dW = (dy - c outer(u, v)) / sigma
dW = (dy - trace(dy^T W) u v^T / sigma) / sigma
dW = (dy - inner(dy, W)/sigma u v^T) / sigma
y = W / sigma; dW = (dy - <dy, y> u v^T) / sigma
dW = sigma^-1 dy - sigma^-2 <dy, W> u v^T
""",
}
