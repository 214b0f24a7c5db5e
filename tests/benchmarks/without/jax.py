"""As if JAX were not installed."""

raise ModuleNotFoundError("No module named 'jax'", name="jax")
