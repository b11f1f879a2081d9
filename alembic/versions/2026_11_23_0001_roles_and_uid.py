"""Roles for people and for the service, and auth.uid().

Revision: 0001

Roles belong to the whole cluster and may serve other databases in it: the downgrade leaves them.
On Supabase, schema `auth` and `auth.uid()` exist already and are left alone.
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    for role in ("vannilli_app", "vannilli_service"):
        op.execute(f"""
            DO $$ BEGIN
                CREATE ROLE {role} NOLOGIN NOBYPASSRLS;
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
            END $$
        """)
        op.execute(f"GRANT {role} TO CURRENT_USER")
        op.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
    op.execute("CREATE SCHEMA IF NOT EXISTS auth")
    op.execute("GRANT USAGE ON SCHEMA auth TO vannilli_app, vannilli_service")
    op.execute("""
        DO $$ BEGIN
            IF to_regprocedure('auth.uid()') IS NULL THEN
                CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS $f$
                    -- '' and not NULL on a connection that was used before
                    SELECT (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid
                $f$;
                COMMENT ON FUNCTION auth.uid() IS 'vannilli';
            END IF;
        END $$
    """)


def downgrade() -> None:
    op.execute("""
        DO $$ BEGIN
            IF obj_description(to_regprocedure('auth.uid()'), 'pg_proc') = 'vannilli' THEN
                DROP FUNCTION auth.uid();
                DROP SCHEMA auth;
            END IF;
        END $$
    """)
    op.execute("REVOKE USAGE ON SCHEMA public FROM vannilli_app, vannilli_service")
