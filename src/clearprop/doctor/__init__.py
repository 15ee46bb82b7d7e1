"""Checks of derivatives, named bugs of backward passes, diagnoses of training."""
