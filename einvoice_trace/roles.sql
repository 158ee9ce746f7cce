-- The database and its two roles, for psql as superuser; may run again.
-- Passwords are not set here: the embedded server trusts its private socket, elsewhere ALTER ROLE … PASSWORD follows.

-- Owner: migrations and backup. App: web, workers, tests; it neither makes nor drops anything, and policies bind it.
SELECT 'CREATE ROLE traza_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'traza_owner') \gexec
SELECT 'CREATE ROLE traza_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'traza_app') \gexec
SELECT 'CREATE DATABASE traza OWNER traza_owner'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'traza') \gexec

\connect traza
REVOKE ALL ON DATABASE traza FROM PUBLIC;
GRANT CONNECT ON DATABASE traza TO traza_app;
ALTER SCHEMA public OWNER TO traza_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO traza_app;
ALTER DEFAULT PRIVILEGES FOR ROLE traza_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO traza_app;
ALTER DEFAULT PRIVILEGES FOR ROLE traza_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO traza_app;
