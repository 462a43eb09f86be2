// `extract` as a C++ program calls it, for a Python program to measure: see extraction_python.py.

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "corpora.hpp"
#include "libblock/extraction.hpp"

extern "C" {

/// Fills a buffer with the log corpus, which has no hash.
void fill_log(char* buffer, std::size_t bytes) {
    const std::string text = benchmarks::find_corpus("log")->make(bytes);
    std::fill_n(std::copy(text.begin(), text.end(), buffer), bytes - text.size(), '\n');
}

/// The number of hashes that `extract` accepts.
std::size_t count_hashes(const char* text, std::size_t bytes) {
    return libblock::extract(std::string_view(text, bytes)).accepted.size();
}
}
