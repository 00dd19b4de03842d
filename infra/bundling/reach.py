"""What a function can reach: the modules of ours and the packages of others that it may import.

Modules are read, never run. What a module imports at its top counts once the module is loaded. What one of
its definitions imports counts once that definition is used, because adapters are chosen so: what
`runtime.image_model` imports is of no use to a function that makes no pictures.

A definition is used if it is named by the handler, by another that is used, by a call at the top of a loaded
module, or if an object of its own module decorates it, as `@app.get(...)` does. What a class holds is used
with the class. A text that is the dotted name of a module of ours counts as an import of it: so programs are
started that run as processes of their own.
"""

import ast
import sys
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign


class NoSuchModule(Exception):
    """A module of ours, or the handler in it, is not there."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What a function can reach.

    Attributes:
        modules: the modules of ours, by dotted name.
        definitions: what is used of them, by dotted name.
        packages: what is imported of others, by dotted name: `botocore.session`, `PIL.Image`.
        services: the services of AWS that clients are made for.
    """

    modules: frozenset[str]
    definitions: frozenset[str]
    packages: frozenset[str]
    services: frozenset[str]


def reach(root: Path, handler: str, *, without: Collection[str] = ()) -> Reach:
    """Find what a function can reach.

    Args:
        root: the folder that its modules are imported from.
        handler: the dotted name of the handler, such as `web.handler.lambda_handler`.
        without: modules that are not followed, though they are imported.

    Raises:
        NoSuchModule: a module of ours, or the handler, is not there.
    """
    search = _Search(root, frozenset(without))
    search.use(handler)
    if handler not in search.used:
        raise NoSuchModule(f"{handler} is not defined there")
    return Reach(
        frozenset(search.modules),
        frozenset(search.used),
        frozenset(search.packages),
        frozenset(search.services),
    )


@dataclass(frozen=True, slots=True)
class _Module:
    """A module of ours, as it is written.

    Attributes:
        imports: what it imports when it is loaded: names, and the dotted names of what they stand for.
        definitions: what it defines, by name.
        at_once: what else runs when it is loaded.
    """

    imports: dict[str, str]
    definitions: dict[str, Definition]
    at_once: list[ast.stmt]


class _Search:
    def __init__(self, root: Path, without: frozenset[str]) -> None:
        self._root = root
        self._without = without
        self._read: dict[str, _Module] = {}
        self._places: dict[str, tuple[str, str]] = {}
        self.used: set[str] = set()
        self.packages: set[str] = set()
        self.services: set[str] = set()

    @property
    def modules(self) -> Iterable[str]:
        return self._read

    def use(self, dotted: str) -> None:
        """Follow the dotted name of a module of ours, or of something in one."""
        module, rest = self._split(dotted)
        self._load(module)
        name = rest.partition(".")[0]
        if module in self._without or f"{module}.{name}" in self.used:
            return
        read = self._read[module]
        if name in read.definitions:
            self.used.add(f"{module}.{name}")
            self._follow(module, read.definitions[name])
        elif self._is_ours(read.imports.get(name, "")):
            self.use(read.imports[name])

    def _load(self, module: str) -> None:
        """Do what loading a module does: load what it imports, and run what stands at its top."""
        if module in self._without or module in self._read:
            return
        if "." in module:
            self._load(module.rpartition(".")[0])
        read = self._read[module] = _parsed(self._file(module).read_bytes())
        for statement in read.at_once:
            self._follow(module, statement)
        for name, definition in read.definitions.items():
            if isinstance(definition, ast.Assign | ast.AnnAssign):
                for call in _run(definition):
                    if isinstance(call, ast.Call):
                        self._name(module, call.func, read.imports)
                continue
            for decorator in definition.decorator_list:
                self._follow(module, decorator)
                if _chain(decorator).partition(".")[0] in read.definitions:
                    self.use(f"{module}.{name}")

    def _follow(self, module: str, code: ast.AST) -> None:
        """Follow what a piece of code imports, names, starts, and makes clients for."""
        nodes = _all_run(code)
        imported = _imported(nodes)
        for target in imported.values():
            self._import(target)
        known = {**self._read[module].imports, **imported}
        for node in nodes:
            match node:
                case ast.Name(ctx=ast.Load()) | ast.Attribute(ctx=ast.Load()):
                    self._name(module, node, known)
                case ast.Constant(value=str(text)) if "." in text and self._is_ours(text):
                    self.use(text)
                case ast.Call(
                    func=ast.Attribute(attr="create_client"), args=[ast.Constant(value=str(service)), *_]
                ):
                    self.services.add(service)

    def _import(self, target: str) -> None:
        """Load what an import statement loads: a module of ours, or a package of others."""
        if not self._is_ours(target):
            if target.partition(".")[0] not in sys.stdlib_module_names:
                self.packages.add(target)
            return
        module, rest = self._split(target)
        if "." in rest:
            raise NoSuchModule(f"there is no module for {target} in {self._root}")
        self._load(module)

    def _name(self, module: str, name: ast.expr, known: Mapping[str, str]) -> None:
        """Use what a name, or a name with attributes, stands for."""
        first, dot, rest = _chain(name).partition(".")
        if first in known:
            if self._is_ours(known[first]):
                self.use(known[first] + dot + rest)
        elif first in self._read[module].definitions:
            self.use(f"{module}.{first}")

    def _is_ours(self, dotted: str) -> bool:
        top = dotted.partition(".")[0]
        return top.isidentifier() and (self._root / top / "__init__.py").is_file()

    def _split(self, dotted: str) -> tuple[str, str]:
        """The module that a dotted name begins with, and the rest of it."""
        if dotted in self._places:
            return self._places[dotted]
        parts = dotted.split(".")
        for end in range(len(parts), 0, -1):
            module = ".".join(parts[:end])
            if self._file(module).is_file():
                self._places[dotted] = module, ".".join(parts[end:])
                return self._places[dotted]
        raise NoSuchModule(f"there is no module for {dotted} in {self._root}")

    def _file(self, module: str) -> Path:
        path = self._root.joinpath(*module.split("."))
        return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@cache
