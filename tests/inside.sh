# Runs one command inside the file tree of an image. Called in a mount namespace of its own:
#   unshare --mount [--map-root-user] sh inside.sh TREE rw|ro USER PYTHON command...
# The machine's own /usr and Python stand where the base image has them; "ro" makes all read-only but /tmp.
set -eu
tree=$1 mode=$2 user=$3 python=$4
shift 4
fixed() { mount --bind "$1" "$tree$2" && mount -o remount,bind,ro,nosuid,nodev "$tree$2"; }

mount --bind "$tree" "$tree"
[ "$mode" = rw ] || mount -o remount,bind,ro,nosuid,nodev "$tree"
fixed /usr /usr
fixed /etc /etc
if [ "${python#/usr}" = "$python" ]; then # a Python of its own: as python:slim, in /usr/local, and where it was built
  if [ "$mode" = rw ]; then # a step may change it, as it may the base image; nothing of that is kept
    mount -t tmpfs none "$tree/base"
    mkdir "$tree/base/upper" "$tree/base/work"
    mount -t overlay -o "lowerdir=$python,upperdir=$tree/base/upper,workdir=$tree/base/work" none "$tree/usr/local"
  else
    fixed "$python" /usr/local
  fi
  fixed "$python" /python
else
  mount -t tmpfs none "$tree/usr/local"
  mkdir "$tree/usr/local/bin"
  ln -s "$(command -v python3)" "$tree/usr/local/bin/python"
fi
for device in null zero urandom random; do mount --bind "/dev/$device" "$tree/dev/$device"; done
mount --rbind /proc "$tree/proc"
mount -t tmpfs -o mode=1777 none "$tree/tmp"
[ -z "${PIP_CACHE_DIR-}" ] || { mount --bind "$CACHE" "$tree/$PIP_CACHE_DIR"; }
export LD_LIBRARY_PATH=${LD_LIBRARY_PATH-/python/lib}
chroot=$(PATH=/usr/sbin:/sbin:$PATH command -v chroot)

case "$user" in
0) exec "$chroot" "$tree" "$@" ;;
*)
  if [ "$(cat /proc/self/uid_map | tr -s ' ')" = " 0 0 4294967295" ]; then # root outside too: a real user
    exec "$chroot" --userspec="$user:$user" --groups= "$tree" "$@"
  fi
  exec unshare --user --map-user="$user" --map-group="$user" --root="$tree" "$@" ;;
esac
