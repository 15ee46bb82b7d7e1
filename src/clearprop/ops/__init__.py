"""The operations, one family a file: forward, rules, shape, words and cases."""

from types import ModuleType as _Module

from clearprop.ops.activations import *
from clearprop.ops.arithmetic import *
from clearprop.ops.comparison import *
from clearprop.ops.contraction import *
from clearprop.ops.convolution import *
from clearprop.ops.cross_entropy import *
from clearprop.ops.dropout import *
from clearprop.ops.error_function import *
from clearprop.ops.exponential import *
from clearprop.ops.extremes import *
from clearprop.ops.gathering import *
from clearprop.ops.indexing import *
from clearprop.ops.joining import *
from clearprop.ops.linear import *
from clearprop.ops.pooling import *
from clearprop.ops.power import *
from clearprop.ops.products import *
from clearprop.ops.rearranging import *
from clearprop.ops.rectifiers import *
from clearprop.ops.recurrence import *
from clearprop.ops.reductions import *
from clearprop.ops.rounding import *
from clearprop.ops.scans import *
from clearprop.ops.scattering import *
from clearprop.ops.searching import *
from clearprop.ops.shaping import *
from clearprop.ops.softmax import *
from clearprop.ops.sparsemax import *
from clearprop.ops.spreads import *
from clearprop.ops.stopping import *
from clearprop.ops.tensor_products import *
from clearprop.ops.trigonometry import *

# What the families list, and not the families themselves.
__all__ = [
    name
    for name, value in list(globals().items())
    if not name.startswith("_") and not isinstance(value, _Module)
]
