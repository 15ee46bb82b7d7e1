"""Against NumPy by hand and against peers, in one run, as ratios."""
