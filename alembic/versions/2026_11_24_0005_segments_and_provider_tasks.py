"""Segments of a generation, every task that was handed to a provider and what it cost, and how each provider is.

Revision: 0005
Down: 0004
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE segments (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    generation_id UUID NOT NULL REFERENCES generations(id) ON DELETE CASCADE,
    user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    number INTEGER NOT NULL CHECK (number >= 1),
    first_frame INTEGER NOT NULL CHECK (first_frame >= 0),
    frames INTEGER NOT NULL CHECK (frames >= 1),
    take_first INTEGER NOT NULL CHECK (take_first >= 0),
    take_frames INTEGER NOT NULL CHECK (take_frames >= 1),
    skip_frames INTEGER NOT NULL CHECK (skip_frames >= 0),
    provider TEXT NOT NULL,
    stage TEXT NOT NULL DEFAULT 'waiting' CHECK (stage IN
        ('waiting', 'submitting', 'rendering', 'collecting', 'done', 'failed', 'cancelled')),
    attempt INTEGER NOT NULL DEFAULT 1 CHECK (attempt >= 1),
    external_id TEXT NOT NULL,
    task_id TEXT,
    progress DOUBLE PRECISION,
    claim UUID,
    due_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    tries INTEGER NOT NULL DEFAULT 0,
    sent_at TIMESTAMPTZ,
    submitted_at TIMESTAMPTZ,
    result_url TEXT,
    result_key TEXT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    UNIQUE (generation_id, number),
    UNIQUE (generation_id, first_frame)
);
CREATE INDEX idx_segments_user_id ON segments(user_id);
CREATE INDEX idx_segments_due_at ON segments(provider, stage, due_at)
    WHERE stage IN ('waiting', 'submitting', 'rendering', 'collecting');
CREATE INDEX idx_segments_task_id ON segments(provider, task_id);
CREATE INDEX idx_segments_external_id ON segments(provider, external_id);

CREATE TABLE provider_tasks (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    generation_id UUID REFERENCES generations(id) ON DELETE SET NULL,
    provider TEXT NOT NULL,
    external_id TEXT NOT NULL,
    task_id TEXT,
    status TEXT NOT NULL DEFAULT 'submitting' CHECK (status IN
        ('submitting', 'at_work', 'completed', 'failed', 'cancelling', 'cancelled', 'unsure')),
    due_at TIMESTAMPTZ,
    seconds NUMERIC(9,4) NOT NULL CHECK (seconds > 0),
    estimated_usd NUMERIC(12,6) NOT NULL DEFAULT 0,
    billed_amount NUMERIC(16,6),
    billed_unit TEXT,
    billed_usd NUMERIC(12,6),
    error_code TEXT,
    error_raw TEXT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    submitted_at TIMESTAMPTZ,
    ended_at TIMESTAMPTZ,
    UNIQUE (provider, external_id)
);
CREATE INDEX idx_provider_tasks_generation_id ON provider_tasks(generation_id);
CREATE INDEX idx_provider_tasks_ended_at ON provider_tasks(provider, ended_at DESC) WHERE status = 'completed';
CREATE INDEX idx_provider_tasks_due_at ON provider_tasks(due_at) WHERE status = 'cancelling';
CREATE INDEX idx_provider_tasks_unsure ON provider_tasks(created_at) WHERE status = 'unsure';

CREATE TABLE provider_states (
    provider TEXT PRIMARY KEY,
    failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
    open_until TIMESTAMPTZ,
    busy_until TIMESTAMPTZ,
    budget DOUBLE PRECISION NOT NULL DEFAULT 0,
    budget_at TIMESTAMPTZ,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE run_settings (
    name TEXT PRIMARY KEY,
    value JSONB NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

ALTER TABLE generations
    ADD COLUMN tried_providers TEXT[] NOT NULL DEFAULT '{}',
    ADD COLUMN late_done_at TIMESTAMPTZ,
    ADD COLUMN prepared_frames INTEGER CHECK (prepared_frames >= 1),
    DROP COLUMN attempt,
    DROP COLUMN result_url;

-- What is being made has no segments yet: it is prepared anew, and what its provider has is found by our id.
UPDATE generations
    SET stage = 'preparing', status = 'processing', claim = NULL, tries = 0, progress = 0, due_at = now()
    WHERE status IN ('pending', 'processing') AND stage IN ('submitted', 'rendering', 'finishing');
"""

# Only the work and the admin need these; what a person may know of them is on their generation.
NAMES = ("segments", "provider_tasks", "provider_states", "run_settings")


def upgrade() -> None:
    op.execute(TABLES)
    for table in NAMES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY {table}_service ON {table} TO vannilli_service USING (true) WITH CHECK (true)"
        )
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO vannilli_service")


def downgrade() -> None:
    op.execute("""
        ALTER TABLE generations
            ADD COLUMN attempt INTEGER NOT NULL DEFAULT 1,
            ADD COLUMN result_url TEXT,
            DROP COLUMN late_done_at,
            DROP COLUMN prepared_frames,
            DROP COLUMN tried_providers
    """)
    for table in reversed(NAMES):
        op.execute(f"DROP TABLE {table}")
