"""Layers, initializers and the containers that hold them."""
