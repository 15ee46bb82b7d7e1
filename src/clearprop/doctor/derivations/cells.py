"""
Recurrent cells over time: plain, LSTM and GRU, with the lines of the way back through time.

Ours is (T, N, features): steps, samples, numbers. A cell that is called once is a sequence of one
step. Weights are (in, out), gates side by side; each of a program's arrays is an `Operand`.

The walk back is one line, ``"delta"``; what it uses at each step are lines of their own before it
("slope o", "carry h", "order" ...), so that a mistake within the walk is a change of one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from clearprop.doctor.derivations.activations import ACTIVATIONS, Activation
from clearprop.doctor.derivations.chain import Env, Link, Rule

__all__ = ["GATES", "Operand", "cell_link", "hidden_units", "weight_gradient"]

GATES = {"rnn": ("z",), "lstm": ("i", "f", "g", "o"), "gru": ("r", "u", "n")}
_SIGMOID, _TANH = ACTIVATIONS["sigmoid"], ACTIVATIONS["tanh"]


@dataclass(frozen=True)
class Operand:
    """
    One array of weights or biases of a program.

    Attributes
    ----------
    role : str
    sources : tuple of str
        What is multiplied by its rows, from above: "x", "h", "1" (a bias), "1h" (a bias that is
        added to what comes from h, before a reset gate).
    gates : tuple of str
        What its columns make, from the left.
    tied : tuple of str
        Further gates that are the same one; only where it makes one gate.
    """

    role: str
    sources: tuple[str, ...]
    gates: tuple[str, ...]
    tied: tuple[str, ...] = ()


def hidden_units(operand: Operand, w: np.ndarray) -> int:
    """Tell how many units there are, by the shape of an array."""
    return int(w.shape[-1]) // len(operand.gates)


def _blocks(e: Env, operands: Sequence[Operand], units: int) -> dict[tuple[str, str], Any]:
    """Cut the program's arrays into what each source gives each gate."""
    size = {"x": e.x.shape[2], "h": units, "1": 1, "1h": 1}
    out: dict[tuple[str, str], Any] = {}
    for operand in operands:
        w = getattr(e, operand.role)
        w = w.reshape(-1, w.shape[-1])
        for j, gate in enumerate(operand.gates):
            top = 0
            for source in operand.sources:
                block = w[top : top + size[source], j * units : (j + 1) * units]
                for one in (gate, *operand.tied):
                    out[source, one] = out.get((source, one), 0.0) + block
                top += size[source]
        if top != len(w):
            raise ValueError("the rows of the weights are not the numbers that come in")
    for gate in {gate for _, gate in out}:  # none where the memory comes joined with the input
        out.setdefault(("h", gate), np.zeros((units, units)))
    return out


def _start(e: Env, operands: Sequence[Operand], gates: Sequence[str]) -> tuple[int, int, int]:
    """Prepare what all cells need: the blocks, what x gives, the first memory."""
    steps, rows, _ = e.x.shape
    w = getattr(e, operands[0].role)
    units = hidden_units(operands[0], w)
    e.N, e.T, e.H = rows, steps, units
    e.blocks = _blocks(e, operands, units)
    e.of_x = {g: e.x @ e.blocks["x", g] + e.blocks.get(("1", g), 0.0) for g in gates}
    if e.about["cell"] != "gru":  # where a reset gate is between, it matters to which side b goes
        e.of_x = {g: v + e.blocks.get(("1h", g), 0.0) for g, v in e.of_x.items()}
    e.h0 = getattr(e, "h0", np.zeros((rows, units)))
    if e.h0.shape != (rows, units):
        raise ValueError("the first memory has another shape")
    e.before, e.h = np.zeros((steps, rows, units)), np.zeros((steps, rows, units))
    e.pre = {g: np.zeros((steps, rows, units)) for g in gates}
    return steps, rows, units


