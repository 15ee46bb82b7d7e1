"""How a step runs: eagerly with NumPy, compiled, or on JAX."""

from clearprop.engines.choice import ENGINES, choose
from clearprop.engines.eager import Eager
from clearprop.engines.engine import Beside, Data, Engine, Memory, Task, Watch
from clearprop.engines.passes import Epoch, Epochs, Passes

__all__ = [
    "ENGINES", "Beside", "Data", "Eager", "Engine", "Epoch", "Epochs", "Memory", "Passes", "Task",
    "Watch", "choose",
]  # fmt: skip
