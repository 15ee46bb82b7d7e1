"""
Execute a notebook's cells in IPython, the shell within every Jupyter kernel, and tell what each
displays: ``python -m tests.examples.notebook FILE`` prints a list of displays for each cell.
"""

import contextlib
import io
import json
import sys

from IPython.core.displayhook import DisplayHook
from IPython.core.history import HistoryManager
from IPython.core.interactiveshell import InteractiveShell


class Shown(DisplayHook):
    """Keeps what is displayed, in all the forms that a front end would be sent."""

    def write_output_prompt(self):
        pass

    def write_format_data(self, format_dict, md_dict=None):
        self.shell.displays.append(format_dict)


class Shell(InteractiveShell):
    displayhook_class = Shown


def execute(path):
    HistoryManager.enabled = False  # nothing is to be kept
    shell = Shell.instance()
    shell.displays = []
    for formatter in shell.display_formatter.formatters.values():
        formatter.enabled = True  # a terminal would be sent text alone
    shell.display_formatter.active_types = shell.display_formatter.format_types
    told = []
    with open(path, encoding="utf-8") as file:
        cells = json.load(file)["cells"]
    for cell in cells:
        if cell["cell_type"] != "code":
            continue
        shell.displays.clear()
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            shell.run_cell("".join(cell["source"])).raise_error()
        told.append([*shell.displays, {"stdout": printed.getvalue()}])
    return told


if __name__ == "__main__":
    print(json.dumps(execute(sys.argv[1]), ensure_ascii=False))
