"""Eager steps done again by NumPy: what one step is traced to, in buffers that are used again."""
