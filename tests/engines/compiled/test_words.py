"""Programs told in words."""

from clearprop.engines.compiled.codegen.emit import build
from clearprop.engines.compiled.program import Program
from clearprop.engines.compiled.text.words import described
from clearprop.engines.compiled.trace.scan import Looping
from clearprop.lang import in_language
from tests.engines.compiled.natively import HOST, constant, leaf, made, repeated


def _told(program, lang="en"):
    built = build(program, HOST, batch_rows=1)
    return ["  " * line.depth + in_language(line.text, lang) for line in described(built)]


def _layer(rows, inputs, units):
    x, w = leaf("data", (rows, inputs), name="x"), leaf("state", (inputs, units), name="w")
    b = leaf("state", (units,), name="b")
    z = made("add", made("dot", x, w, ta=False, tb=False), repeated(b, (rows, units)))
    h = made("maximum", z, repeated(constant(0.0), z.shape))
    return Program([x], states=[w, b], after=[w, b], results=[h])


def test_a_layer():
    assert _told(_layer(100, 30, 20)) == [
        "t1 = x @ w   [100, 30] × [30, 20]",
        "  for each of 2000 elements:",
        "    result 0 = max(t1 + b, 0)",
    ]


def test_a_layer_in_korean():
    assert _told(_layer(100, 30, 20), "ko")[1] == "  원소 2000개마다:"


def test_a_few_numbers():
    assert _told(_layer(1, 2, 2)) == [
        "once a step, in the processor's registers:",
        "  t1 = x @ w   [1, 2] × [2, 2]",
        "  for each of 2 elements:",
        "    result 0 = max(t1 + b, 0)",
    ]


def test_rows_and_columns():
    x = leaf("data", (40, 100), name="x")
    grown = made("exp", made("negative", x))
    total = made("broadcast", made("sum", grown, axes=(1,)), axes=(0,), shape=x.shape)
    results = [made("divide", grown, total), made("sum", made("square", x), axes=(0,))]
    assert _told(Program([x], results=results)) == [
        "for each of 40 rows:",
        "  for each of 100 elements:",
        "    t1 = exp(−x)",
        "  t2 = sum(t1)",
        "  for each of 100 elements:",
        "    result 0 = t1 / t2",
        "for each of 100 columns, over 40 elements:",
        "  result 1 = sum(x²)",
    ]


def test_a_loop_over_time():
    x, h = leaf("data", (5, 40), name="x"), leaf("state", (40,), name="h")
    loop = Looping(5, what="sums")
    now, carried = loop.each(x), loop.carried(h)
    told, last = loop.run([made("add", carried, now)], [made("multiply", carried, now)])
    assert _told(Program([x], states=[h], after=last, results=told)) == [
        "5 turns, one after the other (sums):",
        "  h0: h",
        "  x0[t]: x",
        "  for each of 40 elements:",
        "    h0′ = h0 + x0[t]",
        "    result 0[t] = h0 · x0[t]",
        "h′ = h0",
    ]
