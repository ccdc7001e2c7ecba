"""The project's Python files into every English sentence that a reader may be told."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONSTANTS = re.compile(r"(WORDS|NAMES|HEADINGS|SENTENCES|TITLES|ILLUSTRATION|LEGEND|WHY_NOW)$")
"""Module constants whose strings are sentences to be said."""
POSITIONS = {
    "say": (0, 1),
    "tell": (0,),
    "Fault": (0,),
    "fault": (0,),
    "add": (0,),
    "Column": (1,),
    "Word": (1,),
} | {
    "Table": (1,),
    "Situation": (1,),
    "_situation": (1,),
    "show_fault": (0,),
    "_about_option": (0,),
    "_about_service": (0,),
    "_about_limit": (0,),
}
PLURALS = {"say_count": (1, 2), "tell_count": (0, 1)}
NOT_OURS = {"lv", "en"}


@dataclass(frozen=True)
class Said:
    """A sentence (and its plural, if it has one) and where it stands."""

    text: str
    where: str
    plural: str = ""


def said_texts(folder: Path = ROOT / "planner") -> list[Said]:
    """Return every sentence in the Python files below `folder`."""
    found: list[Said] = []
    for file in [*sorted(folder.rglob("*.py")), ROOT / "app.py"]:
        if file.is_file():
            tree = ast.parse(file.read_text(encoding="utf-8"))
            found.extend(_in_file(tree, file.relative_to(ROOT).as_posix()))
    return found


def _in_file(tree: ast.Module, name: str) -> Iterator[Said]:
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(t, ast.Name) and CONSTANTS.search(t.id) for t in targets):
                yield from (Said(text, f"{name}:{node.lineno}") for text in _values(node.value))
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            yield from _named_in(function, name)
    for inner in ast.walk(tree):
        if isinstance(inner, ast.Call):
            yield from _in_call(inner, f"{name}:{inner.lineno}")
        if isinstance(inner, ast.GeneratorExp | ast.ListComp) and _says(inner.elt):
            for part in inner.generators:
                yield from (Said(text, f"{name}:{inner.lineno}") for text in _values(part.iter))


def _named_in(function: ast.FunctionDef, name: str) -> Iterator[Said]:
    """Yield sentences that a function names first and says then."""
    said = {
        argument.id
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and _name(call.func) in ("say", "tell")
        for argument in call.args
        if isinstance(argument, ast.Name)
    }
    assigned = [node for node in ast.walk(function) if isinstance(node, ast.Assign)]
    for node in assigned:
        names = {target.id for target in node.targets if isinstance(target, ast.Name)}
        if names & said and _is_sentence(text := _text(node.value)):
            yield Said(text, f"{name}:{node.lineno}")


def _in_call(call: ast.Call, where: str) -> Iterator[Said]:
    name = _name(call.func)
    if name in PLURALS:
        one, many = (_text(call.args[k]) if k < len(call.args) else "" for k in PLURALS[name])
        if one and many:
            yield Said(one, where, many)
        return
    if name == "add" and not isinstance(call.func, ast.Attribute):
        return
    for k in POSITIONS.get(name, ()):
        if k < len(call.args):
            yield from (Said(text, where) for text in _texts(call.args[k]) if _is_sentence(text))


def _texts(node: ast.expr) -> list[str]:
    if isinstance(node, ast.IfExp):
        return _texts(node.body) + _texts(node.orelse)
    return [text] if (text := _text(node)) else []


def _values(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Dict):
        return [text for value in node.values for text in _values(value)]
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return [text for value in node.elts for text in _values(value)]
    return [text] if _is_sentence(text := _text(node)) else []


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _says(node: ast.expr) -> bool:
    return any(
        isinstance(inner, ast.Call) and _name(inner.func) in ("say", "tell")
        for inner in ast.walk(node)
    )


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _is_sentence(text: str) -> bool:
    return text not in NOT_OURS and any(c.isalpha() for c in re.sub(r"\{[^}]*\}", "", text))
