"""Mistakes of order and memory: what is remembered, shared, overwritten, or added up."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.doctor.catalogue.mistake import Edit, Mistake, Said, at
from clearprop.doctor.derivations.chain import Env

__all__ = ["MISTAKES"]


def _of_last() -> Any:
    """Use what the last stage of the kind remembered."""

    def change(e: Env, right: Any) -> Any:
        own = e.about["activation"]
        others = [o for o in e.envs[e.index + 1 :] if o.about.get("activation") is own]
        if not others or others[-1].x.shape != e.x.shape:
            return right
        return own.slope(others[-1].x)

    return change


def _path(column: int) -> Any:
    """Let only one output's gradient go back."""
    return lambda e, right: (
        np.outer(e.g[:, column], e.W[:, column])
        if e.W.shape == (e.x.shape[1], e.g.shape[1])
        else right
    )


def _error_in_place(e: Env, right: Any) -> Any:
    """Take f′ at y − t: the error was computed in the array that holds y."""
    formula = e.about["activation"].of_output
    last = e.envs[-1]
    if e.index != len(e.envs) - 2 or formula is None or not hasattr(last, "t"):
        return right
    return formula(e.y - np.reshape(last.t, e.y.shape) if np.size(last.t) == e.y.size else e.y)


def _spoilt_delta(e: Env, right: Any) -> Any:
    """Go on with f′ at h·g: what came back was multiplied into the remembered h itself."""
    formula = e.about["activation"].of_output
    inner = e.index and e.index + 1 < len(e.envs) and hasattr(e.envs[e.index + 1], "W")
    return formula(e.y * e.g) if formula is not None and inner else right


def _spoilt_input(e: Env, right: Any) -> Any:
    before = e.envs[e.index - 1] if e.index else None
    if before is None or "activation" not in before.about or e.about.get("ones"):
        return right
    return (e.x * (e.g @ e.W.T)).T @ e.g


_SPOILT = Edit("", {("activation", "x"): _spoilt_delta, ("affine", "W"): _spoilt_input})

MISTAKES = (
    Mistake(
        "gradient-accumulated",
        "∂L/∂w belongs to the last forward pass alone",
        Said(
            "The second backward pass gives the sum with the first: gradients are not reset.",
            "Each pass starts from 0, or somebody resets before it.",
            "Use = in place of +=, or set the gradients to 0 at the start of backward.",
        ),
        Said(
            "두 번째 역전파의 결과에 첫 번째가 더해져 있습니다. 기울기를 초기화하지 않았습니다.",
            "역전파는 매번 0에서 시작하거나 그전에 초기화해야 합니다.",
            "+= 대신 =를 쓰거나 역전파를 시작할 때 기울기를 0으로 두십시오.",
        ),
    ),
    Mistake(
        "stale-cache",
        "f′ and x are those of the last forward pass",
        Said(
            "Backward uses values of an earlier forward pass.",
            "Every forward pass replaces what backward needs.",
            "Store x (y, the mask) anew in each forward.",
        ),
        Said(
            "역전파가 예전 순전파의 값을 씁니다.",
            "순전파를 할 때마다 역전파에 필요한 값을 새로 저장해야 합니다.",
            "순전파마다 x(y, 마스크)를 새로 저장하십시오.",
        ),
    ),
    Mistake(
        "shared-cache",
        "each layer has its own x, y and mask",
        Said(
            "Layers share one memory: the later one overwrites what the earlier remembers.",
            "What backward needs belongs to the object: an attribute set in forward.",
            "Use self.x, not a class attribute, a default argument or a global name.",
        ),
        Said(
            "여러 층이 기억 장소 하나를 함께 써서 뒤의 층이 앞의 값을 덮어씁니다.",
            "역전파에 필요한 값은 객체마다 따로 있어야 합니다.",
            "클래스 속성, 기본 인자, 전역 변수 대신 self.x를 쓰십시오.",
        ),
        (at("activation", "slope", _of_last()),),
    ),
    Mistake(
        "cache-overwritten",
        "f′ and x are those of the forward pass, unchanged",
        Said(
            "A remembered array is changed in place before backward has read it.",
            "What forward stored stays as it was until backward is done.",
            "Make a new array: err = y - t in place of y -= t.",
        ),
        Said(
            "저장해 둔 배열을 역전파가 쓰기도 전에 그 자리에서 고쳤습니다.",
            "순전파가 저장한 값은 역전파가 끝날 때까지 그대로 있어야 합니다.",
            "y -= t 대신 err = y - t처럼 새 배열을 만드십시오.",
        ),
        (at("activation", "slope", _error_in_place), _SPOILT),
    ),
    Mistake(
        "paths-not-summed",
        "∂L/∂x = Σ over all that x feeds",
        Said(
            "A value that is used in several places gets the gradient of one of them only.",
            "The gradients of all paths add up.",
            "Use += in place of =, and include every path.",
        ),
        Said(
            "여러 곳에 쓰인 값이 그중 한 경로의 기울기만 받았습니다.",
            "모든 경로의 기울기를 더해야 합니다.",
            "= 대신 +=를 쓰고 모든 경로를 더하십시오.",
        ),
        (
            at("affine", "x", _path(-1)),
            at("affine", "x", _path(0)),
            at("skip", "skip", lambda e, right: np.zeros_like(right)),
        ),
    ),
    Mistake(
        "backward-order",
        "a node is read only when all that it feeds have given their part",
        Said(
            "The graph is walked in an order in which a node is read before its gradient is whole.",
            "Nodes come in reverse topological order: what a node feeds comes before it.",
            "Sort the graph topologically before the walk back.",
        ),
        Said(
            "기울기가 다 모이기도 전에 그 노드를 먼저 거쳐 갔습니다.",
            "위상 정렬의 역순으로, 그 노드가 쓰인 곳을 모두 지난 다음에 지나가야 합니다.",
            "거꾸로 가기 전에 그래프를 위상 정렬하십시오.",
        ),
    ),
)  # fmt: skip
