"""Images of twice the size: what a mean squared error sees, and what an adversary adds.

`resize` is the bicubic kernel as a matrix, `networks` what draws and what judges,
`training` the two stages, `super_resolution` the miniature.
"""
