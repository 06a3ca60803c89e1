"""Laws over the whole repository."""

from __future__ import annotations

import ast
import inspect
import re
import string
import tomllib
from pathlib import Path

import pytest

from archive import states
from archive.hunks import ChangeKind
from archive.language import vietnamese
from archive.records import Verdict
from archive.viewer import results
from archive.viewer.queries import QUESTIONS
from crawler import families, portals
from crawler.cli import luutru

ROOT = Path(__file__).parents[1]
SOURCES = [*sorted((ROOT / "archive").rglob("*.py")), *sorted((ROOT / "crawler").rglob("*.py"))]


def _messages() -> set[str]:
    """Every message that the code shows through `_`."""
    found = set()
    for file in SOURCES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "missing"):
                argument = node.args[0]
                if isinstance(argument, ast.Constant):
                    found.add(argument.value)
    for page in (ROOT / "archive/viewer/pages").iterdir():
        found |= set(re.findall(r"\b_\('([^']+)'\)", page.read_text(encoding="utf-8")))
    found |= {text for each in QUESTIONS for text in (each.title, each.description)}
    found |= {*results.ORDERS.values(), *results.FACETS.values(), *Verdict}
    return found | {kind.value for kind in ChangeKind} | {states.LIVE, states.UNLISTED, states.GONE, states.REMOVED}


def test_every_message_has_its_vietnamese_and_the_same_fields() -> None:
    assert len(_messages()) > 20
    for message in _messages():
        assert message in vietnamese(), message
    for english, translated in vietnamese().items():
        fields = [{part[1] for part in string.Formatter().parse(text)} - {None} for text in (english, translated)]
        assert fields[0] == fields[1], english


@pytest.mark.parametrize("name", families.families())
def test_a_family_has_the_functions_of_the_protocol_and_no_other(name: str) -> None:
    module = families.families()[name]
    wanted = {key: value for key, value in vars(families.Family).items() if inspect.isfunction(value)}
    for function, model in wanted.items():
        if function.startswith("_"):
            continue
        expected = [each for each in inspect.signature(model).parameters if each != "self"]
        assert list(inspect.signature(getattr(module, function)).parameters) == expected, function
    public = {
        each for each, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__ and not each.startswith("_")  # type: ignore[attr-defined]
    }  # fmt: skip
    assert public <= set(wanted)
    assert module.READER.split("/")[0] == name
    assert isinstance(module.VERIFIED, bool)


def test_every_shipped_portal_is_valid_and_marked_unverified_until_checked() -> None:
    shipped = portals.read_all(sorted(portals.SHIPPED.glob("*.toml")), families.families())
    assert all(portal.delay is None or portal.delay >= portals.POLITE_DELAY for portal in shipped.values())


def test_no_portal_is_named_in_code() -> None:
    for file in SOURCES:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        names = {
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        code = [name for name in names if ".gov.vn" in name and "\n" not in name and len(name) < 80]
        assert not [name for name in code if "tpcaolanh" not in name], file


def test_every_command_has_an_example() -> None:
    def walk(command: object) -> None:
        for child in getattr(command, "commands", {}).values():
            if getattr(child, "commands", None):
                walk(child)
            else:
                assert (child.epilog or "").startswith("Example:  luutru "), child.name

    walk(luutru)


def test_modules_are_short() -> None:
    for file in SOURCES:
        assert len(file.read_text(encoding="utf-8").splitlines()) <= 400, file


def test_the_public_says_what_it_is() -> None:
    """Every module, public class and public function of the archive and the crawler has a docstring."""
    overrides = {"from_crawler", "has_pending_requests", "next_request", "process_item", "convert"}
    for file in SOURCES:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        assert ast.get_docstring(tree), file
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{file}: {node.name}"
                for inner in node.body if isinstance(node, ast.ClassDef) else ():
                    if isinstance(inner, ast.FunctionDef) and inner.name.islower():
                        if inner.name.startswith("_") or inner.name in overrides:
                            continue
                        assert ast.get_docstring(inner), f"{file}: {node.name}.{inner.name}"


def test_the_version_is_one() -> None:
    from archive import __version__

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] == __version__
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
