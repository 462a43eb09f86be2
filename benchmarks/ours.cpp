#include "ours.hpp"

#include <algorithm>
#include <span>

#include "libblock/detail/finder.hpp"
#include "libblock/extraction.hpp"
#include "read_memory.hpp"

namespace benchmarks {
namespace {

using libblock::Sighting;
using libblock::detail::ScanKernel;

constexpr int many_runs = 15;
constexpr int some_runs = 7;
constexpr std::size_t extract_bytes = 50'000'000;

std::uint64_t count_accepted(std::span<const Sighting> sightings) {
    return static_cast<std::uint64_t>(
        std::count_if(sightings.begin(), sightings.end(),
                      [](const Sighting& sighting) { return !sighting.reason; }));
}

/// What `libblock::scan` does, by a kernel of choice.
std::uint64_t count_by(const ScanKernel& kernel, std::string_view text) {
    libblock::detail::Finder finder(kernel, false);
    std::vector<Sighting> sightings;
    std::uint64_t found = 0;
    for (std::size_t at = 0; at < text.size();) {
        sightings.clear();
        at = finder.read({text}, at, text.size(), sightings);
        found += count_accepted(sightings);
    }
    return found;
}

std::uint64_t count_runs(const ScanKernel& kernel, std::string_view text) {
    libblock::detail::GroupScan scan;
    std::uint64_t found = 0;
    for (std::size_t at = 0; at < text.size(); at = scan.next) {
        kernel.scan_groups(text, at, text.size(), scan);
        found += scan.edges;
    }
    return found / 2;
}

std::uint64_t count_by_extract(std::string_view text, bool context) {
    const auto extraction = libblock::extract(text, {.context = context});
    return extraction.accepted.size() + extraction.duplicates.size();
}

/// A way for each kernel that this machine can run.
std::vector<Way> each_kernel(std::string_view what, std::size_t bytes,
                             std::uint64_t (*count)(const ScanKernel&, std::string_view)) {
    std::vector<Way> ways;
    for (const ScanKernel* kernel : libblock::detail::scan_kernels()) {
        ways.push_back(way(std::string(what).append(kernel->name), bytes, some_runs,
                           [=](std::string_view text) { return count(*kernel, text); }));
    }
    return ways;
}

}  // namespace

std::uint64_t count_by_scan(std::string_view text) {
    std::uint64_t found = 0;
    libblock::scan(text, false, [&](auto sightings) { found += count_accepted(sightings); });
    return found;
}

std::vector<Way> ways_to_read(std::size_t bytes) {
    std::vector<Way> ways;
    for (const auto& reader : memory_readers()) {
        ways.push_back(
            way("read memory, " + std::string(reader.name), bytes, many_runs, reader.sum));
    }
    return ways;
}

std::vector<Way> our_ways(std::size_t bytes) {
    const auto extract = [](bool context) {
        return [=](std::string_view text) { return count_by_extract(text, context); };
    };
    const std::size_t part = std::min(bytes, extract_bytes);
    return {way("scan", bytes, many_runs, count_by_scan),
            way("extract, no context", part, some_runs, extract(false)),
            way("extract", part, some_runs, extract(true))};
}

std::vector<Way> ways_of_kernels(std::size_t bytes) {
    return each_kernel("scan by ", bytes, count_by);
}

std::vector<Way> inner_loops(std::size_t bytes) {
    return each_kernel("scan_groups of ", bytes, count_runs);
}

}  // namespace benchmarks
