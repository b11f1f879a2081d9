"""The language that a person signed in with last: what reaches them outside of a page speaks it.

Revision: 0012
Down: 0011
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE users ADD COLUMN language TEXT NOT NULL DEFAULT 'en'")


def downgrade() -> None:
    op.execute("ALTER TABLE users DROP COLUMN language")
