"""Every way this can fail, with advice for the person who meets it.

An error is raised with a code and the facts; its two sentences, what happened
and what to do, stand in ``locale/<language>/errors_*.json`` as ``<code>`` and
``<code>_do``. The traceback is for the developer, these are for the
investigator.

``raise ReadingError("video_without_index", file="yard.mp4")``
"""

from __future__ import annotations

from typing import Any

from toolkit.language import preferred_language, topics


class ToolkitError(Exception):
    """Base of all errors that a person may be shown.

    Parameters
    ----------
    code : str
        Names the pair of sentences in the error catalogues.
    **facts
        Fill the fields of the sentences: file, row, frame, what was found.
    """

    def __init__(self, code: str, /, **facts: Any) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.what()} {self.advice()}".strip()

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.code, self.facts))

    def what(self, language: str | None = None) -> str:
        """What happened and where, one or two sentences."""
        return _sentence(self.code, self.facts, language)

    def advice(self, language: str | None = None) -> str:
        """What the reader can do about it."""
        return _sentence(f"{self.code}_do", self.facts, language)


class ExhibitError(ToolkitError):
    """An exhibit is missing or is not what was taken in."""


class ExhibitChanged(ExhibitError):
    """A stored exhibit or table differs from the hash in the journal."""


class ReadingError(ToolkitError):
    """A file cannot be read as what it was declared to be, or holds a bad row."""


class CannotMeasure(ToolkitError):
    """A measurement has no answer here; becomes a row "not assessable", never a zero."""


class CaseError(ToolkitError):
    """The case cannot do this now: locked, sealed, not a case, disk full."""


class StepTooEarly(CaseError):
    """A step was asked for before the step that feeds it."""


class SealError(ToolkitError):
    """The journal or the seal is broken."""


class SetupError(ToolkitError):
    """Something is not installed or two plug-ins clash."""


def _sentence(code: str, facts: dict[str, Any], language: str | None) -> str:
    for topic, entries in topics(language or preferred_language()).items():
        if topic.startswith("errors") and code in entries:
            return entries[code].format(**facts)
    raise KeyError(f"no sentence for the error code {code!r}")


def _rebuild(kind: type[ToolkitError], code: str, facts: dict[str, Any]) -> ToolkitError:
    return kind(code, **facts)
