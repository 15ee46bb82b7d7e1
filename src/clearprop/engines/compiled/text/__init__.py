"""Programs in words."""
