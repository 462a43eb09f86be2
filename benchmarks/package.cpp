// Packages with very many hashes: loading and saving them beside yaml-cpp reading and writing the
// same hashes as a sequence in the same run, what a loaded package takes of memory, and what
// operations on it take. Times are CPU time, medians of several runs; they differ between machines,
// their ratios hardly.

#include "libblock/package.hpp"

#include <yaml-cpp/yaml.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <iomanip>
#include <iostream>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "folder.hpp"
#include "libblock/check.hpp"
#include "libblock/document.hpp"
#include "libblock/hash_list.hpp"
#include "measure.hpp"

namespace {

using benchmarks::Folder;
using benchmarks::heap_bytes;
using libblock::HashEntry;
using libblock::HashKind;
using libblock::HashSet;
using libblock::Package;
using libblock::Sha256;

constexpr std::size_t hash_count = 1'000'000;
constexpr std::size_t named_count = 100'000;
constexpr int repeats = 7;
constexpr int yaml_repeats = 3;  // they take ten seconds each

void require(bool holds, const char* what) {
    if (!holds) throw std::runtime_error(what);
}

double cpu_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

double wall_seconds() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration<double>(now).count();
}

/// The median time of several runs, in nanoseconds for each of `count` items.
template <typename Work>
double nanoseconds(std::size_t count, int runs, double (*clock)(), Work work) {
    std::vector<double> times;
    for (int i = 0; i < runs; ++i) {
        const double start = clock();
        work();
        times.push_back(clock() - start);
    }
    return benchmarks::median(std::move(times)) * 1e9 / static_cast<double>(count);
}

template <typename Work>
double nanoseconds(std::size_t count, Work work) {
    return nanoseconds(count, repeats, cpu_seconds, work);
}

void print(std::string_view what, double value, std::string_view unit) {
    std::cout << "  " << std::left << std::setw(52) << what << std::right << std::fixed
              << std::setprecision(1) << std::setw(9) << value << ' ' << unit << '\n';
}

HashSet make_hashes(std::size_t count) {
    std::mt19937_64 random(1);  // NOLINT(cert-msc51-cpp): the same hashes on every run
    std::vector<Sha256> digests(count);
    for (auto& digest : digests) {
        Sha256::Bytes bytes{};
        for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
        digest = Sha256(bytes);
    }
    return HashSet(std::move(digests));
}

// ---- yaml-cpp ----------------------------------------------------------------------------------

std::string emit_by_yaml_cpp(const HashSet& hashes) {
    YAML::Emitter out;
    out << YAML::BeginMap << YAML::Key << "hashes" << YAML::Value << YAML::BeginSeq;
    for (const auto& digest : hashes) out << digest.to_string();
    out << YAML::EndSeq << YAML::EndMap;
    return {out.c_str(), out.size()};
}

HashSet load_by_yaml_cpp(const std::string& text) {
    const YAML::Node root = YAML::Load(text);
    const YAML::Node list = root["hashes"];
    std::vector<Sha256> digests;
    digests.reserve(list.size());
    for (const auto& item : list) digests.push_back(Sha256::parse(item.Scalar()).value());
    return HashSet(std::move(digests));
}

// ---- what is measured --------------------------------------------------------------------------

