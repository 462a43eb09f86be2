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

libblock::Package package_of(libblock::HashKind kind, std::size_t count) {
    std::mt19937_64 random(1);  // the same in every run
    std::vector<libblock::HashEntry> entries(count);
    for (std::size_t i = 0; i < count; ++i) {
        libblock::Sha256::Bytes bytes{};
        for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
        entries[i].sha256 = libblock::Sha256(bytes);
        entries[i].kind = kind;
        entries[i].file_name = "file-" + std::to_string(i);
    }
    libblock::Package package("benchmark");
    package.add(entries);
    return package;
}

std::size_t lost_hashes(const libblock::Compilation& compilation) {
    std::size_t lost = 0;
    for (const auto& loss : compilation.losses) lost += loss.entries.size();
    return lost;
}

void measure(const libblock::Package& package, const libblock::Target& target) {
    std::array<double, runs> seconds{};
    std::size_t bytes = 0;
    std::size_t lost = 0;
    for (double& each : seconds) {
        const std::clock_t start = std::clock();
        const auto compilation = libblock::compile_package(package, target.name);
        each = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
        bytes = 0;
        for (const auto& document : compilation.documents) bytes += document.text.size();
        lost = lost_hashes(compilation);
    }
    std::nth_element(seconds.begin(), seconds.begin() + runs / 2, seconds.end());
    const double median = seconds[runs / 2];
    std::cout << std::left << std::setw(20) << target.name << std::right << std::fixed
              << std::setprecision(0) << std::setw(12) << hash_count / median << " hashes/s"
              << std::setw(12) << bytes << " bytes" << std::setw(10) << lost << " lost\n";
}

}  // namespace

int main() {
    using libblock::HashKind;
    const libblock::Package one = package_of(HashKind::File, 1);
    const libblock::Package files = package_of(HashKind::File, hash_count);
    const libblock::Package images = package_of(HashKind::Authenticode, hash_count);
    std::cout << "compiling " << hash_count << " hashes: of files, or of PE images where those of "
              << "files mean nothing\n";
    for (const auto& target : libblock::targets()) {
        if (!target.refusal.empty()) continue;
        const bool takes_files = lost_hashes(libblock::compile_package(one, target.name)) == 0;
        measure(takes_files ? files : images, target);
    }
    return EXIT_SUCCESS;
}
