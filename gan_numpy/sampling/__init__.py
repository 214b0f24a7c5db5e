"""What a trained generator draws, and where in its latent space.

Read `draw` (samples, of classes too), then `latent` (walks and sums of z) and
`concepts` (which samples are bold, slanted, a seven).
"""
