"""The paper's table and figures, computed here, with ours beside the published ones."""
