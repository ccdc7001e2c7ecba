"""Scripts and benchmarks, which no other test runs, import only what the project has."""

import ast
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
OUTER = sorted([*(ROOT / "scripts").glob("*.py"), *(ROOT / "benchmarks").glob("*.py")])


@pytest.mark.parametrize("file", OUTER, ids=lambda file: file.name)
def test_what_is_imported_from_the_project_is_there(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    wanted = [
        (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("planner")
        for alias in node.names
    ]

    missing = [
        f"{module}.{name}"
        for module, name in wanted
        if not hasattr(importlib.import_module(str(module)), name)
    ]

    assert missing == []
