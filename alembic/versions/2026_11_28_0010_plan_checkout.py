"""The checkout of a plan that a person may still pay: there is never a second one.

Revision: 0010
Down: 0009
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE users ADD COLUMN plan_checkout_id TEXT UNIQUE")


def downgrade() -> None:
    op.execute("ALTER TABLE users DROP COLUMN plan_checkout_id")