# ---- forward ----------------------------------------------------------------------------------
def _plain(e: Env, operands: Sequence[Operand], f: Activation) -> Any:
    steps, _, _ = _start(e, operands, ("z",))
    h = e.h0
    for t in range(steps):
        e.before[t] = h
        e.pre["z"][t] = e.of_x["z"][t] + h @ e.blocks["h", "z"]
        e.h[t] = h = f.f(e.pre["z"][t])
    e.a = {"z": e.h}
    return e.h


def _lstm(e: Env, operands: Sequence[Operand], shows: str, opened: float, out: Activation) -> Any:
    gates = GATES["lstm"]
    steps, rows, units = _start(e, operands, gates)
    e.of_x["f"] = e.of_x["f"] + opened
    h, c = e.h0, getattr(e, "c0", np.zeros((rows, units)))
    e.c_before, e.c = np.zeros(e.h.shape), np.zeros(e.h.shape)
    e.a = {g: np.zeros(e.h.shape) for g in gates}
    for t in range(steps):
        e.before[t], e.c_before[t] = h, c
        for g in gates:
            e.pre[g][t] = e.of_x[g][t] + h @ e.blocks["h", g]
            e.a[g][t] = (_TANH if g == "g" else _SIGMOID).f(e.pre[g][t])
        e.c[t] = c = e.a["f"][t] * c + e.a["i"][t] * e.a["g"][t]
        e.h[t] = h = e.a["o"][t] * out.f(c)
    e.tanh_c = out.f(e.c)
    shown = {"h": e.h, "c": e.c}
    return np.concatenate([shown[s] for s in shows], axis=2)


def _gru(e: Env, operands: Sequence[Operand], after: bool, keeps: bool) -> Any:
    """Go through GRU: reset before or after the matrix; u keeps the old memory, or lets in."""
    steps, _, _ = _start(e, operands, GATES["gru"])
    h = e.h0
    e.a = {g: np.zeros(e.h.shape) for g in GATES["gru"]}
    e.of_h = np.zeros(e.h.shape)
    for t in range(steps):
        e.before[t] = h
        for g in ("r", "u"):
            e.pre[g][t] = e.of_x[g][t] + h @ e.blocks["h", g] + e.blocks.get(("1h", g), 0.0)
            e.a[g][t] = _SIGMOID.f(e.pre[g][t])
        r, u = e.a["r"][t], e.a["u"][t]
        if after:
            e.of_h[t] = h @ e.blocks["h", "n"] + e.blocks.get(("1h", "n"), 0.0)
            e.pre["n"][t] = e.of_x["n"][t] + r * e.of_h[t]
        else:
            e.pre["n"][t] = (
                e.of_x["n"][t] + (r * h) @ e.blocks["h", "n"] + e.blocks.get(("1h", "n"), 0.0)
            )
        e.a["n"][t] = n = np.tanh(e.pre["n"][t])
        e.h[t] = h = u * h + (1 - u) * n if keeps else (1 - u) * h + u * n
    return e.h


# ---- back -------------------------------------------------------------------------------------
def _arrives(e: Env, gate: str, g: Any) -> Any:
    """Give what comes into a gate from behind."""
    return e.d["arrives"].get(gate, lambda same: same)(g)


def _plain_back(e: Env) -> Any:
    delta = {"z": np.zeros(e.h.shape)}
    back = np.zeros(e.h0.shape)
    for t in e.d["order"]:
        dh = e.g[t] + e.d["carry h"] * back
        delta["z"][t] = _arrives(e, "z", dh) * e.d["slope z"][t]
        back = (dh if e.d["sends"] == "dh" else delta["z"][t]) @ e.d["back"]["z"]
    e.into_h0 = back
    return delta


