"""Where work runs: an ordered map over small work items.

A runner takes a function and a list of small records and returns the results
in the order of the records, so that every runner gives the same tables.
Workers return rows and write nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, Protocol, TypeVar

from toolkit.errors import SetupError

Item = TypeVar("Item")
Result = TypeVar("Result")


class Runner(Protocol):
    """An ordered map: ``run(function, items)`` gives one result an item, in order."""

    def __call__(self, function: Callable[[Item], Result], items: Sequence[Item], /) -> list[Result]:
        """Apply the function to every item; the first error is raised after the others stopped."""
        ...


def local(workers: int = 1) -> Runner:
    """Threads of this process; decoding, OpenCV and numpy release the interpreter lock."""

    def run(function: Callable[[Item], Result], items: Sequence[Item], /) -> list[Result]:
        if workers <= 1 or len(items) <= 1:
            return [function(item) for item in items]
        with ThreadPoolExecutor(max_workers=workers) as pool:
            futures: list[Future[Result]] = [pool.submit(function, item) for item in items]
            try:
                wait(futures, return_when="FIRST_EXCEPTION")
            finally:
                for future in futures:
                    future.cancel()
            return [future.result() for future in futures]

    run.in_process = True  # type: ignore[attr-defined]
    return run


def dask_on(client: Any) -> Runner:
    """The workers of a Dask cluster; each needs this package and read access to the exhibits.

    Parameters
    ----------
    client : distributed.Client
    """

    def run(function: Callable[[Item], Result], items: Sequence[Item], /) -> list[Result]:
        futures = client.map(function, list(items), pure=False)
        results: Iterable[Result] = client.gather(futures)
        return list(results)

    return run


def connect(address: str) -> Runner:
    """A runner on the Dask scheduler at this address.

    Raises
    ------
    SetupError
        The extra ``dask`` is not installed.
    """
    try:
        from dask.distributed import Client
    except ImportError as missing:
        raise SetupError("extra_missing", extra="dask") from missing
    return dask_on(Client(address))
