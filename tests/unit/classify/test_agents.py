"""Who did what matters most is part of what a sentence says, in the active and in the passive."""

import pytest

from tests.unit.classify.samples import judged
