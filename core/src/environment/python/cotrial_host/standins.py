"""Stand-ins for modules that a browser lacks and that playing does not need.

Many environments import a drawing library at their top and use it in `render` only. When such an
import fails the module gets a stand-in, and the environment is loaded again. A stand-in can be
called, drawn with and inherited from; asked for a number or a comparison it refuses, so that rules
which need the real library cannot go on with made-up values.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from typing import Any

#: By module the package that brings it. Without one there is none for browsers.
_DRAWING: dict[str, str | None] = {
    "pygame": "pygame-ce",
    "matplotlib": "matplotlib",
    "cv2": "opencv-python",
    "PIL": "pillow",
    "imageio": "imageio",
    "moviepy": None,
    "pyglet": None,
    "OpenGL": None,
    "IPython": None,
    "seaborn": "seaborn",
    "plotly": "plotly",
    "tkinter": None,
    "_tkinter": None,
    "turtle": None,
}
#: Parts of the standard library that are not built for browsers, where a game has no use for them.
_MACHINE = (
    *("_multiprocessing", "_posixshmem", "_curses", "curses", "readline", "resource"),
    *("termios", "fcntl", "pwd", "grp", "syslog", "winsound", "msvcrt"),
)


class StandInUsed(TypeError):
    """The rules ask a stand-in for a value."""

    # As tracebacks name it.
    __module__ = "builtins"


class StandIn(types.ModuleType):
    """Stands for a module and everything in it. As a module it is never taken for state."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        part = StandIn(f"{self.__name__}.{name}")
        self.__dict__[name] = part
        return part

    def __repr__(self) -> str:
        return f"<stand-in for {self.__name__}>"

    def __reduce__(self) -> Any:
        return (StandIn, (self.__name__,))

    def __call__(self, *_: Any, **__: Any) -> Any:
        return StandIn(f"{self.__name__}()")

    def __mro_entries__(self, _bases: Any) -> tuple[type, ...]:
        return (StandInBase,)

    def __instancecheck__(self, _value: Any) -> bool:
        return False

    def __getitem__(self, _key: Any) -> Any:
        return self

    def __setitem__(self, _key: Any, _value: Any) -> None:
        pass

    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return False

    def __contains__(self, _value: Any) -> bool:
        return False

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: Any) -> None:
        pass

    def _same(self, *_: Any) -> Any:
        return self

    def _refuse(self, *_: Any) -> Any:
        top = self.__name__.partition(".")[0].partition("(")[0]
        raise StandInUsed(
            f"the value of {self.__name__} is needed, and only a stand-in for {top} is here; "
            f"{advice(top)}"
        )


class StandInBase:
    """What a class that inherits from a stand-in inherits from."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def __init_subclass__(cls, **_: Any) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return StandIn(f"{type(self).__name__}.{name}")


for _name in (
    *("add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "floordiv", "rfloordiv"),
    *("mod", "rmod", "pow", "rpow", "or", "ror", "and", "rand", "neg", "pos", "abs", "matmul"),
):
    setattr(StandIn, f"__{_name}__", StandIn._same)
for _name in ("int", "float", "index", "complex", "round", "lt", "le", "gt", "ge"):
    setattr(StandIn, f"__{_name}__", StandIn._refuse)


def package_of(module: str) -> str:
    """The package that brings a module, as far as the names differ."""
    return _DRAWING.get(module) or _PACKAGES.get(module) or module


_PACKAGES = {"sklearn": "scikit-learn", "skimage": "scikit-image", "yaml": "pyyaml"}


def advice(module: str) -> str:
    """How to get a module that is not here."""
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names and top not in ("ssl", "sqlite3", "lzma", "_lzma"):
        return f"no browser has {top!r}, so leave it out"
    if top in _DRAWING and _DRAWING[top] is None:
        return f"there is no {top!r} for browsers, so leave it out"
    package = package_of(top)
    return (
        f"run `cotrial vendor {package}` once and name {package!r} "
        "in the trial's packages parameter"
    )


def _forget_halves() -> None:
    """Forgets the modules of packages whose import failed halfway.

    Python keeps them, and an import that finds one there does not make it an attribute of its
    package again: gymnasium fails the second time for want of `gymnasium.utils`.
    """
    for name in list(sys.modules):
        parts = name.split(".")
        if any(".".join(parts[:n]) not in sys.modules for n in range(1, len(parts))):
            del sys.modules[name]


class StandIns(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Those of the environment that is loaded."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def clear(self) -> None:
        """For another environment."""
        for name in [n for n, module in sys.modules.items() if isinstance(module, StandIn)]:
            del sys.modules[name]
        self.names.clear()

    def adopt(self, module: str | None) -> bool:
        """Whether the missing module has a stand-in from now on."""
        top = (module or "").partition(".")[0]
        if top in self.names or (top not in _DRAWING and top not in _MACHINE):
            return False
        self.names.append(top)
        if self not in sys.meta_path:
            # First: Pyodide refuses the packages of its distribution by a finder of its own.
            sys.meta_path.insert(0, self)
        _forget_halves()
        return True

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name.partition(".")[0] not in self.names:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return StandIn(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        pass

    def notes(self) -> list[dict[str, str]]:
        """One for each, for the load report."""
        return [
            {
                "kind": "stand_in",
                "where": "load",
                "message": f"{name} is not here, so a stand-in takes its place",
                "remedy": "Return a draw list from render. Where the rules need it, "
                + advice(name)
                + "."
                if name in _DRAWING
                else "Nothing, unless the rules need it: browsers lack it.",
            }
            for name in self.names
        ]


STAND_INS = StandIns()
