# What the tests need besides Python packages: a browser and the npm client. Installed where we may, else named.
has() { for name in "$@"; do command -v "$name" >/dev/null 2>&1 && return 0; done; return 1; }
missing=""
has chromium chromium-browser google-chrome || missing="$missing chromium"
has npm || missing="$missing npm"
[ -z "$missing" ] && exit 0
if has apt-get && [ "$(id -u)" = 0 ]; then
  echo "installing$missing ..."
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null && exit 0
fi
echo "the tests need$missing: on Debian or Ubuntu run 'sudo apt-get install$missing'" >&2
exit 1