void measure_bare(const HashSet& hashes, const Folder& folder) {
    Package package("bare");
    package.add(hashes, HashKind::File);
    const auto path = folder / "bare.yaml";
    libblock::save_package(package, path);
    require(libblock::load_package(path).package == package, "a package is not what it was");

    const auto load = [&] { libblock::load_package(path); };
    const auto format = [&] { libblock::format_package(package, "bare"); };
    const auto save = [&] { libblock::save_package(package, path); };
    const double load_time = nanoseconds(hash_count, load);
    const double format_time = nanoseconds(hash_count, format);
    const double save_time = nanoseconds(hash_count, save);
    const double save_wall = nanoseconds(hash_count, repeats, wall_seconds, save);

    const double before = heap_bytes();
    const libblock::PackageDocument loaded = libblock::load_package(path);
    const double memory = (heap_bytes() - before) / hash_count;

    const std::string yaml = emit_by_yaml_cpp(hashes);
    require(load_by_yaml_cpp(yaml) == hashes, "yaml-cpp reads other hashes");
    const double yaml_load =
        nanoseconds(hash_count, yaml_repeats, cpu_seconds, [&] { load_by_yaml_cpp(yaml); });
    const double yaml_emit =
        nanoseconds(hash_count, yaml_repeats, cpu_seconds, [&] { emit_by_yaml_cpp(hashes); });

    std::cout << "package of " << hash_count << " bare hashes, CPU time a hash:\n";
    print("load the files, checked against their digest", load_time, "ns");
    print("yaml-cpp: Load the sequence", yaml_load, "ns");
    print("  ratio", yaml_load / load_time, "x");
    print("format, with the digest", format_time, "ns");
    print("save the files: format, write, fsync, rename", save_time, "ns");
    print("  the same by the clock, with waiting for the disk", save_wall, "ns");
    print("yaml-cpp: Emitter, in memory", yaml_emit, "ns");
    print("  ratio to format", yaml_emit / format_time, "x");
    print("  ratio to save", yaml_emit / save_time, "x");
    print("memory of the loaded package, by mallinfo2", memory, "bytes a hash");
    require(loaded.package == package, "a package is not what it was");
}

void measure_named(const HashSet& hashes, const Folder& folder) {
    std::vector<HashEntry> entries;
    for (std::size_t i = 0; i < named_count; ++i) {
        entries.push_back({.sha256 = hashes[i * (hashes.size() / named_count)],
                           .file_name = "update-" + std::to_string(i) + ".exe"});
    }
    Package package("named");
    package.add(entries);
    const auto path = folder / "named.yaml";
    libblock::save_package(package, path);

    const auto load = [&] { libblock::load_package(path); };
    const auto format = [&] { libblock::format_package(package, "named"); };
    const double before = heap_bytes();
    const libblock::PackageDocument loaded = libblock::load_package(path);
    const double memory = (heap_bytes() - before) / named_count;

    std::cout << "package of " << named_count << " hashes with file names:\n";
    print("load", nanoseconds(named_count, load), "ns a hash");
    print("format, with the digest", nanoseconds(named_count, format), "ns a hash");
    print("memory of the loaded package, by mallinfo2", memory, "bytes a hash");
    require(loaded.package == package, "a package is not what it was");
}

void measure_operations(const HashSet& hashes) {
    std::array<Package, 2> packages{Package("one"), Package("two")};
    const auto half = hashes.digests().subspan(hashes.size() / 2);
    packages[0].add(hashes, HashKind::File);
    packages[1].add(HashSet({half.begin(), half.end()}), HashKind::File);
    Package& package = packages[0];
    const Package& smaller = packages[1];
    const auto milliseconds = [&](auto work) { return nanoseconds(1'000'000, work); };

    std::cout << "operations on it, the other package with half of its hashes:\n";
    print("diff", milliseconds([&] { diff(package, smaller); }), "ms");
    print("merge", milliseconds([&] { merge(smaller, package); }), "ms");
    print("check of both", milliseconds([&] { libblock::check(packages); }), "ms");
    print("digest", milliseconds([&] { digest(package); }), "ms");
    print("canonical bytes", milliseconds([&] { canonical_bytes(package); }), "ms");
    print("hashes of one kind", milliseconds([&] { package.entries().hashes(HashKind::File); }),
          "ms");
    print("adding one hash", milliseconds([&] { Package(package).add({HashEntry{.sha256 = {}}}); }),
          "ms");
}

}  // namespace

int main() {
    try {
        const Folder folder;
        const HashSet hashes = make_hashes(hash_count);
        measure_bare(hashes, folder);
        measure_named(hashes, folder);
        measure_operations(hashes);
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
