"""What is seen in an uploaded picture or performance, in numbers.

Revision: 0019
Down: 0018
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE assets ADD COLUMN sight JSONB; GRANT UPDATE (sight) ON assets TO vannilli_app")


def downgrade() -> None:
    op.execute("ALTER TABLE assets DROP COLUMN sight")
