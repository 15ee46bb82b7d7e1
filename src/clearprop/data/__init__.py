"""Data sets, batches, splits, scaling, CSV files and images."""
