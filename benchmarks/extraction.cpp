// Extraction beside the memory that it reads and beside other programs and libraries that look for
// the same, all in one run: rates differ between machines, their ratios hardly. README.md says what
// is measured and how to read it.
//
//     extraction [--size MEGABYTES] [--corpus NAME] [--ours]

#include "libblock/extraction.hpp"

#include <algorithm>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "corpora.hpp"
#include "libblock/detail/finder.hpp"
#include "libblock/detail/scan_kernel.hpp"
#include "measure.hpp"
#include "read_memory.hpp"

namespace {

using libblock::Sighting;
using libblock::detail::ScanKernel;

struct Options {
    std::size_t bytes = 200'000'000;
    std::vector<const benchmarks::Corpus*> corpora;
};

/// Something that reads a text, and the part of it that it reads.
struct Row {
    std::string name;
    std::size_t bytes;
    int runs;
    std::function<std::uint64_t(std::string_view)> work;
};

std::size_t count_accepted(std::span<const Sighting> sightings) {
    return static_cast<std::size_t>(
        std::count_if(sightings.begin(), sightings.end(),
                      [](const Sighting& sighting) { return !sighting.reason; }));
}

std::uint64_t scan(std::string_view text) {
    std::uint64_t found = 0;
    libblock::scan(text, false, [&](auto sightings) { found += count_accepted(sightings); });
    return found;
}

/// What `libblock::scan` does, by a kernel of choice.
std::uint64_t scan_by(const ScanKernel& kernel, std::string_view text) {
    constexpr std::size_t batch_bytes = 64 * 1024;
    libblock::detail::Finder finder(kernel, false);
    std::vector<Sighting> sightings;
    std::uint64_t found = 0;
    for (std::size_t at = 0; at < text.size();) {
        sightings.clear();
        at = finder.read({text}, at, std::min(at + batch_bytes, text.size()), sightings);
        found += count_accepted(sightings);
    }
    return found;
}

/// The kernel's own loop alone: without anything that is done about what it finds.
std::uint64_t find_groups(const ScanKernel& kernel, std::string_view text) {
    libblock::detail::GroupMasks masks;
    std::uint64_t found = 0;
    for (std::size_t at = 0; at < text.size(); at += ScanKernel::group, ++found) {
        at = kernel.find_group(text, at, masks);
    }
    return found;
}

std::uint64_t extract(std::string_view text, bool context) {
    const auto extraction = libblock::extract(text, {.context = context});
    return extraction.accepted.size() + extraction.duplicates.size();
}

std::vector<Row> our_rows(std::size_t bytes) {
    std::vector<Row> rows;
    for (const auto& reader : benchmarks::memory_readers()) {
        rows.push_back({"read memory, " + std::string(reader.name), bytes, 15, reader.sum});
    }
    rows.push_back({"scan", bytes, 15, scan});
    rows.push_back(
        {"extract, no context", bytes, 5, [](auto text) { return extract(text, false); }});
    rows.push_back({"extract", bytes, 5, [](auto text) { return extract(text, true); }});
    for (const ScanKernel* kernel : libblock::detail::scan_kernels()) {
        rows.push_back({"scan by " + std::string(kernel->name), bytes, 9,
                        [=](auto text) { return scan_by(*kernel, text); }});
    }
    for (const ScanKernel* kernel : libblock::detail::scan_kernels()) {
        rows.push_back({"  find_group by " + std::string(kernel->name), bytes, 9,
                        [=](auto text) { return find_groups(*kernel, text); }});
    }
    return rows;
}

Options read_options(std::span<char*> arguments) {
    Options options;
    for (std::size_t i = 1; i < arguments.size(); i += 2) {
        const std::string_view option = arguments[i];
        const char* const value = i + 1 < arguments.size() ? arguments[i + 1] : "";
        if (option == "--size") options.bytes = std::strtoull(value, nullptr, 10) * 1'000'000;
        if (option == "--corpus") options.corpora.push_back(benchmarks::find_corpus(value));
    }
    if (options.corpora.empty()) {
        for (const auto& corpus : benchmarks::corpora()) options.corpora.push_back(&corpus);
    }
    return options;
}

}  // namespace

int main(int argc, char** argv) {
    const Options options = read_options({argv, static_cast<std::size_t>(argc)});
    const auto rows = our_rows(options.bytes);
    std::vector<std::vector<double>> rates(rows.size());
    std::cout << benchmarks::processor() << '\n';
    for (const auto* corpus : options.corpora) {
        const std::string text = corpus->make(options.bytes);
        std::vector<benchmarks::Contender> contenders;
        for (const Row& row : rows) {
            const auto part = benchmarks::whole_lines(text, row.bytes);
            contenders.push_back(
                {[&row, part] { return benchmarks::timed([&] { return row.work(part); }); },
                 row.runs});
        }
        benchmarks::measure(contenders);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            rates[i].push_back(
                static_cast<double>(benchmarks::whole_lines(text, rows[i].bytes).size()) /
                contenders[i].typical.seconds / 1e9);
        }
    }
    std::vector<double> limits(options.corpora.size());
    for (std::size_t i = 0; i < benchmarks::memory_readers().size(); ++i)
        for (std::size_t c = 0; c < limits.size(); ++c)
            limits[c] = std::max(limits[c], rates[i][c]);
    std::cout << std::setw(24) << "" << std::right;
    for (const auto* corpus : options.corpora) std::cout << std::setw(14) << corpus->name;
    std::cout << "    GB/s, of reading\n" << std::fixed;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        std::cout << std::left << std::setw(24) << rows[i].name << std::right;
        for (std::size_t c = 0; c < limits.size(); ++c)
            std::cout << std::setprecision(2) << std::setw(8) << rates[i][c] << std::setw(6)
                      << rates[i][c] / limits[c];
        std::cout << '\n';
    }
    return EXIT_SUCCESS;
}
