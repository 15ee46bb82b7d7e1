"""The compiled engine: a step, traced once through the operations, as native loops."""
