"""The same work by others, where they are installed: PyTorch, JAX, scikit-learn.

Each of these files is read in the process of its candidate alone, and takes as many
threads as that process is given.
"""
