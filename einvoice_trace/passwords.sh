# Gives the two roles of roles.sql the passwords that stand in the addresses of the database; PostgreSQL's image runs it once.
# A password of letters and digits stands there as it is (openssl rand -hex 24 makes one).
for secret in database_url database_owner_url; do
    account=$(sed -E 's,^[a-z]+://([^@]+)@.*$,\1,' "/run/secrets/$secret")
    echo "ALTER ROLE :\"role\" PASSWORD :'password'" |
        psql -v ON_ERROR_STOP=1 -v role="${account%%:*}" -v password="${account#*:}" -U "${POSTGRES_USER:-postgres}" -d postgres
done
