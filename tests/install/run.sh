#!/usr/bin/env bash
# Builds and runs the consumer in every way there is to get at libblock: as a part of its own build,
# through find_package and through pkg-config, linked as a static and as a shared library.
# Needs the build of the preset `dev`.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
work=$root/build/install
version=$(sed -n 's/^  VERSION //p' CMakeLists.txt)
expected="libblock $version: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

check() { # <what> <consumer>
    local printed
    printed=$("$2")
    if [ "$printed" != "$expected" ]; then
        echo "install test: $1: expected '$expected', got '$printed'" >&2
        exit 1
    fi
    echo "install test: $1: passed"
}

by_cmake() { # <build folder> <cmake arguments>
    local build=$1
    shift
    cmake -S tests/install -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Debug "$@" >/dev/null
    cmake --build "$build" >/dev/null
}

by_pkg_config() { # <prefix> <consumer> <pkg-config options>
    local prefix=$1 consumer=$2 flags
    shift 2
    flags=$(PKG_CONFIG_PATH=$prefix/lib/pkgconfig pkg-config "$@" --cflags --libs libblock)
    # shellcheck disable=SC2086 # the flags are words
    "${CXX:-c++}" -std=c++20 tests/install/main.cpp -o "$consumer" $flags "-Wl,-rpath,$prefix/lib"
}

# The embedded library is built shared, so that its installation serves the tests below.
by_cmake "$work/embedded" -DLIBBLOCK_SOURCE_DIR="$root" -DLIBBLOCK_INSTALL=ON \
    -DBUILD_SHARED_LIBS=ON -DCMAKE_INSTALL_LIBDIR=lib
check "add_subdirectory" "$work/embedded/consumer"

for kind in static shared; do
    prefix=$work/$kind
    rm -rf "$prefix"
    case $kind in
        static) built=$root/build/dev options=--static ;;
        shared) built=$work/embedded options= ;;
    esac
    cmake --install "$built" --prefix "$prefix" >/dev/null
    if [ -e "$prefix/include/libblock/detail" ]; then
        echo "install test: $kind: private headers were installed" >&2
        exit 1
    fi
    by_cmake "$work/$kind-cmake" -DCMAKE_PREFIX_PATH="$prefix"
    check "$kind, find_package" "$work/$kind-cmake/consumer"
    by_pkg_config "$prefix" "$work/$kind-pkg-config" $options
    check "$kind, pkg-config" "$work/$kind-pkg-config"
done
