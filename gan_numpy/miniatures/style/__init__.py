"""Style transfer without a pretrained network.

`textures` paints two textures; `bank` is one wide layer of random filters at several
scales; `transfer` is the loss, its gradient and the descent; `style_transfer` the
miniature.
"""
