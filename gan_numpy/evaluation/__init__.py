"""How good are the samples? Metrics, each from its paper."""
