"""`python -m tests.npm`: lint the browser's JavaScript."""

import sys

from tests.npm import lint

sys.exit(lint())
