#!/bin/sh
# Runs programs under a fapolicyd of their own.
#
#   unshare --mount --pid --fork --kill-child --mount-proc fapolicyd.sh FOLDER
#
# FOLDER has programs/, which are run one after the other, and rules.d/. All mounts are private to
# the namespace, and the daemon watches nothing but a ramfs that is made here: a daemon that stalls
# stops nobody else. Prints "NAME CODE" for each program and writes FOLDER/log.
set -eu
cd "$1"
mkdir etc run lib mnt
mount -t ramfs ramfs mnt
cp programs/* mnt/
cp -r rules.d etc/rules.d
echo "allow perm=any all : all" >etc/rules.d/99-allow.rules
: >etc/fapolicyd.trust
cat >etc/fapolicyd.conf <<END
permissive = ${PERMISSIVE:-0}
uid = root
gid = root
watch_fs = ramfs
trust = file
integrity = none
syslog_format = rule,dec,perm,:,path
END
mkdir -p /run/fapolicyd /var/lib/fapolicyd
mount --bind etc /etc/fapolicyd
mount --bind run /run/fapolicyd
mount --bind lib /var/lib/fapolicyd
fagenrules --load >/dev/null 2>&1 || true
timeout --kill-after=5 60 fapolicyd --debug-deny >log 2>&1 &
daemon=$!
for _ in $(seq 150); do
    if grep -q "Starting to listen" log || ! kill -0 $daemon 2>/dev/null; then break; fi
    sleep 0.1
done
grep -q "Starting to listen" log || { tail -n 20 log | cut -c -400 >&2; exit 1; }
for program in mnt/*; do
    code=0
    timeout 10 "$program" >/dev/null 2>&1 || code=$?
    echo "${program#mnt/} $code"
done
kill $daemon
wait $daemon || true
