"""procrastinate's schema, from the pinned package. A later release's own migration becomes a migration here.

Revision: 0004
Down: 0003

Its tables hold ids and no person's data: they are the named exceptions to row-level security.
"""

from procrastinate.schema import SchemaManager

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = (
    "procrastinate_events",
    "procrastinate_periodic_defers",
    "procrastinate_jobs",
    "procrastinate_workers",
)
TYPES = ("procrastinate_job_to_defer_v1", "procrastinate_job_event_type", "procrastinate_job_status")


def upgrade() -> None:
    # past SQLAlchemy, which would take the script's own % for placeholders
    op.get_bind().connection.driver_connection.execute(SchemaManager.get_schema())
    tables = ", ".join(TABLES)
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {tables} TO vannilli_service")
    for table in ("jobs", "events", "periodic_defers"):
        op.execute(f"GRANT USAGE ON SEQUENCE procrastinate_{table}_id_seq TO vannilli_service")


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DROP TABLE {table} CASCADE")
    op.execute("""
        DO $$ DECLARE f regprocedure; BEGIN
            FOR f IN SELECT oid FROM pg_proc WHERE proname LIKE 'procrastinate\\_%' LOOP
                EXECUTE format('DROP FUNCTION %s CASCADE', f);
            END LOOP;
        END $$
    """)
    for name in TYPES:
        op.execute(f"DROP TYPE {name} CASCADE")
