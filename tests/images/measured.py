"""Taking in a picture in a process of its own, so that nothing but its child is measured."""

import resource
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from scene_studio.images.forms import Purpose, TakenIn
from scene_studio.images.sandbox import RejectedInSandbox, take_in_safely


def take_in_measured(data: bytes, purpose: Purpose, seconds: int = 15) -> tuple[TakenIn | str, int]:
    """Take in a file, or say why not, and how many bytes of memory its child had at most.

    The system remembers only the largest child that a process ever had, which in a process of many tests
    may be a browser.
    """
    with ProcessPoolExecutor(1, get_context("spawn")) as alone:
        return alone.submit(_measured, data, purpose, seconds).result()


def _measured(data: bytes, purpose: Purpose, seconds: int) -> tuple[TakenIn | str, int]:
    outcome: TakenIn | str
    try:
        outcome = take_in_safely(data, purpose, seconds=seconds)
    except RejectedInSandbox as rejection:
        outcome = rejection.detail
    return outcome, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
