"""The last period of a plan that a pause kept from being charged: until it is paid again, the plan gives nothing.

Revision: 0023
Down: 0022
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE subscriptions ADD COLUMN skipped_at TIMESTAMPTZ")


def downgrade() -> None:
    op.execute("ALTER TABLE subscriptions DROP COLUMN skipped_at")
