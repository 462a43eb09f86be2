#include "measure.hpp"

#include <malloc.h>

#include <algorithm>
#include <ctime>
#include <fstream>

namespace benchmarks {
namespace {

/// Of a line such as `model name : AMD EPYC`, what stands behind the colon.
std::string value_of(const std::string& line) {
    const auto colon = line.find(':');
    return colon == std::string::npos ? std::string()
                                      : line.substr(std::min(colon + 2, line.size()));
}

}  // namespace

double thread_seconds() {
    std::timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

void measure(std::span<Contender> contenders) {
    std::vector<std::vector<double>> seconds(contenders.size());
    for (bool running = true; running;) {
        running = false;
        for (std::size_t i = 0; i < contenders.size(); ++i) {
            Contender& contender = contenders[i];
            if (std::cmp_equal(seconds[i].size(), contender.runs)) continue;
            const Sample sample = contender.run();
            seconds[i].push_back(sample.seconds);
            contender.typical.found = sample.found;
            running = true;
        }
    }
    for (std::size_t i = 0; i < contenders.size(); ++i) {
        contenders[i].typical.seconds = median(std::move(seconds[i]));
    }
}

double heap_bytes() {
    const auto info = ::mallinfo2();
    return static_cast<double>(info.uordblks + info.hblkhd);
}

std::string processor() {
    std::ifstream file("/proc/cpuinfo");
    std::string name = "unknown processor";
    std::string family;
    std::string model;
    for (std::string line; std::getline(file, line) && !line.empty();) {
        if (line.starts_with("model name")) name = value_of(line);
        if (line.starts_with("cpu family")) family = value_of(line);
        if (line.starts_with("model\t")) model = value_of(line);
    }
    if (!family.empty()) name += " (family " + family + ", model " + model + ")";
    return name;
}

}  // namespace benchmarks
