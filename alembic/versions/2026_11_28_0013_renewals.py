"""By which request a session was renewed last, so that the same one can be asked again when its answer was lost.

Revision: 0013
Down: 0012
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE sessions ADD COLUMN renewal TEXT")


def downgrade() -> None:
    op.execute("ALTER TABLE sessions DROP COLUMN renewal")
