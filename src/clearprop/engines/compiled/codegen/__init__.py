"""From programs to loops: what is computed together, where it lies, and the text of it."""
