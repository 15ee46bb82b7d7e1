"""Native code: written, compiled, kept on disk, run by threads."""