def _lstm_back(e: Env, shows: str) -> Any:
    none = np.zeros(e.h.shape)
    parts = dict(zip(shows, np.split(e.g, len(shows), axis=2), strict=True))
    gh, gc = parts.get("h", none), parts.get("c", none)
    delta = {g: np.zeros(e.h.shape) for g in GATES["lstm"]}
    back, back_c = np.zeros(e.h0.shape), np.zeros(e.h0.shape)
    for t in e.d["order"]:
        dh = gh[t] + e.d["carry h"] * back
        dc = e.d["carry c"] * (gc[t] + back_c)
        dc = dc + e.d["through tanh"] * dh * e.d["into c"][t] * e.d["slope c"][t]
        own = {
            g: _arrives(e, g, dh if g == "o" else dc) * e.d[f"factor {g}"][t] * e.d[f"slope {g}"][t]
            for g in delta
        }
        for place, g in zip(delta, e.d["gates"], strict=True):
            delta[place][t] = own[g]
        back = sum(delta[g][t] @ e.d["back"][g] for g in delta)
        back_c = dc * e.d["forget"][t]
    e.into_h0, e.into_c0 = back, back_c
    return delta


def _gru_back(e: Env, after: bool, keeps: bool) -> Any:
    delta = {g: np.zeros(e.h.shape) for g in GATES["gru"]}
    e.delta_h = np.zeros(e.h.shape)  # n's, behind the reset gate
    back = np.zeros(e.h0.shape)
    for t in e.d["order"]:
        r = e.a["r"][t]
        dh = e.g[t] + e.d["carry h"] * back
        n = _arrives(e, "n", dh) * e.d["factor n"][t] * e.d["slope n"][t]
        u = _arrives(e, "u", dh) * e.d["factor u"][t] * e.d["slope u"][t]
        if after:
            e.delta_h[t] = n * r
            reset = n * e.d["factor r"][t]
            through = e.delta_h[t] @ e.d["back"]["n"]
        else:
            e.delta_h[t] = n
            inner = n @ e.d["back"]["n"]
            reset, through = inner * e.d["factor r"][t], inner * r
        own = {"n": n, "u": u, "r": _arrives(e, "r", reset) * e.d["slope r"][t]}
        for place, g in zip(delta, e.d["gates"], strict=True):
            delta[place][t] = own[g]
        back = (
            e.d["direct"] * dh * e.d["kept"][t]
            + e.d["through reset"] * through
            + e.d["through gates"] * sum(delta[g][t] @ e.d["back"][g] for g in ("r", "u"))
        )
    e.into_h0 = back
    return delta


# ---- gradients of the arrays --------------------------------------------------------------------
def weight_gradient(
    e: Env, operand: Operand, times: Sequence[int] | None = None, rows: Any = None
) -> Any:
    """
    Sum up the gradient of one array over steps and samples.

    Parameters
    ----------
    e : state at the link
    operand : Operand
    times : sequence of int, optional
        Only these steps.
    rows : slice, optional
        Only these samples.
    """
    steps = slice(None) if times is None else list(times)
    some = slice(None) if rows is None else rows
    columns = []
    for gate in operand.gates:
        parts = []
        for source in operand.sources:
            delta = sum(e.d["delta"][one] for one in (gate, *operand.tied))
            hidden = gate == "n" and source in ("h", "1h")
            if hidden and e.about.get("reset") == "after":
                delta = e.delta_h
            given = _given(e, source, gate)[steps][:, some]
            parts.append(np.einsum("tns,tnh->sh", given, delta[steps][:, some]))
        columns.append(np.vstack(parts))
    whole = np.hstack(columns)
    return whole[0] if operand.sources in (("1",), ("1h",)) else whole


def _given(e: Env, source: str, gate: str) -> Any:
    """Give what was multiplied by the weights at each step."""
    if source in ("1", "1h"):
        return np.ones((e.T, e.N, 1))
    if source == "x":
        return e.d["given x"]
    if gate == "n" and e.about.get("reset") == "before":
        return e.a["r"] * e.d["given h"]
    return e.d["given h"]


