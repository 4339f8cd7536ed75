# Shared by the bash scripts beside this folder; sourced, never run. The caller sets ME (its own name).
# shellcheck shell=bash

ROOT="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)"
VENV="$ROOT/.venv"
PY="$VENV/bin/python"

say() { printf '%s: %s\n' "$ME" "$*" >&2; }

# fail WHAT REMEDY [STATUS]: the last thing a failing script prints is what to do about it.
fail() {
  say "$1"
  say "what to do: $2"
  exit "${3:-3}"
}

# usage: prints the comment block at the top of the calling script.
usage() { sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p}' "$0"; }

# need_value OPTION COUNT: an option that wants a value has one.
need_value() { [ "$2" -ge 2 ] || fail "$1 needs a value" "see scripts/$ME --help" 2; }

# is_python CANDIDATE: a Python that runs and is new enough.
is_python() { "$1" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

# find_python: path of the Python to build with. INSPECTOR_PYTHON names one; otherwise the locks' own version goes first.
find_python() {
  local candidate
  for candidate in ${INSPECTOR_PYTHON:+"$INSPECTOR_PYTHON"} python3.11 python3 python3.12 python3.13 python; do
    if is_python "$candidate"; then
      # the Python below an environment, which may be the one about to be made again
      "$candidate" -I -c 'import sys; print(getattr(sys, "_base_executable", sys.executable))'
      return
    fi
    [ -z "${INSPECTOR_PYTHON:-}" ] || break
  done
  fail "${INSPECTOR_PYTHON:-python3} is not Python 3.11 or newer, or does not run" \
    "install Python 3.11 (Debian 12: apt-get install python3 python3-venv) or name one with INSPECTOR_PYTHON=/path/to/python"
}

# since START: whole seconds since then.
since() { printf '%s' "$((SECONDS - $1))"; }
