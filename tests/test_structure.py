"""The shape of the code: who imports whom, who owns which library, and what no code may contain."""

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from index.words import plain

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted([*(ROOT / "index").rglob("*.py"), *(ROOT / "bot").rglob("*.py")])
CORE = [p for p in MODULES if p.parts[len(ROOT.parts)] == "bot"]
SURFACES = ("bot.slack", "bot.web")
TOPS = {"bot.cli", "bot.commands", "bot.generation", "bot.serve", "bot.__main__"}


def name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imported(path: Path) -> frozenset[str]:
    """Return every module a file imports, also inside functions."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name(path)} imports relatively"
            found.add(node.module or "")
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(found)


def within(module: str, packages: tuple[str, ...] | set[str]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


@pytest.mark.parametrize("path", [p for p in MODULES if p not in CORE], ids=name)
def test_index_never_imports_bot(path: Path) -> None:
    assert not [module for module in imported(path) if within(module, ("bot",))]


@pytest.mark.parametrize(
    "path",
    [p for p in CORE if not within(name(p), SURFACES) and not within(name(p), TOPS)],
    ids=name,
)
def test_the_core_never_imports_a_surface(path: Path) -> None:
    assert not [module for module in imported(path) if within(module, {*SURFACES, *TOPS})]


@pytest.mark.parametrize("path", [p for p in CORE if within(name(p), SURFACES)], ids=name)
def test_surfaces_never_import_each_other_nor_the_command_line(path: Path) -> None:
    own = next(surface for surface in SURFACES if within(name(path), (surface,)))
    others = {*SURFACES, *TOPS} - {own}
    assert not [module for module in imported(path) if within(module, others)]


OWNERS: dict[tuple[str, ...], tuple[str, ...]] = {
    ("chromadb",): ("index.store",),
    ("sentence_transformers", "transformers"): ("index.encoder", "index.traced"),
    ("torch",): ("index.encoder", "index.fitting", "index.traced"),
    ("langchain", "langchain_core", "langchain_openai", "langchain_ollama", "langsmith"): (
        "bot.engines.chat",
    ),
    ("openai", "ollama", "langchain_chroma"): (),
    ("langchain_classic", "langchain_community", "langchain_text_splitters", "rank_bm25"): (),
    ("sqlalchemy",): (
        "bot.answered",
        "bot.database",
        "bot.postgresql",
        "bot.approvals.images",
        "bot.approvals.issuing",
        "bot.approvals.outbox",
        "bot.approvals.store",
        "bot.audit.store",
        "bot.feedback",
        "bot.policy.pauses",
        "bot.policy.runs",
        "bot.roster.store",
        "bot.slack.channels",
        "bot.slack.deliveries",
        "bot.slack.inbox",
        "bot.slack.installs",
        "bot.slack.people",
        "bot.slack.standing",
        "bot.slack.threads",
        "bot.slack.app",
        "bot.migrations",
        "bot.watches",
        "bot.web.sessions",
        "bot.wiring",
    ),
    ("alembic",): ("bot.database", "bot.migrations"),
    ("psycopg",): ("bot.dumping", "bot.postgresql"),
    ("slack_bolt", "slack_sdk"): ("bot.slack",),
    ("fastapi", "jinja2"): ("bot.web",),
    ("starlette",): ("bot.web", "bot.slack"),
    ("uvicorn",): ("bot.generation",),
    ("typer", "click"): ("bot.cli", "bot.commands"),
    ("rich",): ("bot.cli", "bot.commands"),
    ("itsdangerous",): ("bot.links", "bot.web"),
    ("reportlab",): ("bot.paper",),
    ("PIL",): ("bot.approvals.pixels",),
    ("prometheus_client",): ("bot.metrics",),
    ("pydantic_settings",): ("bot.config",),
    ("bm25s",): ("index.lexical",),
    ("Stemmer",): ("index.words",),
    ("rapidfuzz",): ("index.vocabulary",),
    ("yaml",): ("index.asked", "index.mending"),
    ("pypdfium2",): ("index.formats.pdf",),
    ("docx",): ("index.formats.docx",),
    ("lxml",): ("index.formats.html",),
}


@pytest.mark.parametrize("libraries", OWNERS, ids=lambda libraries: "+".join(libraries))
def test_a_library_is_imported_by_its_owner_alone(libraries: tuple[str, ...]) -> None:
    users = {name(p) for p in MODULES if any(within(m, libraries) for m in imported(p))}
    assert not {user for user in users if not within(user, OWNERS[libraries])}


def test_wiring_takes_no_more_of_the_database_than_the_type_of_its_engine() -> None:
    used = {
        module for module in imported(ROOT / "bot/wiring.py") if within(module, ("sqlalchemy",))
    }
    assert used <= {"sqlalchemy", "sqlalchemy.Engine"}


def written() -> Iterator[Path]:
    """Yield every file of code, template, style and prompt."""
    for folder in ("bot", "index", "prompts"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix in {".py", ".html", ".css", ".js", ".md", ".json"}:
                yield path


def test_no_department_is_named_in_code_or_templates() -> None:
    department = tomllib.loads((ROOT / "corpus/department.toml").read_text(encoding="utf-8"))
    names = {department["name"].lower(), department["short_name"].lower()}
    names.add(department["name"].lower().split()[0])
    for path in written():
        text = path.read_text(encoding="utf-8").lower()
        assert not [found for found in names if found in text], path


def normal(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", plain(text)))


def labelled() -> set[str]:
    """Return every labelled question of five words or more: shorter ones are anybody's phrases."""
    found: set[str] = set()
    for path in sorted((ROOT / "bench/questions").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            found.update(normal(text) for text in (row["q"], *row.get("history", [])))
    return {text for text in found if len(text.split()) >= 5}


def test_no_labelled_question_occurs_in_code_corpus_or_prompts() -> None:
    questions = labelled()
    assert len(questions) > 200
    for path in [*written(), *(p for p in (ROOT / "corpus").rglob("*") if p.is_file())]:
        text = normal(path.read_text(encoding="utf-8"))
        count = sum(question in text for question in questions)
        assert count == 0, f"{count} labelled questions occur in {path}"


def test_the_environment_is_read_in_one_place() -> None:
    reading = re.compile(r"os\.environ(?!\.setdefault\()|getenv|load_dotenv|BaseSettings")
    for path in MODULES:
        if name(path) != "bot.config":
            assert not reading.search(path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_stays_under_320_lines_and_says_its_place(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) < 320
    assert ast.get_docstring(tree(path)) or not path.read_text(encoding="utf-8").strip()


def test_nothing_imports_mocks() -> None:
    for folder in ("bot", "index", "tests", "bench"):
        for path in (ROOT / folder).rglob("*.py"):
            assert not [m for m in imported(path) if within(m, ("unittest.mock", "mock"))], path


def test_no_module_is_named_for_nothing() -> None:
    assert not {"utils", "helpers", "common", "base", "misc"} & {p.stem for p in MODULES}


def test_the_tests_are_flat() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_every_test_is_named_as_a_sentence_and_annotated() -> None:
    for path in (ROOT / "tests").glob("test_*.py"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                if node.name.startswith("test_"):
                    assert node.returns is not None, f"{path.name}: {node.name}"
                    assert node.name.count("_") >= 3, f"{path.name}: {node.name}"


def test_nothing_happens_at_import() -> None:
    """At module level stand definitions, literals and docstrings, no calls for their effect."""
    for path in MODULES:
        if name(path) in {"bot.__main__", "bot.migrations.env"}:
            continue
        for node in tree(path).body:
            if isinstance(node, ast.Expr):
                doing = ast.unparse(node)
                allowed = isinstance(node.value, ast.Constant) or "add_typer" in doing
                assert allowed, f"{name(path)}: {doing}"
