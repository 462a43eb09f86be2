// What the results of extraction take of memory, for a feed of very many distinct hashes.
//
//     extraction_memory [HASHES]

#include <malloc.h>
#include <sys/resource.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <string>
#include <string_view>

#include "corpora.hpp"
#include "libblock/extraction.hpp"
#include "measure.hpp"

namespace {

constexpr std::size_t default_hashes = 15'000'000;
constexpr std::size_t line_bytes = 65;

/// What malloc has handed out, in its arenas and as mappings of their own.
double heap_bytes() {
    const auto info = ::mallinfo2();
    return static_cast<double>(info.uordblks + info.hblkhd);
}

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

}  // namespace

int main(int argc, char** argv) {
    const std::size_t hashes = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : default_hashes;
    const std::string text = benchmarks::find_corpus("feed")->make(hashes * line_bytes);
    const double peak = peak_bytes();
    const double heap = heap_bytes();
    const double start = benchmarks::thread_seconds();
    const auto extraction = libblock::extract(text, {.context = false});
    const double seconds = benchmarks::thread_seconds() - start;
    const auto count = static_cast<double>(extraction.accepted.size());

    std::cout << "extract without context on a feed of " << hashes << " hashes, " << std::fixed
              << std::setprecision(2) << static_cast<double>(text.size()) / 1e9
              << " GB; beside the text, for each hash\n";
    print("the results, by mallinfo2 (wanted: under 64)", (heap_bytes() - heap) / count, "bytes");
    print("the peak while extracting, by getrusage", (peak_bytes() - peak) / count, "bytes");
    print("CPU time", seconds * 1e9 / count, "ns");
    if (extraction.accepted.size() != hashes) {
        std::cerr << "found " << extraction.accepted.size() << " hashes\n";
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
