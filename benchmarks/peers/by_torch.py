"""The trainings in PyTorch, eager or compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - everybody's name for it

from benchmarks.peers.workloads import HEADS, INNER, LAYERS, LINEAR, WIDTH, Workload

__all__ = ["training"]


class Rows(nn.Module):
    """An LSTM over rows of pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm, self.last = nn.LSTM(28, 64, batch_first=True), nn.Linear(64, 10)
        self.lstm.bias_hh_l0.requires_grad = False

    def forward(self, x: Any) -> Any:
        return self.last(self.lstm(x)[0][:, -1])


class Block(nn.Module):
    """A layer of the transformer."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.first, self.second = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.up, self.down = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)

    def forward(self, x: Any) -> Any:
        B, L, D = x.shape
        q, k, v = self.qkv(x).view(B, L, 3, HEADS, D // HEADS).permute(2, 0, 3, 1, 4)
        seen = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(B, L, D)
        x = self.first(x + self.out(seen))
        return self.second(x + self.down(F.relu(self.up(x))))


class Mean(nn.Module):
    def forward(self, x: Any) -> Any:
        return x.mean(1)


def _network(work: Workload) -> nn.Module:
    if work.name == "W1":
        return nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1, bias=False), nn.Tanh())
    if work.name in LINEAR:
        return nn.Sequential(*(nn.Linear(*w.shape) for w in work.start()[::2]))
    if work.name == "W5":
        return nn.Sequential(
            nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1600, 10),
        )  # fmt: skip
    if work.name == "W6":
        return Rows()
    if work.name == "W7":
        return nn.Sequential(*(Block() for _ in range(LAYERS)), Mean(), nn.Linear(WIDTH, 10))
    sizes = [w.shape for w in work.start()[::2]]
    layers: list[nn.Module] = []
    for m, n in sizes:
        layers += [nn.Linear(m, n), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def _weights(work: Workload) -> list[torch.Tensor]:
    """Give the weights to start from in PyTorch's layout and order."""
    given = [torch.from_numpy(w) for w in work.start()]
    if work.name == "W5":
        last = given[4].reshape(5, 5, 64, 10).permute(3, 2, 0, 1).reshape(10, 1600)
        return [given[0].permute(3, 2, 0, 1), given[1], given[2].permute(3, 2, 0, 1), given[3],
                last, given[5]]  # fmt: skip
    if work.name == "W6":
        return [given[0].T, given[1].T, given[2], torch.zeros(256), given[3].T, given[4]]
    if work.name == "W7":
        made: list[torch.Tensor] = []
        for k in range(LAYERS):
            wq, bq, wk, bk, wv, bv, wo, bo, g1, b1, w1, c1, w2, c2, g2, b2 = given[
                16 * k : 16 * k + 16
            ]
            made += [torch.cat([w.reshape(WIDTH, WIDTH).T for w in (wq, wk, wv)])]
            made += [torch.cat([b.reshape(-1) for b in (bq, bk, bv)])]
            made += [wo.reshape(WIDTH, WIDTH).T, bo, g1, b1, g2, b2, w1.T, c1, w2.T, c2]
        return [*made, given[-2].T, given[-1]]
    return [w.T if w.ndim == 2 else w for w in given]


def training(work: Workload, *, compiled: bool) -> Callable[[], float]:
    """Give the training."""
    torch.set_default_dtype(getattr(torch, work.dtype))
    model = _network(work)
    parameters, start = list(model.parameters()), [w.contiguous() for w in _weights(work)]
    x, t = (torch.from_numpy(a) for a in work.make())
    if work.name == "W5":
        x = x.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)
        model = model.to(memory_format=torch.channels_last)
    labels = t if work.name in ("W1", *LINEAR) else t.argmax(1)
    loss_of = F.mse_loss if work.name in ("W1", *LINEAR) else F.cross_entropy
    called = torch.compile(model) if compiled else model
    batches = len(x) // work.batch

    def run() -> float:
        with torch.no_grad():
            for p, w in zip(parameters, start, strict=True):
                p.copy_(w)
        if work.rule == "adam":
            trained = [p for p in parameters if p.requires_grad]
            rule: Any = torch.optim.Adam(trained, work.rate, eps=1e-7, foreach=True)
        else:
            rule = torch.optim.SGD(parameters, work.rate, momentum=work.momentum)
        total = torch.zeros(())
        for n in range(work.steps):
            k = n % batches
            if k == 0:
                total = torch.zeros(())
            rows = slice(k * work.batch, (k + 1) * work.batch)
            loss = loss_of(called(x[rows]), labels[rows])
            rule.zero_grad()
            loss.backward()
            rule.step()
            total += loss.detach()
        return float(total) / min(batches, work.steps)

    return run
