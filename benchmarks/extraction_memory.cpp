// What the results of extraction take of memory, for a feed of very many distinct hashes.
//
//     extraction_memory [HASHES]

#include <sys/resource.h>

#include <cstddef>
#include <iomanip>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "arguments.hpp"
#include "corpora.hpp"
#include "libblock/extraction.hpp"
#include "measure.hpp"

namespace {

constexpr std::size_t default_hashes = 15'000'000;
constexpr std::size_t line_bytes = 65;

/// The most memory that this process had at any time.
double peak_bytes() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) * 1024;
}

void print(std::string_view what, double value, std::string_view unit) {
    std::cout << "  " << std::left << std::setw(44) << what << std::right << std::fixed
              << std::setprecision(1) << std::setw(8) << value << ' ' << unit << '\n';
}

void run(std::size_t hashes) {
    const std::string text = benchmarks::find_corpus("feed")->make(hashes * line_bytes);
    const double peak = peak_bytes();
    const double heap = benchmarks::heap_bytes();
    const double start = benchmarks::thread_seconds();
    const auto extraction = libblock::extract(text, {.context = false});
    const double seconds = benchmarks::thread_seconds() - start;
    if (extraction.accepted.size() != hashes) {
        throw std::runtime_error("found " + std::to_string(extraction.accepted.size()) +
                                 " hashes instead of " + std::to_string(hashes));
    }
    const auto count = static_cast<double>(hashes);
    std::cout << "extract without context on a feed of " << hashes << " hashes, " << std::fixed
              << std::setprecision(2) << static_cast<double>(text.size()) / 1e9
              << " GB; beside the text, for each hash\n";
    print("the results, by mallinfo2 (wanted: under 64)", (benchmarks::heap_bytes() - heap) / count,
          "bytes");
    print("growth of the peak, by getrusage", (peak_bytes() - peak) / count, "bytes");
    print("CPU time", seconds * 1e9 / count, "ns");
}

}  // namespace

int main(int argc, char** argv) {
    return benchmarks::run_main(
        [&] { run(argc > 1 ? benchmarks::read_number(argv[1]) : default_hashes); });
}
