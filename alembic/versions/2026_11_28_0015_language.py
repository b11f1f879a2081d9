"""The language that a person signed in with last: what reaches them outside of a page speaks it.

Revision: 0015
Down: 0014
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE users ADD COLUMN language TEXT NOT NULL DEFAULT 'en'")


def downgrade() -> None:
    op.execute("ALTER TABLE users DROP COLUMN language")
