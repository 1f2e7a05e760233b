"""The arrows of the house, read from the imports: docs/development.md draws them.

A failure here means that something stands in the wrong place. Move it rather than widen a rule.
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEMPLATES = ROOT / "exam" / "templates"

LAYERS = {
    "rules": {"rules"},
    "models": {"rules", "models"},
    "queries": {"rules", "models", "queries"},
    "actions": {"rules", "models", "queries", "actions"},
    "forms": {"rules", "forms"},
    "routes": {"rules", "models", "queries", "actions", "forms", "routes"},
}
"""The file names of a feature, and which of them each may import from its own feature."""

FROM_EARLIER = {"rules", "models", "queries", "actions"}
"""What an earlier feature offers to a later one: never its pages."""

OUTSIDE = {
    "rules": set(),
    "models": {"sqlalchemy"},
    "queries": {"sqlalchemy"},
    # argon2 and pypinyin have one home each: accounts/actions/passwords.py and names.py.
    "actions": {"sqlalchemy", "argon2", "pypinyin"},
    "forms": {"wtforms", "flask_wtf", "flask_babel", "email_validator"},
}
"""The packages each layer may import besides the standard library. Routes may import any but SQLAlchemy."""

BANK = {
    "rules": {"items", "responses", "phrases"},
    "models": {"items", "orm", "models"},
    "forms": {"items", "problems"},
}
"""The parts of the question bank each layer may import; the other layers all."""

FRAME = {
    "rules": set(),
    "models": set(),
    "queries": {"paging"},
    "actions": {"errors", "events", "company"},
    "forms": {"cleaning", "web", "words", "errors"},
}
"""The site's own modules each layer may import. Routes may import any but those that put the site together."""

PUTS_TOGETHER = {"app", "cli", "schedule", "serving", "wiring"}

LAST = ("demo",)
"""Features without pages; they come after all others."""

MAY_STAND_BESIDE = {
    "accounts/session.py": "a person as Flask-Login sees one",
    "notices/wording.py": "notices in the reader's language, for pages and for mails sent by a job",
    "notices/mail.py": "the job that talks to the mail server",
}
"""Files of a feature that have none of the names above, and why."""

LONGEST_FILE = 400


