// What `scan` is slowest on: texts that repeat one pattern, for all lengths of runs that matter and
// all that may stand between them, beside reading memory in the same run.
//
//     extraction_patterns [KILOBYTES]

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "arguments.hpp"
#include "corpora.hpp"
#include "measure.hpp"
#include "ours.hpp"
#include "read_memory.hpp"

namespace {

constexpr std::size_t kilobyte = 1000;
constexpr std::size_t default_bytes = 1000 * kilobyte;
constexpr std::size_t read_bytes = 100'000 * kilobyte;  // more than any cache holds
constexpr std::size_t noise_bytes = 1000 * kilobyte;
constexpr double wanted = 0.10;
constexpr int runs = 3;

constexpr std::array<std::size_t, 36> run_lengths{
    1,  2,  3,  4,  6,  7,  8,  12, 15, 16, 17, 22,  23,  24,  31,  32,  33,   40,
    47, 48, 56, 62, 63, 64, 65, 66, 95, 96, 97, 127, 128, 129, 160, 200, 1000, 100'000};

// Separators, letters, what cuts digits off, what joins them, what looks like them.
constexpr std::array betweens{" ",
                              "\n",
                              "\r\n",
                              ":",
                              "-",
                              ",",
                              ".",
                              "..",
                              "...",
                              "_",
                              "g",
                              "x",
                              "0x",
                              "*",
                              "**",
                              "O",
                              "o",
                              "l",
                              "\t",
                              "\\n",
                              "%2F",
                              "=3D",
                              "=\r\n",
                              "<wbr>",
                              "&shy;",
                              "\x1b[0m",
                              "\xc3\xa9",
                              "\"",
                              "\xe2\x80\x8b",
                              "\xe2\x80\xa6",
                              "\xef\xbc\xa1",
                              "\xd0\xb0",
                              "\n  ",
                              "  ",
                              "|",
                              "\xff",
                              "\xc2\xad",
                              "SHA256"};

struct Pattern {
    std::size_t digits;
    std::string_view between;
    double rate;    ///< GB/s
    double ratio;   ///< of the rate of reading
    double growth;  ///< the time of the whole in times of its quarter
};

/// `between` as it would be written in C++.
std::string quoted(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte > 0x20 && byte < 0x7f) {
            out += c;
        } else {
            out.append("\\x").append({digits[byte / 16], digits[byte % 16]});
        }
    }
    return out;
}

/// Overwrites `text` with digits of `noise`, parted.
void fill(std::string& text, std::string_view noise, std::size_t digits, std::string_view between) {
    std::size_t from = 0;
    for (std::size_t at = 0; at < text.size();) {
        for (std::size_t left = digits; left > 0 && at < text.size();) {
            if (from == noise.size()) from = 0;
            const std::size_t some = std::min({left, text.size() - at, noise.size() - from});
            noise.copy(&text[at], some, from);
            at += some;
            from += some;
            left -= some;
        }
        at += between.copy(&text[at], text.size() - at);
    }
}

/// A run of `count` over a text.
benchmarks::Contender contender(std::string_view text, std::uint64_t (*count)(std::string_view)) {
    return {[=] { return benchmarks::timed([&] { return count(text); }); }, runs};
}

/// The time of a byte that is only read.
double reading_seconds(std::string_view memory) {
    std::vector<benchmarks::Contender> contenders;
    for (const auto& reader : benchmarks::memory_readers()) {
        contenders.push_back(contender(memory, reader.sum));
    }
    benchmarks::measure(contenders);
    double best = contenders.front().typical.seconds;
    for (const auto& each : contenders) best = std::min(best, each.typical.seconds);
    return best / static_cast<double>(memory.size());
}

Pattern measure(std::string_view text, std::size_t digits, std::string_view between,
                double reading) {
    std::array contenders{contender(text, benchmarks::count_by_scan),
                          contender(text.substr(0, text.size() / 4), benchmarks::count_by_scan)};
    benchmarks::measure(contenders);
    const double whole = contenders[0].typical.seconds;
    const double rate = static_cast<double>(text.size()) / whole;
    return {digits, between, rate / 1e9, rate * reading, whole / contenders[1].typical.seconds};
}

/// Random digits that are no hash: of the feed, without its lines.
std::string make_noise() {
    std::string noise = benchmarks::find_corpus("feed")->make(noise_bytes);
    std::erase(noise, '\n');
    return noise;
}

std::vector<Pattern> measure_all(std::size_t bytes) {
    const std::string memory = benchmarks::find_corpus("feed")->make(read_bytes);
    const std::string noise = make_noise();
    std::string text(bytes, ' ');
    std::vector<Pattern> patterns;
    for (const std::size_t digits : run_lengths) {
        const double reading = reading_seconds(memory);
        for (const std::string_view between : betweens) {
            fill(text, noise, digits, between);
            patterns.push_back(measure(text, digits, between, reading));
        }
    }
    return patterns;
}

/// Of all patterns with the same separator the slowest one, the slowest of all first.
std::vector<Pattern> slowest_of_each(std::vector<Pattern> patterns) {
    std::sort(patterns.begin(), patterns.end(),
              [](const Pattern& a, const Pattern& b) { return a.rate < b.rate; });
    std::vector<Pattern> slowest;
    for (const Pattern& pattern : patterns) {
        const bool known = std::any_of(slowest.begin(), slowest.end(), [&](const Pattern& other) {
            return other.between == pattern.between;
        });
        if (!known) slowest.push_back(pattern);
    }
    return slowest;
}

void print(std::span<const Pattern> patterns) {
    std::cout << "  digits  then                GB/s   ratio  4 quarters\n";
    for (const Pattern& pattern : patterns) {
        std::cout << std::right << std::setw(8) << pattern.digits << "  " << std::left
                  << std::setw(16) << quoted(pattern.between) << std::right << std::fixed
                  << std::setprecision(3) << std::setw(8) << pattern.rate << std::setw(8)
                  << pattern.ratio << std::setprecision(2) << std::setw(12) << pattern.growth
                  << '\n';
    }
}

void run(std::size_t bytes) {
    const std::vector<Pattern> patterns = measure_all(bytes);
    const auto below = std::count_if(patterns.begin(), patterns.end(),
                                     [](const Pattern& p) { return p.ratio < wanted; });
    std::cout << benchmarks::processor() << "; scan of " << patterns.size() << " patterns, "
              << bytes / kilobyte << " kB each; " << below << " below the wanted "
              << std::setprecision(2) << std::fixed << wanted
              << " of reading memory\nfor each separator, the length of runs that is slowest:\n";
    print(slowest_of_each(patterns));
}

}  // namespace

int main(int argc, char** argv) {
    return benchmarks::run_main(
        [&] { run(argc > 1 ? benchmarks::read_number(argv[1]) * kilobyte : default_bytes); });
}
