"""Where in the environment's source something is, as far as its text tells."""

from __future__ import annotations

import ast
import re

#: Where values get their first value, not where they change.
_SETTING_UP = frozenset(("", "__init__", "__new__", "__post_init__", "reset"))
_CHANGING_CALLS = frozenset(
    (
        *("append", "extend", "insert", "pop", "remove", "clear", "update", "setdefault"),
        *("add", "discard", "popitem", "appendleft", "popleft", "rotate", "sort", "reverse"),
        *("random", "randrange", "randint", "choice", "shuffle", "uniform", "gauss", "normal"),
        *("integers", "standard_normal", "fill"),
    )
)


class Source:
    """A source text and the lines of what it names."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self._lines = text.splitlines()
        #: Attribute or global name to (line, function) of everything that changes it.
        self._changes: dict[str, list[tuple[int, str]]] = {}
        self._functions: dict[str, int] = {}
        self._texts: dict[str, int] = {}
        self._calls: dict[str, list[int]] = {}
        self._imports: dict[str, int] = {}
        self._returns: dict[str, int] = {}
        try:
            self._read(ast.parse(text), "")
        except (SyntaxError, ValueError, RecursionError):
            pass

    def where(self, line: int | None = None, method: str | None = None, path: str = "") -> str:
        """`file:line (path)`; the line of the path or of the method where it is not given."""
        if line is None and path:
            line = self.line_of_path(path)
        if line is None and method is not None:
            line = self._functions.get(method)
        place = self.name if line is None else f"{self.name}:{line}"
        return f"{place} ({path})" if path else place

    def line_of_path(self, path: str) -> int | None:
        """Where the last attribute of a path changes."""
        for name in reversed(re.findall(r"(?:^|[.])([A-Za-z_]\w*)", path)):
            changes = self._changes.get(name)
            if changes:
                in_play = [line for line, function in changes if function not in _SETTING_UP]
                return in_play[0] if in_play else changes[0][0]
        return None

    def line_of_traceback(self, traceback: str) -> int | None:
        """The innermost line of this file in a traceback."""
        lines = re.findall(rf'File "{re.escape(self.name)}", line (\d+)', traceback)
        return int(lines[-1]) if lines else None

    def line_of_text(self, text: str) -> int | None:
        """Where a text stands as a constant: a key of an info, for example."""
        return self._texts.get(text)

    def line_of_call(self, *names: str) -> int | None:
        return next((self._calls[name][0] for name in names if name in self._calls), None)

    def line_of_import(self, *modules: str) -> int | None:
        return next((self._imports[name] for name in modules if name in self._imports), None)

    def line_of_change_in(self, function: str, path: str) -> int | None:
        """Where the last attribute of a path changes in this function."""
        for name in reversed(re.findall(r"(?:^|[.])([A-Za-z_]\w*)", path)):
            for line, where in self._changes.get(name, ()):
                if where == function:
                    return line
        return None

    def line_of_return(self, function: str) -> int | None:
        """The last `return` with a value in this function."""
        return self._returns.get(function)

    def line_of_method(self, name: str) -> int | None:
        return self._functions.get(name)

    def text_of(self, line: int) -> str:
        return self._lines[line - 1].strip() if 0 < line <= len(self._lines) else ""

    def _read(self, node: ast.AST, function: str) -> None:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            function = node.name
            self._functions[function] = node.lineno
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Delete)):
            targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
            for target in targets:
                self._changed(target, function)
        elif isinstance(node, ast.Call):
            self._called(node, function)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            self._texts.setdefault(node.value, node.lineno)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [getattr(node, "module", None) or "", *[alias.name for alias in node.names]]
            for name in names:
                self._imports.setdefault(name.partition(".")[0], node.lineno)
        elif isinstance(node, ast.Return) and node.value is not None:
            self._returns[function] = node.lineno
        for child in ast.iter_child_nodes(node):
            self._read(child, function)

    def _called(self, node: ast.Call, function: str) -> None:
        if isinstance(node.func, ast.Name):
            self._calls.setdefault(node.func.id, []).append(node.lineno)
        elif isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGING_CALLS:
            self._changed(node.func.value, function)
        for keyword in node.keywords:
            if keyword.arg == "key" and isinstance(keyword.value, ast.Name):
                self._calls.setdefault(keyword.value.id, []).append(node.lineno)

    def _changed(self, target: ast.AST | None, function: str) -> None:
        if isinstance(target, (ast.Tuple, ast.List)):
            for part in target.elts:
                self._changed(part, function)
        elif isinstance(target, (ast.Subscript, ast.Starred)):
            self._changed(target.value, function)
        elif isinstance(target, ast.Attribute):
            self._changes.setdefault(target.attr, []).append((target.lineno, function))
        elif isinstance(target, ast.Name):
            self._changes.setdefault(target.id, []).append((target.lineno, function))
