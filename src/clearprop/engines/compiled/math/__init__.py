"""Mathematical functions in vectors, with formulas of our own."""
