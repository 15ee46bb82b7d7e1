"""Tests that need PyTorch: ``make test-torch`` runs them where it is, beside the benchmarks."""
