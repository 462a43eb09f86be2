// Sets and indexes beside what one would write without the library, all in one run: rates differ
// between machines, their ratios hardly.
//
//     hash_set [--set COUNT] [--index COUNT] [--folder FOLDER]

#include "libblock/hash_set.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "libblock/hash_index.hpp"

namespace {

using libblock::HashIndex;
using libblock::HashSet;
using libblock::Sha256;
using Digests = std::vector<Sha256>;

constexpr int repeats = 5;
constexpr std::size_t queries = 1'000'000;
constexpr std::size_t generated_at_once = 1'000'000;

/// splitmix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
class Generator {
public:
    explicit Generator(std::uint64_t seed) : state_(seed << 40) {}

    Sha256 operator()() {
        Sha256::Bytes bytes{};
        for (std::size_t at = 0; at < bytes.size(); at += sizeof(std::uint64_t)) {
            const std::uint64_t word = next();
            std::memcpy(bytes.data() + at, &word, sizeof word);
        }
        return Sha256(bytes);
    }

    std::uint64_t next() {
        std::uint64_t word = state_ += 0x9e3779b97f4a7c15;
        word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9;
        word = (word ^ (word >> 27)) * 0x94d049bb133111eb;
        return word ^ (word >> 31);
    }

private:
    std::uint64_t state_;
};

Digests generate(Generator& generator, std::size_t count) {
    Digests digests(count);
    std::generate(digests.begin(), digests.end(), [&] { return generator(); });
    return digests;
}

/// The median of several runs, in ns for each of `count`. `prepare` is not measured.
template <typename Prepare, typename Work>
double measure(std::size_t count, Prepare prepare, Work work) {
    std::vector<double> times;
    for (int i = 0; i < repeats; ++i) {
        auto input = prepare();
        const auto start = std::chrono::steady_clock::now();
        work(input);
        const std::chrono::duration<double, std::nano> elapsed =
            std::chrono::steady_clock::now() - start;
        times.push_back(elapsed.count() / static_cast<double>(count));
    }
    std::nth_element(times.begin(), times.begin() + repeats / 2, times.end());
    return times[repeats / 2];
}

template <typename Work>
double measure(std::size_t count, Work work) {
    return measure(
        count, [] { return 0; }, [&](int) { work(); });
}

void print(std::string_view name, double time, double reference) {
    std::cout << "  " << std::left << std::setw(44) << name << std::right << std::fixed
              << std::setprecision(1) << std::setw(9) << time << " ns" << std::setprecision(2)
              << std::setw(9) << time / reference << " x\n";
}

void build_sets(std::size_t count) {
    Generator generator(1);
    Digests digests = generate(generator, count);
    for (std::size_t i = 0; i < count; i += 10) digests[i] = digests[generator.next() % count];
    const auto copy = [&] { return digests; };

    std::cout << "building a set of " << count << " digests, 10 % repeats, for each digest\n";
    const double ours = measure(count, copy, [](Digests& input) { HashSet set(std::move(input)); });
    print("HashSet", ours, ours);
    print("std::sort and std::unique",
          measure(count, copy,
                  [](Digests& input) {
                      std::sort(input.begin(), input.end());
                      input.erase(std::unique(input.begin(), input.end()), input.end());
                  }),
          ours);
    print("std::unordered_set",
          measure(count, copy,
                  [](Digests& input) {
                      std::unordered_set<Sha256> set;
                      set.reserve(input.size());
                      set.insert(input.begin(), input.end());
                  }),
          ours);
}

void combine_sets(std::size_t count) {
    Generator generator(2);
    const Digests common = generate(generator, count / 2);
    const auto half_common = [&] {
        Digests digests = generate(generator, count - common.size());
        digests.insert(digests.end(), common.begin(), common.end());
        return HashSet(std::move(digests));
    };
    const HashSet a = half_common();
    const HashSet b = half_common();
    const std::size_t inputs = a.size() + b.size();
    std::cout << "two sets of " << count << " digests, half of them common, for each digest\n";

    Digests warm(inputs);
    const double memcpy_time = measure(inputs, [&] {
        std::copy(a.begin(), a.end(), warm.begin());
        std::copy(b.begin(), b.end(), warm.begin() + static_cast<std::ptrdiff_t>(a.size()));
    });
    const auto compare = [&](std::string_view name, auto combine) {
        print(name, measure(inputs, [&] { combine(); }), memcpy_time);
    };
    print("memcpy of both to memory in use", memcpy_time, memcpy_time);
    compare("memcpy of both to new memory", [&] { return std::pair(a, b); });
    compare("union", [&] { return a | b; });
    compare("intersection", [&] { return a & b; });
    compare("difference", [&] { return a - b; });
    compare("symmetric difference", [&] { return a ^ b; });
    const HashSet common_set(common);
    compare("is_subset_of", [&] { return common_set.is_subset_of(a); });
    compare("std::set_union to memory in use",
            [&] { std::set_union(a.begin(), a.end(), b.begin(), b.end(), warm.begin()); });
}

void build_index(const std::filesystem::path& file, std::size_t count) {
    Generator generator(3);
    libblock::HashIndexBuilder builder(file);
    for (std::size_t done = 0; done < count; done += generated_at_once) {
        builder.add(generate(generator, std::min(generated_at_once, count - done)));
    }
    builder.finish();
}

void look_up(const std::filesystem::path& folder, std::size_t count) {
    const auto file = folder / "libblock-benchmark.index";
    const auto start = std::chrono::steady_clock::now();
    build_index(file, count);
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    const HashIndex index = HashIndex::open(file);
    std::filesystem::remove(file);  // it stays until it is closed
    std::cout << "an index of " << index.size() << " digests, built in " << std::setprecision(1)
              << std::fixed << elapsed.count() << " s, for each lookup\n";
    index.verify();  // reads all pages

    Generator generator(4);
    Digests misses = generate(generator, queries);
    Digests hits(queries);
    for (Sha256& hit : hits) hit = index.digests()[generator.next() % index.size()];
    const auto found = std::make_unique<bool[]>(queries);
    std::size_t count_found = 0;

    for (const auto& [name, asked] : {std::pair("hits", &hits), std::pair("misses", &misses)}) {
        const double reference = measure(queries, [&, asked = asked] {
            const auto all = index.digests();
            for (const Sha256& digest : *asked) {
                const auto at = std::lower_bound(all.begin(), all.end(), digest);
                count_found += at != all.end() && *at == digest;
            }
        });
        print(std::string("std::lower_bound, ") + name, reference, reference);
        const double single = measure(queries, [&, asked = asked] {
            for (const Sha256& digest : *asked) count_found += index.contains(digest);
        });
        print(std::string("one by one, ") + name, single, reference);
        const double batch = measure(queries, [&, asked = asked] {
            index.contains(*asked, std::span(found.get(), queries));
        });
        print(std::string("all at once, ") + name, batch, reference);
        std::cout << "  one by one " << reference / single << " times, all at once "
                  << reference / batch << " times as fast as std::lower_bound\n";
    }
    if (count_found != 2 * repeats * queries) std::cout << "WRONG ANSWERS\n";
}

}  // namespace

int main(int argc, char** argv) {
    std::size_t set_count = 10'000'000;
    std::size_t index_count = 10'000'000;
    std::filesystem::path folder = std::filesystem::temp_directory_path();
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string_view option = argv[i];
        if (option == "--set") set_count = std::strtoull(argv[i + 1], nullptr, 10);
        if (option == "--index") index_count = std::strtoull(argv[i + 1], nullptr, 10);
        if (option == "--folder") folder = argv[i + 1];
    }
    if (set_count > 0) {
        build_sets(set_count);
        combine_sets(set_count);
    }
    if (index_count > 0) look_up(folder, index_count);
    return EXIT_SUCCESS;
}
