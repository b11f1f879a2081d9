"""What a draft may be asked for: the camera on the beat, what is between the lips, and which face of the picture moves.

Revision: 0024
Down: 0023
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

COLUMNS = """
ALTER TABLE projects
    ADD COLUMN beat_accent TEXT NOT NULL DEFAULT 'off' CHECK (beat_accent IN ('off', 'soft', 'strong')),
    ADD COLUMN mouth TEXT NOT NULL DEFAULT 'auto' CHECK (mouth IN ('auto', 'filmed', 'drawn')),
    ADD COLUMN face DOUBLE PRECISION[] CHECK (cardinality(face) = 2 AND 0 <= ALL (face) AND 1 >= ALL (face))
"""


def upgrade() -> None:
    op.execute(COLUMNS)


def downgrade() -> None:
    for column in ("face", "mouth", "beat_accent"):
        op.execute(f"ALTER TABLE projects DROP COLUMN {column}")
