// Compiling a large package to each target there is: hashes a second, and the bytes that come out.
// Times are CPU time, medians of several runs; they differ between machines, their ratios hardly.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <iomanip>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "libblock/compilation.hpp"
#include "libblock/package.hpp"
#include "libblock/target.hpp"

namespace {

constexpr std::size_t hash_count = 100'000;
constexpr int runs = 5;

libblock::Package large_package() {
    std::mt19937_64 random(1);  // the same in every run
    std::vector<libblock::HashEntry> entries(hash_count);
    for (std::size_t i = 0; i < hash_count; ++i) {
        libblock::Sha256::Bytes bytes{};
        for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
        entries[i].sha256 = libblock::Sha256(bytes);
        entries[i].file_name = "file-" + std::to_string(i) + ".exe";
    }
    libblock::Package package("benchmark");
    package.add(entries);
    return package;
}

void measure(const libblock::Package& package, const libblock::Target& target) {
    std::array<double, runs> seconds{};
    std::size_t bytes = 0;
    std::size_t lost = 0;
    for (double& each : seconds) {
        const std::clock_t start = std::clock();
        const auto compilation = libblock::compile_package(package, target.name);
        each = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
        bytes = lost = 0;
        for (const auto& document : compilation.documents) bytes += document.text.size();
        for (const auto& loss : compilation.losses) lost += loss.entries.size();
    }
    std::nth_element(seconds.begin(), seconds.begin() + runs / 2, seconds.end());
    const double median = seconds[runs / 2];
    std::cout << std::left << std::setw(20) << target.name << std::right << std::fixed
              << std::setprecision(0) << std::setw(12) << hash_count / median << " hashes/s"
              << std::setw(12) << bytes << " bytes" << std::setw(10) << lost << " lost\n";
}

}  // namespace

int main() {
    const libblock::Package package = large_package();
    std::cout << "compiling " << hash_count << " hashes\n";
    for (const auto& target : libblock::targets()) {
        if (target.refusal.empty()) measure(package, target);
    }
    return EXIT_SUCCESS;
}
