"""As much of EEL2, the language of REAPER's effects, as its documentation says and ours use; made into Python.

Functions with parameters, ``local`` and ``instance`` variables and ``this``; namespaces; numbers and ``$pi``; the four
operations, ``^`` and parentheses; ``=`` and ``*=``; several statements, of which the last is the value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field

_TOKEN = re.compile(r"\s+|//[^\n]*|(?P<token>\d+\.?\d*(?:e-?\d+)?|\.\d+|\$pi|[A-Za-z_][\w.]*|\*=|[-+*/^=();,])")
_MATH: dict[str, Callable[..., float]] = {name: getattr(math, name) for name in ("sin", "cos", "tan", "sqrt")}


@dataclass
class _Function:
    parameters: list[str]
    locals: set[str]
    instance: set[str]
    body: str


@dataclass
class Effect:
    """An effect that has been loaded: ``slider1``, its sections, and all variables by name."""

    text: str
    rate: int
    variables: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        head, *parts = re.split(r"^@(\w+).*$", self.text, flags=re.MULTILINE)
        self.head = head
        sections = dict(zip(parts[::2], parts[1::2], strict=True))
        self._functions: dict[str, Callable[..., float]] = {}
        self.variables["srate"] = float(self.rate)
        slider = re.search(r"^slider1:(-?[\d.]+)<", head, re.MULTILINE)
        assert slider is not None
        self.variables["slider1"] = float(slider[1])
        self._run = {name: _Compiler(code).program(self._functions) for name, code in sections.items()}
        self._call("init")
        self._call("slider")

    def _call(self, section: str) -> None:
        self._run[section](self.variables, self._functions)

    def process(self, left: list[float], right: list[float]) -> list[tuple[float, float]]:
        made = []
        for one, other in zip(left, right, strict=True):
            self.variables["spl0"], self.variables["spl1"] = one, other
            self._call("sample")
            made.append((self.variables["spl0"], self.variables["spl1"]))
        return made


class _Compiler:
    """Goes through one section's code and writes Python that does the same."""

    def __init__(self, code: str) -> None:
        self._tokens: list[str] = []
        position = 0
        while position < len(code):
            found = _TOKEN.match(code, position)
            assert found is not None, f"not understood: {code[position : position + 40]!r}"
            if found["token"]:
                self._tokens.append(found["token"].lower())
            position = found.end()
        self._at = 0
        self._scope: _Function | None = None

    def program(self, functions: dict[str, Callable[..., float]]) -> Callable[..., None]:
        statements = []
        while self._at < len(self._tokens):
            if self._peek() == "function":
                self._function(functions)
            else:
                statements.append(self._assignment())
            while self._peek() == ";":
                self._at += 1
        source = "def run(v, f):\n" + "".join(f" {one}\n" for one in statements or ["pass"])
        return _made(source, "run")

    def _function(self, functions: dict[str, Callable[..., float]]) -> None:
        self._take("function")
        name = self._next()
        assert name not in functions, f"{name} is declared twice"
        scope = _Function(self._names(), set(), set(), "")
        while self._peek() in ("local", "instance"):
            getattr(scope, "locals" if self._next() == "local" else "instance").update(self._names())
        self._scope = scope
        self._take("(")
        statements = []
        while self._peek() != ")":
            statements.append(self._assignment())
            self._take(";")
        self._take(")")
        self._scope = None
        parameters = ", ".join(["v", "f", "ns", *(f"p_{one}" for one in scope.parameters)])
        lines = "".join(f" {one}\n" for one in statements[:-1])
        last = statements[-1]
        lines += f" {last}\n" if " = " in last else f" return {last}\n"
        functions[name] = _made(f"def fn({parameters}):\n{lines}", "fn")

    def _names(self) -> list[str]:
        self._take("(")
        names = []
        while self._peek() != ")":
            names.append(self._next())
        self._take(")")
        return [name for name in names if name != ","]

    def _assignment(self) -> str:
        start = self._at
        if re.fullmatch(r"[a-z_][\w.]*", self._peek()):
            name = self._next()
            if self._peek() in ("=", "*="):
                sign = self._next()
                return f"{self._variable(name, stored=True)} {sign} {self._sum()}"
        self._at = start
        return self._sum()

    def _sum(self) -> str:
        text = self._product()
        while self._peek() in ("+", "-"):
            text = f"({text} {self._next()} {self._product()})"
        return text

    def _product(self) -> str:
        text = self._unary()
        while self._peek() in ("*", "/"):
            text = f"({text} {self._next()} {self._unary()})"
        return text

    def _unary(self) -> str:
        if self._peek() == "-":
            self._next()
            return f"(-{self._unary()})"
        text = self._value()
        if self._peek() == "^":
            self._next()
            return f"({text} ** {self._unary()})"
        return text

    def _value(self) -> str:
        token = self._next()
        if token == "(":
            text = self._sum()
            self._take(")")
            return f"({text})"
        if token == "$pi":
            return repr(math.pi)
        if re.match(r"[\d.]", token):
            return repr(float(token))
        if self._peek() != "(":
            return self._variable(token)
        self._take("(")
        arguments = []
        while self._peek() != ")":
            arguments.append(self._sum())
            if self._peek() == ",":
                self._next()
        self._take(")")
        if token in _MATH:
            return f"math_{token}({', '.join(arguments)})"
        space, _, name = token.rpartition(".")
        namespace = "ns" if space == "this" else repr(f"{space}." if space else "")
        return f"f[{name!r}]({', '.join(['v', 'f', namespace, *arguments])})"

    def _variable(self, name: str, *, stored: bool = False) -> str:
        scope = self._scope
        if scope is not None and (name in scope.parameters or name in scope.locals):
            return f"p_{name}"
        if scope is not None and name in scope.instance:
            return f"v[ns + {name!r}]" if stored else f"v.get(ns + {name!r}, 0.0)"
        return f"v[{name!r}]" if stored else f"v.get({name!r}, 0.0)"

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]

    def _take(self, token: str) -> None:
        assert self._next() == token, f"{token} is missing"


def _made(source: str, name: str) -> Callable[..., float]:
    scope: dict[str, Callable[..., float]] = {f"math_{one}": function for one, function in _MATH.items()}
    exec(source, scope)
    return scope[name]
