"""The flight recorder: what happened in training, exactly and again."""
