"""The showcase: what artists let everybody see, who watched, what was reported and taken down.

Revision: 0014
Down: 0013
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE showcase_items (
    generation_id UUID PRIMARY KEY REFERENCES generations(id) ON DELETE CASCADE,
    user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 80),
    handle TEXT NOT NULL CHECK (handle ~ '^[a-z0-9][a-z0-9_.]{1,29}$'),
    state TEXT NOT NULL DEFAULT 'copying' CHECK (state IN ('copying', 'public', 'taken_down')),
    bpm NUMERIC(6,3) NOT NULL,
    bars NUMERIC(4,1) NOT NULL,
    time_signature TEXT NOT NULL,
    beat_unit TEXT NOT NULL,
    part_name TEXT NOT NULL,
    aspect TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    duration_seconds DOUBLE PRECISION NOT NULL,
    watches INTEGER NOT NULL DEFAULT 0 CHECK (watches >= 0),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX idx_showcase_items_user_id ON showcase_items(user_id);
CREATE INDEX idx_showcase_items_handle ON showcase_items(handle);
CREATE INDEX idx_showcase_items_newest ON showcase_items(created_at, generation_id) WHERE state = 'public';
CREATE INDEX idx_showcase_items_watched ON showcase_items(watches, generation_id) WHERE state = 'public';

CREATE TABLE showcase_watches (
    generation_id UUID NOT NULL REFERENCES showcase_items(generation_id) ON DELETE CASCADE,
    viewer TEXT NOT NULL,
    day DATE NOT NULL,
    PRIMARY KEY (generation_id, viewer, day)
);
CREATE INDEX idx_showcase_watches_day ON showcase_watches(day);

CREATE TABLE content_reports (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    generation_id UUID REFERENCES generations(id) ON DELETE SET NULL,
    user_id UUID REFERENCES users(id) ON DELETE SET NULL,
    reporter TEXT NOT NULL,
    email TEXT,
    reason TEXT NOT NULL CHECK (reason IN ('copyright', 'likeness', 'sexual', 'hate', 'other')),
    description TEXT NOT NULL CHECK (length(description) BETWEEN 1 AND 2000),
    state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'upheld', 'dismissed')),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    decided_at TIMESTAMPTZ
);
CREATE INDEX idx_content_reports_generation_id ON content_reports(generation_id);
CREATE INDEX idx_content_reports_user_id ON content_reports(user_id);
CREATE INDEX idx_content_reports_reporter ON content_reports(reporter);
CREATE INDEX idx_content_reports_state ON content_reports(state, created_at);
CREATE UNIQUE INDEX one_open_report_per_reporter
    ON content_reports(generation_id, reporter) WHERE state = 'open';

CREATE TABLE takedowns (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    generation_id UUID REFERENCES generations(id) ON DELETE SET NULL,
    user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    reason TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    restored_at TIMESTAMPTZ
);
CREATE INDEX idx_takedowns_user_id ON takedowns(user_id);
CREATE UNIQUE INDEX one_standing_takedown ON takedowns(generation_id) WHERE restored_at IS NULL;
"""

# Whoever changes what is to be seen, by whatever way, every server's cached pages are dropped. Watches wait a minute.
CHANGED = """
CREATE FUNCTION showcase_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('vannilli_showcase', '');
    RETURN NULL;
END $$;
CREATE TRIGGER showcase_changed
    AFTER INSERT OR DELETE OR UPDATE OF state, title, handle ON showcase_items
    FOR EACH STATEMENT EXECUTE FUNCTION showcase_changed();
"""

POLICIES = """
CREATE POLICY showcase_items_select_own ON showcase_items FOR SELECT USING (auth.uid() = user_id);
CREATE POLICY content_reports_select_own ON content_reports FOR SELECT USING (auth.uid() = user_id);
CREATE POLICY takedowns_select_own ON takedowns FOR SELECT USING (auth.uid() = user_id);
GRANT SELECT ON showcase_items, content_reports, takedowns TO vannilli_app;
"""

NAMES = ("showcase_items", "showcase_watches", "content_reports", "takedowns")


def upgrade() -> None:
    op.execute(TABLES)
    for table in NAMES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY {table}_service ON {table} TO vannilli_service USING (true) WITH CHECK (true)"
        )
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO vannilli_service")
    op.execute(POLICIES)
    op.execute(CHANGED)


def downgrade() -> None:
    for table in reversed(NAMES):
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP FUNCTION showcase_changed()")
