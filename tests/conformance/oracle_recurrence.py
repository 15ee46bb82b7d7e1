"""Recurrent layers over whole sequences, as a scan of plain JAX."""

import jax.numpy as jnp
from jax import lax, nn


def by_time(step, x, *states):
    """Scan over the time steps of (N, T, I), and give (T, parts, N)."""
    _, rows = lax.scan(step, states, jnp.moveaxis(x, 1, 0))
    return jnp.moveaxis(rows, -1, 1)


def lstm(x, kernel, recurrent_kernel, bias, h, c):
    def step(states, now):
        h, c = states
        i, f, new, o = jnp.split(now @ kernel + h @ recurrent_kernel + bias, 4, axis=-1)
        i, f, new, o = nn.sigmoid(i), nn.sigmoid(f), jnp.tanh(new), nn.sigmoid(o)
        c = c * f + i * new
        h = o * jnp.tanh(c)
        return (h, c), jnp.concatenate([i, f, o, new, c, h], axis=-1)

    return by_time(step, x, h, c)


def gru(x, kernel, recurrent_kernel, bias, h):
    def step(states, now):
        (h,) = states
        own_z, own_r, own = jnp.split(now @ kernel + bias[0], 3, axis=-1)
        back_z, back_r, back = jnp.split(h @ recurrent_kernel + bias[1], 3, axis=-1)
        z, r = nn.sigmoid(own_z + back_z), nn.sigmoid(own_r + back_r)
        new = jnp.tanh(own + r * back)
        h = new + z * (h - new)
        return (h,), jnp.concatenate([z, r, back, new, h], axis=-1)

    return by_time(step, x, h)


def simple_rnn(x, kernel, recurrent_kernel, bias, h, activation="tanh"):
    def step(states, now):
        h = {"tanh": jnp.tanh, "relu": nn.relu}[activation](
            now @ kernel + states[0] @ recurrent_kernel + bias
        )
        return (h,), h

    return by_time(step, x, h)


RECURRENCE = {"lstm": lstm, "gru": gru, "simple_rnn": simple_rnn}
