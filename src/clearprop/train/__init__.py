"""Models that are compiled, fitted, evaluated and asked for predictions."""
