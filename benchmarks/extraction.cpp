// Throughput of `extract` on prose, beside two things measured in the same run: reading the same
// memory, which nothing can beat, and std::regex, which is what one would write without a library.
// Rates differ between machines, their ratios hardly.

#include "libblock/extraction.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <limits>
#include <random>
#include <regex>
#include <string>
#include <string_view>

#include "libblock/hasher.hpp"

namespace {

constexpr std::size_t prose_bytes = std::size_t{32} << 20U;
constexpr std::size_t regex_bytes = std::size_t{1} << 20U;  // std::regex is slow: a part will do
constexpr int lines_per_hash = 20;
constexpr int words_per_line = 12;
constexpr int repeats = 5;

constexpr std::array<std::string_view, 24> words{
    "the",       "actor",   "deployed", "a",      "loader",    "which",  "decoded", "its",
    "payload",   "from",    "registry", "before", "beaconing", "to",     "domains", "and",
    "installed", "service", "affected", "build",  "signed",    "update", "facade",  "decade"};

struct Prose {
    std::string text;
    std::size_t hashes = 0;
};

Prose make_prose(std::size_t bytes) {
    Prose prose;
    prose.text.reserve(bytes + 1024);
    std::mt19937 random(1);  // NOLINT(cert-msc51-cpp): the same prose on every run
    for (int line = 1; prose.text.size() < bytes; ++line) {
        for (int i = 0; i < words_per_line; ++i) {
            prose.text.append(words[random() % words.size()])
                .append(i + 1 < words_per_line ? " " : "");
        }
        prose.text += ".\n";
        if (line % lines_per_hash == 0) {
            const auto digest = libblock::hash_text(std::to_string(prose.hashes++));
            prose.text.append("SHA-256: ").append(digest.to_string()).append("\n");
        }
    }
    return prose;
}

std::uint64_t read_memory(std::string_view text) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i + sizeof sum <= text.size(); i += sizeof sum) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + i, sizeof word);
        sum += word;
    }
    return sum;
}

std::size_t count_by_regex(std::string_view text) {
    const std::regex digest(R"(\b[0-9a-fA-F]{64}\b)", std::regex::optimize);
    using Matches = std::regex_iterator<std::string_view::const_iterator>;
    return static_cast<std::size_t>(
        std::distance(Matches(text.begin(), text.end(), digest), Matches()));
}

/// The best rate of several runs, in MB/s; the results go into `checksum`, so that no run is
/// optimised away.
template <typename Work>
double rate(std::string_view text, std::uint64_t& checksum, Work work) {
    double best_seconds = std::numeric_limits<double>::max();
    for (int i = 0; i < repeats; ++i) {
        const auto start = std::chrono::steady_clock::now();
        checksum += work(text);
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
        best_seconds = std::min(best_seconds, elapsed.count());
    }
    return static_cast<double>(text.size()) / best_seconds / 1e6;
}

void print(std::string_view name, double rate, double reference) {
    std::cout << std::left << std::setw(28) << name << std::right << std::fixed
              << std::setprecision(0) << std::setw(8) << rate << " MB/s" << std::setprecision(2)
              << std::setw(10) << rate / reference << " x extract\n";
}

}  // namespace

int main() {
    const Prose prose = make_prose(prose_bytes);
    const std::string_view text = prose.text;
    const std::string_view part = text.substr(0, regex_bytes);

    const std::size_t found = libblock::extract(text).accepted.size();
    if (found != prose.hashes) {
        std::cerr << "extract found " << found << " of " << prose.hashes << " hashes\n";
        return EXIT_FAILURE;
    }

    const auto extract = [](std::string_view t) { return libblock::extract(t).accepted.size(); };
    const auto extract_bare = [](std::string_view t) {
        return libblock::extract(t, {.context = false}).accepted.size();
    };
    std::uint64_t checksum = 0;
    const double extract_rate = rate(text, checksum, extract);

    std::cout << text.size() / 1'000'000 << " MB of prose with " << found << " hashes, best of "
              << repeats << " runs\n";
    print("extract", extract_rate, extract_rate);
    print("extract, without context", rate(text, checksum, extract_bare), extract_rate);
    print("reading the memory", rate(text, checksum, read_memory), extract_rate);
    print("std::regex", rate(part, checksum, count_by_regex), extract_rate);
    std::cout << "checksum " << checksum << '\n';
    return EXIT_SUCCESS;
}
