#!/bin/sh
# Installs what the tests run against and is missing here: PostgreSQL, MariaDB and sqlite3, servers and clients; shells.
# Nothing is started, and no database is made: the tests start private servers of their own.
set -eu

PATH="$PATH:/usr/sbin:/usr/local/sbin:/usr/libexec"

have() {
    command -v "$1" >/dev/null 2>&1
}

have_postgres() {
    have initdb && have postgres && return
    for directory in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin "$(pg_config --bindir 2>/dev/null || :)"; do
        [ -x "$directory/initdb" ] && [ -x "$directory/postgres" ] && return
    done
    return 1
}

missing=""
have_postgres || missing="$missing postgresql"
have psql || missing="$missing postgresql-client"
have mariadbd || have mysqld || missing="$missing mariadb-server-core"
have mariadb || have mysql || missing="$missing mariadb-client-core"
have mariadb-dump || have mysqldump || missing="$missing mariadb-client"
have sqlite3 || missing="$missing sqlite3"
# whose completions are tested
have zsh || missing="$missing zsh"
have fish || missing="$missing fish"
# what the extra mysqlclient is compiled with
has_driver() {
    .venv/bin/python -c "import MySQLdb._mysql" 2>/dev/null
}
has_driver || have mariadb_config || have mysql_config || missing="$missing libmariadb-dev pkg-config gcc"

driver() {
    has_driver || .venv/bin/python -m pip --disable-pip-version-check --no-input -qq install "mysqlclient==2.3.1" ||
        echo "mysqlclient could not be installed; the tests of that driver are skipped" >&2
}
[ -n "$missing" ] || { driver && exit 0; }

if [ "$(id -u)" != 0 ] || ! have apt-get; then
    echo "missing for the tests:$missing (names of Debian packages); tests that need them are skipped, or fail with CI=true" >&2
    exit 0
fi

echo "installing for the tests:$missing …"
DEBIAN_FRONTEND=noninteractive
export DEBIAN_FRONTEND
log=$(mktemp)
policy=/usr/sbin/policy-rc.d
clusters=/etc/postgresql-common/createcluster.conf
made_policy=""

restore() {
    [ -z "$made_policy" ] || rm -f "$policy"
    [ ! -e "$log.clusters" ] || cat "$log.clusters" >"$clusters"
    rm -f "$log" "$log.clusters"
}
trap restore EXIT
trap 'exit 130' INT TERM HUP

install() {
    apt-get -qq -y -o DPkg::Lock::Timeout=120 install --no-install-recommends "$@" >>"$log" 2>&1 </dev/null || {
        cat "$log" >&2
        echo "could not install $*" >&2
        exit 1
    }
}

# 101: no package may start a service.
if [ ! -e "$policy" ]; then
    made_policy=yes
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi
apt-get -qq -o DPkg::Lock::Timeout=120 update >>"$log" 2>&1 </dev/null || echo "apt-get update failed; trying all the same" >&2

case "$missing" in *" postgresql "* | *" postgresql")
    install postgresql-common
    if [ -e "$clusters" ]; then
        cat "$clusters" >"$log.clusters"
        echo "create_main_cluster = false" >>"$clusters"
    fi
    ;;
esac
# Older releases have a version in these two names.
if ! apt-cache show mariadb-server-core >/dev/null 2>&1; then
    missing=$(echo "$missing" | sed 's/mariadb-server-core/mariadb-server/; s/mariadb-client-core/mariadb-client/')
fi
# shellcheck disable=SC2086  # a list of names
install $missing
driver
