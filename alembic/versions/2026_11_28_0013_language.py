"""The language that a person signed in with last: what reaches them outside of a page speaks it.

Revision: 0013
Down: 0012
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE users ADD COLUMN language TEXT NOT NULL DEFAULT 'en'")


def downgrade() -> None:
    op.execute("ALTER TABLE users DROP COLUMN language")
