"""`Tool`: a task that a language model can ask for, with the shapes of what it takes and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eqmorph.agents.session import Session
from eqmorph.agents.work import Work

__all__ = ["Answer", "Schema", "Tool", "a_list", "a_map", "integer", "maybe", "number", "text", "yes_or_no"]

#: A JSON Schema.
Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool answers: plain data, and a PNG where one was asked for."""

    data: dict[str, Any]
    picture: bytes | None = None


@dataclass(frozen=True, slots=True)
class Tool:
    """A task.

    Attributes:
        name: how it is called.
        title: the same for people.
        description: what it is for, when to use it, and what comes next: for a language model to act on.
        arguments: their JSON Schemas, by name; a ``default`` is given where there is one.
        required: the arguments that must be given.
        answer: the JSON Schema of its answer.
        run: does it.
        reads_only: nothing is changed by it.
        destroys: it may take something away.
        repeats_safely: asking twice does no more than asking once.
    """

    name: str
    title: str
    description: str
    arguments: Mapping[str, Schema]
    answer: Schema
    run: Callable[..., Answer]
    required: Sequence[str] = ()
    reads_only: bool = True
    destroys: bool = False
    repeats_safely: bool = True

    @property
    def input_schema(self) -> Schema:
        return {
            "type": "object",
            "properties": dict(self.arguments),
            "required": list(self.required),
            "additionalProperties": False,
        }

    def call(self, session: Session, work: Work, arguments: Mapping[str, Any]) -> Answer:
        """Do it, with arguments that fit `input_schema`; those that are left out have their defaults."""
        usual = {name: schema["default"] for name, schema in self.arguments.items() if "default" in schema}
        return self.run(session, work, **{**usual, **arguments})


def text(description: str = "", **more: Any) -> Schema:
    return _of("string", description, more)


def number(description: str = "", **more: Any) -> Schema:
    return _of("number", description, more)


def integer(description: str = "", **more: Any) -> Schema:
    return _of("integer", description, more)


def yes_or_no(description: str = "", **more: Any) -> Schema:
    return _of("boolean", description, more)


def a_list(items: Schema, description: str = "", **more: Any) -> Schema:
    return _of("array", description, {"items": items, **more})


def a_map(properties: Mapping[str, Schema], description: str = "", *, optional: Sequence[str] = ()) -> Schema:
    """Describe an object of which all properties are there but the optional ones."""
    required = [name for name in properties if name not in optional]
    return _of("object", description, {"properties": dict(properties), "required": required})


def maybe(schema: Schema) -> Schema:
    """Describe what may be null."""
    return {**schema, "type": [schema["type"], "null"]}


def _of(kind: str, description: str, more: Mapping[str, Any]) -> Schema:
    return {"type": kind, **({"description": description} if description else {}), **more}
