"""Explanations, models and runs as text, LaTeX, HTML and SVG."""
