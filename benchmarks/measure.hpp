#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Times that can be compared: of the CPU, not of the clock on the wall, taken in turns.
namespace benchmarks {

/// CPU time of this thread, in seconds.
double thread_seconds();

double median(std::vector<double> values);

/// One run: how long it took, and what it found, which shows that it worked.
struct Sample {
    double seconds = 0;
    std::uint64_t found = 0;
};

/// Runs `work` once.
template <typename Work>
Sample timed(Work&& work) {
    const double start = thread_seconds();
    const auto found = static_cast<std::uint64_t>(std::forward<Work>(work)());
    return {thread_seconds() - start, found};
}

/// Something to measure against others.
struct Contender {
    std::function<Sample()> run;
    int runs = 1;
    Sample typical = {};  ///< after `measure`: the median time, and what was found
};

/// Lets the contenders run in turns, so that whatever else the machine does hits all of them.
void measure(std::span<Contender> contenders);

/// What malloc has handed out, in its arenas and as mappings of their own.
double heap_bytes();

/// What the system calls the processor.
std::string processor();

}  // namespace benchmarks
