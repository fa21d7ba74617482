"""What the tests of the installed program share: the wheel is built and installed once."""

from tests.e2e.installed_wheel import program, wheel

__all__ = ["program", "wheel"]
