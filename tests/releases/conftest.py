"""The worker and good files, as for the videos that kits are made of."""

from tests.generations.conftest import files, work

__all__ = ["files", "work"]
