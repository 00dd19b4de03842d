"""What a process sets up once, made anew for a test."""

from scene_studio import runtime


def forget() -> None:
    """Have the runtime make everything anew when it is next asked for."""
    for made in vars(runtime).values():
        if hasattr(made, "cache_clear"):
            made.cache_clear()