def _parsed(source: bytes) -> _Module:
    """A module of this source; most are read for many functions."""
    module = _Module({}, {}, [])
    for statement in ast.parse(source).body:
        if isinstance(statement, Definition):
            module.definitions.update(dict.fromkeys(_defined(statement), statement))
        else:
            module.imports.update(_imported(_run(statement)))
            module.at_once.append(statement)
    return module


@cache
def _all_run(code: ast.AST) -> tuple[ast.AST, ...]:
    """What `_run` gives, of a piece of a module that is kept."""
    return tuple(_run(code))


def _run(code: ast.AST) -> Iterator[ast.AST]:
    """The code and all in it, but not what is there for type checkers alone."""
    waiting = deque([code])
    while waiting:
        node = waiting.popleft()
        yield node
        parts = ast.iter_child_nodes(node)
        if isinstance(node, ast.If) and _chain(node.test) == "TYPE_CHECKING":
            parts = iter(node.orelse)
        waiting.extend(parts)


def _imported(nodes: Iterable[ast.AST]) -> dict[str, str]:
    """The names that import statements bind, each with the dotted name of what it stands for."""
    bound = {}
    for statement in nodes:
        if isinstance(statement, ast.ImportFrom):
            for name in statement.names:
                bound[name.asname or name.name] = f"{statement.module}.{name.name}"
        elif isinstance(statement, ast.Import):
            for name in statement.names:
                bound[name.asname or name.name] = name.name
    return bound


def _defined(definition: Definition) -> list[str]:
    if isinstance(definition, ast.Assign):
        return [name.id for target in definition.targets for name in _run(target) if isinstance(name, ast.Name)]
    if isinstance(definition, ast.AnnAssign):
        return [_chain(definition.target)]
    return [definition.name]


def _chain(code: ast.expr) -> str:
    """The dotted name that code begins with, such as `runtime.logger` of `runtime.logger.info("x")`; or ""."""
    match code:
        case ast.Call(func=inner) | ast.Subscript(value=inner):
            return _chain(inner)
        case ast.Attribute(value=inner, attr=name):
            return f"{chain}.{name}" if (chain := _chain(inner)) else ""
        case ast.Name(id=name):
            return name
    return ""
