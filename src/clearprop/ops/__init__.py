"""The operations, one family a file: forward, rules, shape, words and cases."""

from clearprop.ops.arithmetic import *
from clearprop.ops.linear import *
from clearprop.ops.reductions import *
from clearprop.ops.shaping import *
from clearprop.ops.trigonometry import *
