"""Remembers what takes long to work out, in this process, until the programme's version or the day changes.

Keys begin with what they are about and hold everything that the value depends on; nothing about a visitor goes in here.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar, cast

from flask import Flask, current_app  # noqa: TID251 (the memory belongs to the application)

T = TypeVar("T")
MOST = 300


class _Memo:
    """The values used last."""

    def __init__(self) -> None:
        self.values: OrderedDict[Hashable, object] = OrderedDict()
        self.lock = threading.Lock()


def init_app(app: Flask) -> None:
    """Give the application a memory of its own."""
    app.extensions["cag_memo"] = _Memo()


def remembered(key: Hashable, make: Callable[[], T]) -> T:
    """Return the value kept for the key; makes it if there is none. Two threads may both make it."""
    memo: _Memo = current_app.extensions["cag_memo"]
    with memo.lock:
        if key in memo.values:
            memo.values.move_to_end(key)
            return cast("T", memo.values[key])
    value = make()
    with memo.lock:
        memo.values[key] = value
        while len(memo.values) > MOST:
            memo.values.popitem(last=False)
    return value