def _to_x(e: Env) -> Any:
    return sum(e.d["delta"][g] @ e.blocks["x", g].T for g in e.d["delta"])


def _settings(gates: Sequence[str]) -> dict[str, Rule]:
    """Give the lines that the walk reads, for all cells."""
    return {
        "order": lambda e: list(range(e.T))[::-1],
        "carry h": lambda e: 1.0,
        "arrives": lambda e: {},
        "back": lambda e: {g: e.blocks["h", g].T for g in gates},
        "gates": lambda e: tuple(gates),
        "given x": lambda e: e.x,
        "given h": lambda e: e.before,
    }


def _slope(gate: str, f: Activation) -> dict[str, Rule]:
    return {f"slope {gate}": lambda e: f.slope(e.pre[gate])}


def cell_link(cell: str, operands: Sequence[Operand], form: Mapping[str, Any]) -> Link:
    """
    Give a cell, walked over all steps, as a link.

    Parameters
    ----------
    cell : {"rnn", "lstm", "gru"}
    operands : sequence of Operand
        The first one has the rows of x, or of h.
    form : mapping
        ``activation`` of a plain cell; ``shows`` of an LSTM: "h", "c", "hc" or "ch",
        ``open``, a constant that is added to its forget gate, and ``out``, what is made of c
        before the output gate ("tanh", "linear"); ``reset``
        ("before", "after") and ``keeps`` (whether u keeps the old memory) of a GRU.
    """
    gates = GATES[cell]
    rules = _settings(gates)
    forward: Callable[[Env], Any]
    functions = {g: _TANH if g in ("g", "n") else _SIGMOID for g in gates}
    if cell == "rnn":
        functions = {"z": ACTIVATIONS[form["activation"]]}
        forward = lambda e: _plain(e, operands, functions["z"])  # noqa: E731
        rules |= _slope("z", functions["z"]) | {"sends": lambda e: "delta"}
        rules["delta"] = _plain_back
    elif cell == "lstm":
        shows, out = form["shows"], ACTIVATIONS[form.get("out", "tanh")]
        functions["c"] = out
        forward = lambda e: _lstm(e, operands, shows, form.get("open", 0.0), out)  # noqa: E731
        for g in gates:
            rules |= _slope(g, functions[g])
        rules |= {
            "slope c": lambda e: out.slope(e.c),
            "carry c": lambda e: 1.0,
            "through tanh": lambda e: 1.0,
            "into c": lambda e: e.a["o"],
            "forget": lambda e: e.a["f"],
            "factor i": lambda e: e.a["g"],
            "factor f": lambda e: e.c_before,
            "factor g": lambda e: e.a["i"],
            "factor o": lambda e: e.tanh_c,
            "delta": lambda e: _lstm_back(e, shows),
        }
    else:
        after, keeps = form["reset"] == "after", form["keeps"]
        forward = lambda e: _gru(e, operands, after, keeps)  # noqa: E731
        for g in gates:
            rules |= _slope(g, functions[g])
        rules |= {
            "direct": lambda e: 1.0,
            "through reset": lambda e: 1.0,
            "through gates": lambda e: 1.0,
            "kept": lambda e: e.a["u"] if keeps else 1 - e.a["u"],
            "factor n": lambda e: 1 - e.a["u"] if keeps else e.a["u"],
            "factor r": lambda e: e.of_h if after else e.before,
            "factor u": lambda e: (e.before - e.a["n"]) * (1.0 if keeps else -1.0),
            "delta": lambda e: _gru_back(e, after, keeps),
        }
    for operand in operands:
        rules[operand.role] = partial(weight_gradient, operand=operand)
    rules["x"] = _to_x
    rules["h0"] = lambda e: e.into_h0
    if cell == "lstm":
        rules["c0"] = lambda e: e.into_c0
    about = {"cell": cell, "operands": {o.role: o for o in operands}, "functions": functions}
    return Link("recurrent", cell.upper(), forward, rules, {**about, **form})
