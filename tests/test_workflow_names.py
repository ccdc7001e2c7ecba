"""What the workflow offers is what its stub says, whatever was wanted of it before."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ASK = """\
import json, sys
from importlib import import_module
from types import ModuleType
from planner import workflow

module_of = dict(json.loads(sys.argv[1]))
for name in module_of:
    getattr(workflow, name)
found = {name: getattr(workflow, name) for name in module_of}
meant = {n: getattr(import_module(f"planner.workflow.{m}"), n) for n, m in module_of.items()}
verbs = [name for name, value in meant.items() if callable(value)]
print(json.dumps({
    "verbs": len(verbs),
    "modules": [name for name in verbs if isinstance(found[name], ModuleType)],
    "others": [name for name in module_of if found[name] is not meant[name]],
}))
"""


def in_the_stub() -> dict[str, str]:
    """Return the module of every name that is offered."""
    text = (ROOT / "planner" / "workflow" / "__init__.pyi").read_text(encoding="utf-8")
    imports = [line for line in ast.parse(text).body if isinstance(line, ast.ImportFrom)]
    return {name.name: str(line.module) for line in imports for name in line.names}


def test_a_function_called_as_its_module_is_one_after_all_else_of_the_module_was_wanted() -> None:
    module_of = in_the_stub()
    alike = [name for name, module in module_of.items() if name == module]
    alike_last = sorted(module_of.items(), key=lambda item: item[0] == item[1])

    # a process of its own, since any test before may have wanted a name already
    command = [sys.executable, "-c", ASK, json.dumps(alike_last)]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout

    told = json.loads(said)
    assert alike
    assert told["verbs"] > len(alike)
    assert told["modules"] == []
    assert told["others"] == []
