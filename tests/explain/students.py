"""Made-up students who fill in a worksheet: carefully, coarsely, or with one slip."""

from dataclasses import replace

import numpy as np

from clearprop.explain.lines import computed
from clearprop.explain.slips import SLIPS


def filled_in(sheet, *, decimals=6, slips=None):
    """
    Fill in a sheet as a student does, who carries on with the numbers that he wrote.

    `slips` has, by the name of a number, the formula that he takes instead.
    """
    own, answers = dict(sheet.calculation.given), {}
    asked = {field.name: field.line for field in sheet.fields}
    for line in in_order(sheet):
        line = asked.get(line.name, line)
        if slips and line.name in slips:
            line = replace(line, formula=slips[line.name])
        value = float(computed(line, own)[0])
        answers[line.name] = f"{value:.{decimals}f}"
        own[line.name] = np.array([float(answers[line.name])])
    return {field.name: answers[field.name] for field in sheet.fields}


def in_order(sheet):
    """List the lines so that each comes after those it is made of."""
    extra = [f.line for f in sheet.fields if f.name not in sheet.calculation.by_name]
    lines = list(sheet.calculation.lines)
    at = next(i for i, line in enumerate(lines) if line.kind == "gradient")
    return [*lines[:at], *extra, *lines[at:]]


def all_slips(sheet):
    """Give every slip that there is at every number of a sheet: key, name and formula."""
    for slip in SLIPS:
        for line in sheet.calculation.lines:
            for formula, mentioned in slip.at(sheet.calculation, line):
                wrong = float(computed(replace(line, formula=formula), values(sheet))[0])
                if abs(wrong - sheet.calculation.values[line.name][0]) > 1e-4:
                    yield slip.key, line.name, formula, mentioned


def values(sheet):
    return sheet.calculation.given | sheet.calculation.values
