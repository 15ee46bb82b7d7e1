"""How a step runs: eagerly with NumPy, compiled, or on JAX."""

from clearprop.engines.choice import ENGINES, choose
from clearprop.engines.eager import Eager
from clearprop.engines.engine import Data, Engine, Epoch, Memory, Task, Watch

__all__ = ["ENGINES", "Data", "Eager", "Engine", "Epoch", "Memory", "Task", "Watch", "choose"]
