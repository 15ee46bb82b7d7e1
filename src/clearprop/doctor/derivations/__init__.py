"""What forward passes can be, and the derivation of each, step by step with named places."""
