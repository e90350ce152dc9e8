"""One module a step, each with the way back."""
