"""A neural-network library in which every number shows its work."""

from clearprop.core import *
from clearprop.ops import *

__version__ = "0.1.0"