@dataclass(frozen=True)
class Module:
    """One file of ours, as the arrows see it."""

    path: Path
    tree: ast.Module

    @property
    def name(self) -> str:
        """The path as people write it: exam/attempts/rules.py."""
        return self.path.relative_to(ROOT).as_posix()

    def imports(self) -> Iterator[str]:
        """The dotted names of everything imported; for `from x import y` both x.y and, through it, x."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def modules(folder: str) -> list[Module]:
    return [Module(path, ast.parse(path.read_bytes())) for path in sorted((ROOT / folder).rglob("*.py"))]


def feature_names() -> list[str]:
    """The features in their order, from the only list of them: FEATURES in exam/app.py."""
    tree = ast.parse((ROOT / "exam" / "app.py").read_bytes())
    listed = next(
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "FEATURES"
    )
    assert isinstance(listed, ast.Tuple)
    names = [name.id for name in listed.elts if isinstance(name, ast.Name)]
    return [name for name in names if (ROOT / "exam" / name).is_dir()] + list(LAST)


BANK_MODULES = modules("question_bank")
SITE_MODULES = modules("exam")
FEATURES = feature_names()


def place(module: Module) -> tuple[str, str]:
    """The feature and the layer of a file of the site; no feature for a file of the frame."""
    first, *rest = Path(module.name).relative_to("exam").parts
    return (first, rest[0].removesuffix(".py")) if rest else ("", first.removesuffix(".py"))


LAYERED = [module for module in SITE_MODULES if place(module)[1] in LAYERS and place(module)[0] not in LAST]


def named(module: Module) -> str:
    return module.name


def test_every_feature_on_disk_is_in_the_list():
    on_disk = {path.parent.name for path in (ROOT / "exam").glob("*/__init__.py")}
    assert on_disk == set(FEATURES)


def test_features_have_the_known_file_names():
    for module in SITE_MODULES:
        feature, layer = place(module)
        beside = Path(module.name).relative_to("exam").as_posix() in MAY_STAND_BESIDE
        known = layer in LAYERS or layer == "__init__" or feature in ("", *LAST) or beside
        assert known, f"{module.name}: none of {', '.join(LAYERS)}"
        assert not re.search(r"\b(utils?|common|helpers|misc|base)\b", module.name), f"{module.name}: whose word is it?"


@pytest.mark.parametrize("module", BANK_MODULES, ids=named)
def test_the_question_bank_knows_neither_the_site_nor_the_web(module):
    for name in module.imports():
        assert name.split(".")[0] not in ("exam", "flask", "flask_sqlalchemy", "flask_babel", "wtforms", "config"), name


@pytest.mark.parametrize("module", LAYERED, ids=named)
def test_a_file_imports_only_what_its_layer_may(module):
    feature, layer = place(module)
    for name in module.imports():
        top, *rest = name.split(".")
        if top == "exam":
            reason = _within_the_site(feature, layer, rest)
        elif top == "question_bank":
            reason = "" if layer not in BANK or rest[0] in BANK[layer] else "not for this layer"
        elif layer == "routes":
            reason = "queries read, routes don't" if top == "sqlalchemy" else ""
        else:
            reason = "" if top in sys.stdlib_module_names | OUTSIDE[layer] else "not for this layer"
        assert not reason, f"{module.name} imports {name}: {reason}"


def _within_the_site(feature: str, layer: str, imported: list[str]) -> str:
    """Why a file of this feature and layer may not import this part of the site; empty when it may."""
    owner, *rest = imported
    if owner not in FEATURES:
        allowed = owner not in PUTS_TOGETHER if layer == "routes" else owner in FRAME[layer]
        return "" if allowed else "not for this layer"
    its_layer = rest[0] if rest else ""
    if owner == feature:
        beside = layer == "routes" and f"{owner}/{its_layer}.py" in MAY_STAND_BESIDE
        return "" if beside or its_layer in LAYERS[layer] else "the arrow points the other way"
    if FEATURES.index(owner) > FEATURES.index(feature):
        return "a later feature"
    return "" if its_layer in LAYERS[layer] & FROM_EARLIER else "not offered to later features"


@pytest.mark.parametrize("module", [m for m in SITE_MODULES if not place(m)[0]], ids=named)
def test_the_frame_knows_the_features_rules_only(module):
    """Else every feature would stand on every other through it."""
    if place(module)[1] in PUTS_TOGETHER:
        return
    for name in module.imports():
        top, *rest = name.split(".")
        if top == "exam" and rest[0] in FEATURES:
            assert rest[1] == "rules", f"{module.name} imports {name}"


@pytest.mark.parametrize("module", BANK_MODULES + SITE_MODULES, ids=named)
def test_imports_stand_at_the_top(module):
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            inner = [part.lineno for part in ast.walk(node) if isinstance(part, ast.Import | ast.ImportFrom)]
            assert not inner, f"{module.name}:{inner[0]}: {node.name} imports"


@pytest.mark.parametrize("module", BANK_MODULES + SITE_MODULES, ids=named)
def test_no_file_is_too_long_to_read(module):
    lines = len(module.path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST_FILE, f"{module.name} has {lines} lines: it asks to be two"


@pytest.mark.parametrize("module", [m for m in LAYERED if place(m)[1] != "routes"] + BANK_MODULES, ids=named)
def test_below_the_routes_nothing_commits_or_asks_the_clock(module):
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Attribute):
            continue
        asks = node.attr in ("utcnow", "today") or (node.attr == "now" and getattr(node.value, "id", "") == "datetime")
        assert node.attr != "commit", f"{module.name}:{node.lineno}: the route commits"
        assert not asks, f"{module.name}:{node.lineno}: `now` is passed in"


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_a_template_stands_on_the_frame_and_its_own_folder_only(template):
    folder = template.relative_to(TEMPLATES).parts[0]
    text = template.read_text(encoding="utf-8")
    for used in re.findall(r"""{%-?\s*(?:extends|include|import|from)\s+["']([^"']+)["']""", text):
        assert used == "base.html" or used.split("/")[0] in ("macros", folder), f"{template}: uses {used}"


@pytest.mark.parametrize("module", [m for m in LAYERED if place(m)[1] == "routes"], ids=named)
def test_routes_render_their_own_templates(module):
    feature, _ = place(module)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "render_template":
            template = node.args[0]
            if isinstance(template, ast.Constant):
                assert str(template.value).startswith(f"{feature}/"), f"{module.name}:{node.lineno}: {template.value}"
