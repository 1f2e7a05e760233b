"""The arrows of the house, read from the imports: docs/development.md draws them.

A failure here means that something stands in the wrong place. Move it rather than widen a rule.
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

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
    # The solver of integer programmes, values in, values out, has one home: papers/rules/programme.py.
    "rules": {"highspy"},
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
    "models": {"beats"},
    "queries": {"beats", "paging"},
    "actions": {"beats", "errors", "events", "company", "signing"},
    "forms": {"cleaning", "web", "words", "errors"},
}
"""The site's own modules each layer may import. Routes may import any but those that put the site together."""

PUTS_TOGETHER = {"app", "cli", "pulse", "schedule", "serving", "wiring"}

LAST = ("demo",)
"""Features without pages; they come after all others."""

MAY_STAND_BESIDE = {
    "accounts/session.py": "a person as Flask-Login sees one",
    "attempts/showing.py": "the room's questions as HTML, of which each page fills in its own",
    "accounts/tickets.py": "who is asking, before Flask has the request",
    "attempts/short_way.py": "saves and handings in of many at once, in front of Flask",
    "notices/letters.py": "the words of notices, kind by kind",
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


OF_FEATURES = [module for module in SITE_MODULES if place(module)[1] in LAYERS and place(module)[0] not in LAST]
OF_FRAME = [module for module in SITE_MODULES if not place(module)[0]]


def test_every_feature_on_disk_is_in_the_list() -> None:
    on_disk = {path.parent.name for path in (ROOT / "exam").glob("*/__init__.py")}
    assert on_disk == set(FEATURES)


def test_features_have_the_known_file_names() -> None:
    unknown = []
    for module in SITE_MODULES:
        feature, layer = place(module)
        beside = Path(module.name).relative_to("exam").as_posix() in MAY_STAND_BESIDE
        if not (layer in LAYERS or layer == "__init__" or feature in ("", *LAST) or beside):
            unknown.append(module.name)
    assert not unknown, f"none of {', '.join(LAYERS)}: {unknown}"


def test_no_file_is_called_after_nothing() -> None:
    """The second user of a helper is the moment to find whose word it is."""
    vague = re.compile(r"\b(utils?|common|helpers|misc|shared)\b")
    assert [module.name for module in BANK_MODULES + SITE_MODULES if vague.search(module.name)] == []


def test_the_question_bank_knows_neither_the_site_nor_the_web() -> None:
    banned = ("exam", "config", "flask", "flask_sqlalchemy", "flask_babel", "flask_wtf", "wtforms")
    wrong = [(m.name, name) for m in BANK_MODULES for name in m.imports() if name.split(".")[0] in banned]
    assert wrong == []


def test_a_file_imports_only_what_its_layer_may() -> None:
    wrong = []
    for module in OF_FEATURES:
        feature, layer = place(module)
        for name in module.imports():
            reason = _refused(feature, layer, name)
            if reason:
                wrong.append(f"{module.name} imports {name}: {reason}")
    assert not wrong, "\n".join(wrong)


def _refused(feature: str, layer: str, name: str) -> str:
    """Why a file of this feature and layer may not import this; empty when it may."""
    top, *rest = name.split(".")
    if top == "exam":
        return _refused_within_the_site(feature, layer, rest)
    if top == "question_bank":
        return "" if layer not in BANK or rest[0] in BANK[layer] else "not for this layer"
    if layer == "routes":
        return "queries read, routes don't" if top == "sqlalchemy" else ""
    return "" if top in sys.stdlib_module_names | OUTSIDE[layer] else "not for this layer"


def _refused_within_the_site(feature: str, layer: str, imported: list[str]) -> str:
    owner, *rest = imported
    if owner not in FEATURES:
        allowed = owner not in PUTS_TOGETHER if layer == "routes" else owner in FRAME[layer]
        return "" if allowed else "not for this layer"
    its_layer = rest[0] if rest else ""
    if owner == feature:
        beside = layer == "routes" and f"{feature}/{its_layer}.py" in MAY_STAND_BESIDE
        return "" if its_layer in LAYERS[layer] or beside else "the arrow points the other way"
    if FEATURES.index(owner) > FEATURES.index(feature):
        return "a later feature"
    return "" if its_layer in LAYERS[layer] & FROM_EARLIER else "not offered to later features"


def test_the_frame_knows_the_features_rules_only() -> None:
    """Else every feature would stand on every other through it."""
    wrong = []
    for module in OF_FRAME:
        for name in module.imports() if place(module)[1] not in PUTS_TOGETHER else ():
            top, *rest = name.split(".")
            if top == "exam" and rest[0] in FEATURES and rest[1] != "rules":
                wrong.append(f"{module.name} imports {name}")
    assert wrong == []


def test_imports_stand_at_the_top() -> None:
    wrong = []
    for module in BANK_MODULES + SITE_MODULES:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                inner = [part.lineno for part in ast.walk(node) if isinstance(part, ast.Import | ast.ImportFrom)]
                wrong += [f"{module.name}:{line} in {node.name}" for line in inner]
    assert wrong == []


def test_no_file_is_too_long_to_read() -> None:
    lengths = {m.name: len(m.path.read_text(encoding="utf-8").splitlines()) for m in BANK_MODULES + SITE_MODULES}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_below_the_routes_nothing_commits_or_asks_the_clock() -> None:
    wrong = []
    for module in [m for m in OF_FEATURES if place(m)[1] != "routes"] + BANK_MODULES:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute):
                asked = node.attr == "now" and getattr(node.value, "id", "") in ("datetime", "clock")
                if asked or node.attr in ("commit", "utcnow", "today"):
                    wrong.append(f"{module.name}:{node.lineno}: {ast.unparse(node)}")
    assert wrong == []


def test_a_template_stands_on_the_frame_and_its_own_folder_only() -> None:
    wrong = []
    for template in TEMPLATES.rglob("*.html"):
        name = template.relative_to(TEMPLATES)
        for used in re.findall(r"""{%-?\s*(?:extends|include|import|from)\s+["']([^"']+)["']""", template.read_text()):
            if used != "base.html" and used.split("/")[0] not in ("macros", name.parts[0]):
                wrong.append(f"{name} uses {used}")
    assert wrong == []


def test_routes_render_their_own_templates() -> None:
    wrong = []
    for module in [m for m in OF_FEATURES if place(m)[1] == "routes"]:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "render_template":
                named = getattr(node.args[0], "value", None)
                if named is not None and not str(named).startswith(f"{place(module)[0]}/"):
                    wrong.append(f"{module.name}:{node.lineno}: {named}")
    assert wrong == []
