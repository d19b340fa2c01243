"""Things by name: mask cues, clock-in formats, face backends.

Two things under one name are an error that names both: in an inquiry, silently
replacing a method is worse than stopping.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from toolkit.errors import SetupError

Thing = TypeVar("Thing")


class Registry(Generic[Thing]):
    """A named collection that refuses duplicates.

    Parameters
    ----------
    kind : str
        What it holds, for error messages: "clock-in format".
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._things: dict[str, Thing] = {}

    def register(self, name: str) -> Callable[[Thing], Thing]:
        """Decorator that files a thing under a name.

        Raises
        ------
        SetupError
            The name is taken.
        """

        def enter(thing: Thing) -> Thing:
            if name in self._things:
                raise SetupError(
                    "name_taken",
                    kind=self.kind,
                    name=name,
                    first=repr(self._things[name]),
                    second=repr(thing),
                )
            self._things[name] = thing
            return thing

        return enter

    def __getitem__(self, name: str) -> Thing:
        if name not in self._things:
            raise SetupError("name_unknown", kind=self.kind, name=name, known=", ".join(sorted(self._things)))
        return self._things[name]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._things))

    def __len__(self) -> int:
        return len(self._things)

    def items(self) -> list[tuple[str, Thing]]:
        """Names and things, sorted by name."""
        return sorted(self._things.items())
