"""Numbers that were worked out by hand for a network that clearprop knows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from clearprop.doctor.catalogue import catalogue
from clearprop.doctor.derivations.activations import ACTIVATIONS, SOFTMAX, activation_link
from clearprop.doctor.derivations.chain import Chain, Grid, Part, Ref
from clearprop.doctor.derivations.dense import AFFINE
from clearprop.doctor.derivations.losses import LOSSES, LOSSES_OF_SHARES
from clearprop.doctor.findings import Evidence, Finding
from clearprop.doctor.handwritten_values import judge_values, values_of
from clearprop.doctor.hypotheses import Bench, fits, matching_pairs
from clearprop.doctor.judge import Verdict
from clearprop.doctor.trials import Trial
from clearprop.errors import OptionError, nearest, unknown
from clearprop.lang import told

__all__ = ["is_numbers_of", "judge_numbers"]

_LOSSES = {
    "half_sse": "squared error, ½ · mean over samples",
    "mse": "squared error, mean",
    "mean_squared_error": "squared error, mean",
    "sse": "squared error, sum",
    "categorical_crossentropy": "softmax with cross-entropy, mean over samples",
    "sparse_categorical_crossentropy": "softmax with cross-entropy, mean over samples",
    "binary_crossentropy": "sigmoid with cross-entropy, mean",
}


def is_numbers_of(thing: Any, options: Mapping[str, Any]) -> bool:
    """Tell numbers with names, handed in beside a model."""
    return isinstance(thing, Mapping) and options.get("model") is not None


def judge_numbers(thing: Mapping[str, Any], x: Any, y: Any, options: Mapping[str, Any]) -> Verdict:
    """
    Judge gradients that were worked out by hand.

    Parameters
    ----------
    thing : mapping of str to number or str
        Gradients by the addresses of weights: ``w5``, ``b1``, ``dense_1/kernel[0,2]``. Of one
        example also values on the way: ``h1``, ``h1.sum``, ``o1``, ``h1.delta``, ``E``. A string
        such as ``"0.0822"`` says how many digits count.
    x, y : array
        The example, or several.
    options : mapping
        ``model``, and ``digits``: behind the point, where the numbers do not say it.

    Returns
    -------
    Verdict

    Raises
    ------
    OptionError
        If the model is not of dense layers, or an address is unknown.
    """
    model = options["model"]
    chain, values, book = _chain_of(model, np.asarray(x, float), np.asarray(y, float))
    forward = values_of(model, values["x"][:1], float(chain.forward(values)))
    one = len(values["x"]) == 1
    given, bands, ahead, of_ahead = {}, [0.0], {}, {}
    titles: dict[str, str] = {}
    for address, number in thing.items():
        bare = address.replace(" ", "")
        band = _band(number, options.get("digits"))
        if bare in forward.known and (one or bare in ("E", "loss")):
            ahead[bare], of_ahead[bare] = float(number), band
            continue
        name = forward.deltas[bare] if one and bare in forward.deltas else book.get(bare)
        if name is None:
            raise _unknown(address, [*book, *forward.deltas, *forward.known])
        given[name], titles[name] = np.asarray(float(number)), address
        bands.append(band)
    names = tuple(given)
    of_values = judge_values(ahead, of_ahead, forward.known)
    first = [of_values] if of_values is not None else []
    notes: list[tuple[str, dict[str, Any]]] = [("own_numbers", {})]
    trial = Trial(values, None, False, chain.forward(values), given)
    bench = Bench(chain, [trial], names, 1e-6, band=max(bands))
    if not bench.wrong:
        return Verdict(not first, first, chain, 0, tuple(thing), notes)
    whole, part = fits(bench, catalogue(), "gradient")
    whole = whole or matching_pairs(bench, part)
    evidence = tuple(
        Evidence(f"∂L/∂{titles[n]}", float(given[n]), float(bench.right[0][n])) for n in bench.wrong
    )[:4]
    ids = sorted({i for h in whole for i in h.ids})
    if not ids:
        facts = tuple(
            (
                "entry",
                {"place": titles[n], "yours": float(given[n]), "right": float(bench.right[0][n])},
            )
            for n in bench.wrong
        )
        found = Finding("unexplained", facts=facts)
        return Verdict(False, [*first, found], chain, 0, tuple(thing), notes)
    sets = [h.ids for h in whole]
    common = frozenset.intersection(*map(frozenset, sets))
    findings = [*first, *(Finding(i, (), (), evidence) for i in sorted(common))]
    rest = [i for i in ids if i not in common]
    if rest:
        findings.append(Finding(rest[0], tuple(rest[1:]), (), evidence))
    return Verdict(False, findings, chain, 0, tuple(thing), notes)


def _unknown(address: str, known: Sequence[str]) -> OptionError:
    """Refuse an address that the network has not, with the nearest that it has."""
    close = nearest(address, known)
    names = ", ".join(close or list(known)[:6])
    return OptionError(told("refused.no_address", address=repr(address), known=names))


def _band(number: Any, digits: Any) -> float:
    """Tell how far off a rounded number may be."""
    if isinstance(number, str) and "." in number and "e" not in number.lower():
        return float(0.51 * 10.0 ** -len(number.partition(".")[2]))
    return 0.51 * 10.0 ** -int(digits) if digits is not None else 1e-6


def _chain_of(
    model: Any, x: np.ndarray, y: np.ndarray
) -> tuple[Chain, dict[str, Any], dict[str, str]]:
    """Write a model of dense layers as a chain of numbers with names."""
    parts: list[Part] = []
    values: dict[str, Any] = {"x": np.atleast_2d(x), "t": np.atleast_2d(y)}
    book: dict[str, str] = {}
    w_count = b_count = 0
    dense = [layer for layer in model.layers if layer.weights]
    for layer in dense:
        kernel, *bias = (np.asarray(w.numpy(), float) for w in layer.weights)
        if kernel.ndim != 2:
            raise OptionError(told("refused.no_dense", layer=layer.name))
        path = f"{layer.name}/kernel"
        cells = np.array([[f"{path}[{i},{j}]" for j in range(kernel.shape[1])]
                          for i in range(kernel.shape[0])], dtype=object)  # fmt: skip
        values |= {n: np.asarray(v) for n, v in zip(cells.ravel(), kernel.ravel(), strict=True)}
        book |= {n: n for n in cells.ravel()}
        for name in cells.T.ravel():  # unit by unit, as by hand
            w_count += 1
            book[f"w{w_count}"] = name
        roles: dict[str, Ref | Grid] = {"W": Grid(cells)}
        # Without a bias, one of 0 stands there: its gradient is δ.
        names = [f"{layer.name}/bias[{j}]" for j in range(kernel.shape[1])]
        zeros = np.zeros(len(names))
        values |= {n: np.asarray(v) for n, v in zip(names, [*bias, zeros][0], strict=True)}
        roles["b"] = Grid(np.array(names, dtype=object))
        for name in names if bias else ():
            b_count += 1
            book |= {name: name, f"b{b_count}": name}
        parts.append(Part(AFFINE, roles))
        parts += _activation(layer)
    return Chain(_with_loss(parts, model), Ref("x")), values, book


def _activation(layer: Any) -> list[Part]:
    name = re.sub(r"^<op (\w+).*", r"\1", str(layer.activation)) if layer.activation else "linear"
    if name == "softmax":
        return [Part(SOFTMAX)]
    if name not in ACTIVATIONS:
        known = ", ".join(n for n in ("linear", "sigmoid", "tanh", "relu", "elu", "softplus"))
        raise OptionError(
            told("refused.no_activation", layer=layer.name, name=repr(name), known=known)
        )
    return [] if name == "linear" else [Part(activation_link(ACTIVATIONS[name]))]


def _with_loss(parts: list[Part], model: Any) -> tuple[Part, ...]:
    """Put the loss behind; softmax or sigmoid with cross-entropy are one stage."""
    name = getattr(model.loss, "name", model.loss)
    if name not in _LOSSES:
        raise unknown("loss", name, _LOSSES)
    title = _LOSSES[name]
    link = next(k for k in (*LOSSES, *LOSSES_OF_SHARES) if k.name == title)
    fused = {"softmax-ce": "softmax", "sigmoid-ce": "sigmoid"}.get(link.about["loss"])
    if fused is not None:
        if not parts or parts[-1].link.name != fused:
            raise OptionError(told("refused.not_fused", name=name, fused=fused))
        parts = parts[:-1]
    return (*parts, Part(link, {"t": Ref("t")}))
