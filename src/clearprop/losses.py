"""Loss functions: how far a prediction is from its target, as one number."""
