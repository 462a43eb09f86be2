// Sets and indexes beside what one would write without the library, all in one run: rates differ
// between machines, their ratios hardly. What is compared takes turns, and the time is that of the
// processor, so that whatever else a machine does falls on all alike or on none.
//
//     hash_set [--set COUNT] [--digests COUNT] [--folder FOLDER]
//
// builds and combines sets of COUNT digests (10 million), and looks up in an index of --digests
// (100 million), whose file of 36 bytes each lies in FOLDER until the program ends, and takes twice
// that while it is built. 0 skips a part.

#include "libblock/hash_set.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <exception>
#include <filesystem>
#include <functional>
#include <iomanip>
#include <iostream>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_set>
#include <utility>
#include <vector>

#include "libblock/detail/hash_algebra.hpp"
#include "libblock/detail/large_memory.hpp"
#include "libblock/hash_index.hpp"

namespace {

using libblock::HashIndex;
using libblock::HashSet;
using libblock::Sha256;
using libblock::detail::DigestMemory;
using Digests = std::vector<Sha256>;

constexpr std::size_t rounds = 5;
constexpr int tries =
    2;  // a virtual machine may have to fetch anew what it gave back between rounds
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

/// One way to do what is measured. `prepare` is not measured.
struct Way {
    std::string name;
    std::function<void()> work;
    std::function<void()> prepare = [] {};
    double wanted = 0;  ///< how many times as fast as the first way it is to be
};

constexpr double wanted_of_sets = 7;           ///< than sorting
constexpr double wanted_of_algebra = 1 / 1.5;  ///< than copying the inputs
constexpr double wanted_one_by_one = 10;       ///< than a binary search
constexpr double wanted_all_at_once = 25;

/// The least of the tries.
double nanoseconds_of(const Way& way) {
    std::clock_t least = std::numeric_limits<std::clock_t>::max();
    for (int i = 0; i < tries; ++i) {
        way.prepare();
        const std::clock_t start = std::clock();
        way.work();
        least = std::min(least, std::clock() - start);
    }
    return static_cast<double>(least) * 1e9 / CLOCKS_PER_SEC;
}

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// Prints for each way the median time for each of `count`, and how many times the first one's time
/// that is: the median of the rounds, because what slows a machine down lasts longer than one.
void compare(std::size_t count, const std::vector<Way>& ways) {
    std::vector<std::vector<double>> times(ways.size());
    for (std::size_t round = 0; round < rounds; ++round) {
        for (std::size_t i = 0; i < ways.size(); ++i) times[i].push_back(nanoseconds_of(ways[i]));
    }
    for (std::size_t i = 0; i < ways.size(); ++i) {
        std::vector<double> ratios(rounds);
        std::transform(times[i].begin(), times[i].end(), times[0].begin(), ratios.begin(),
                       std::divides<>());
        const double ratio = median(ratios);
        std::cout << "  " << std::left << std::setw(44) << ways[i].name << std::right << std::fixed
                  << std::setprecision(1) << std::setw(9)
                  << median(times[i]) / static_cast<double>(count) << " ns" << std::setprecision(2)
                  << std::setw(9) << ratio << " x" << std::setprecision(1) << std::setw(9)
                  << 1 / ratio << " times as fast";
        if (ways[i].wanted > 0) {
            std::cout << std::setprecision(2) << " (wanted: " << ways[i].wanted << ")";
        }
        std::cout << '\n';
    }
}

void build_sets(std::size_t count) {
    Generator generator(1);
    Digests digests = generate(generator, count);
    for (std::size_t i = 0; i < count; i += 10) digests[i] = digests[generator.next() % count];
    Digests input;
    const auto copy = [&] { input = Digests(digests); };

    std::cout << "building a set of " << count << " digests, 10 % repeats, for each digest\n";
    compare(count, {{"std::sort and std::unique",
                     [&] {
                         std::sort(input.begin(), input.end());
                         input.erase(std::unique(input.begin(), input.end()), input.end());
                     },
                     copy},
                    {"HashSet", [&] { HashSet set(std::move(input)); }, copy, wanted_of_sets},
                    {"std::unordered_set",
                     [&] {
                         std::unordered_set<Sha256> set;
                         set.reserve(input.size());
                         set.insert(input.begin(), input.end());
                     },
                     copy}});
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
    const auto copy_both = [&](Sha256* to) {
        std::memcpy(static_cast<void*>(to), a.digests().data(), a.size() * sizeof(Sha256));
        std::memcpy(static_cast<void*>(to + a.size()), b.digests().data(),
                    b.size() * sizeof(Sha256));
    };

    const auto to_memory = [](std::string name, auto work) {
        return Way{std::move(name), work, [] {}, wanted_of_algebra};
    };

    // What a set costs beyond its computation is new memory, so that it is told of on its own.
    std::cout << "two sets of " << count << " digests, half of them common, for each digest\n";
    compare(inputs, {{"memcpy of both to new memory",
                      [&] { copy_both(DigestMemory(inputs).digests().data()); }},
                     to_memory("union", [&] { a | b; }),
                     to_memory("intersection", [&] { a& b; }),
                     to_memory("difference", [&] { a - b; }),
                     to_memory("symmetric difference", [&] { a ^ b; }),
                     {"copies of both std::vectors", [&] { const std::pair both(a, b); }}});

    Digests used(inputs);
    const auto again = [&](std::string name, auto combine) {
        return to_memory(std::move(name), [&, combine] {
            used = combine(a.digests(), b.digests(), std::move(used));
        });
    };
    std::cout << "the same to memory in use\n";
    compare(inputs, {{"memcpy of both to memory in use", [&] { copy_both(used.data()); },
                      [&] { used.resize(inputs); }},
                     again("union", libblock::detail::set_union),
                     again("intersection", libblock::detail::set_intersection),
                     again("difference", libblock::detail::set_difference),
                     again("symmetric difference", libblock::detail::set_symmetric_difference),
                     {"std::set_union",
                      [&] { std::set_union(a.begin(), a.end(), b.begin(), b.end(), used.begin()); },
                      [&] { used.resize(inputs); }}});
}

/// A file that vanishes with the program.
class IndexFile {
public:
    explicit IndexFile(const std::filesystem::path& folder)
        : path_(folder / "libblock-benchmark.index") {}
    ~IndexFile() {
        std::error_code ignored;
        std::filesystem::remove(path_, ignored);
    }
    IndexFile(const IndexFile&) = delete;
    IndexFile& operator=(const IndexFile&) = delete;

    const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

void build_index(const std::filesystem::path& file, std::size_t count) {
    Generator generator(3);
    libblock::HashIndexBuilder builder(file);
    for (std::size_t done = 0; done < count; done += generated_at_once) {
        builder.add(generate(generator, std::min(generated_at_once, count - done)));
    }
    builder.finish();
}

/// Looks all of `asked` up, of which `expected` are there.
void compare_lookups(const HashIndex& index, const std::string& name, const Digests& asked,
                     std::size_t expected) {
    const auto found = std::make_unique<bool[]>(asked.size());
    const std::span answers(found.get(), asked.size());
    std::size_t wrong = 0;
    const auto one_by_one = [&](auto is_known) {
        const auto known = std::count_if(asked.begin(), asked.end(), is_known);
        wrong += static_cast<std::size_t>(known) != expected;
    };
    const auto is_at_lower_bound = [all = index.digests()](const Sha256& digest) {
        const auto at = std::lower_bound(all.begin(), all.end(), digest);
        return at != all.end() && *at == digest;
    };
    const auto is_in_index = [&](const Sha256& digest) { return index.contains(digest); };
    const auto all_at_once = [&] {
        index.contains(asked, answers);
        const auto known = std::count(answers.begin(), answers.end(), true);
        wrong += static_cast<std::size_t>(known) != expected;
    };
    compare(
        asked.size(),
        {{"std::lower_bound in the file, " + name, [&] { one_by_one(is_at_lower_bound); }},
         {"index, one by one, " + name, [&] { one_by_one(is_in_index); }, [] {}, wanted_one_by_one},
         {"index, all at once, " + name, all_at_once, [] {}, wanted_all_at_once}});
    if (wrong != 0) std::cout << "  WRONG ANSWERS in " << wrong << " rounds\n";
}

void look_up(const std::filesystem::path& folder, std::size_t count) {
    const IndexFile file(folder);
    const std::clock_t start = std::clock();
    build_index(file.path(), count);
    const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    const HashIndex index = HashIndex::open(file.path());
    index.verify();  // reads all pages
    std::cout << "an index of " << index.size() << " digests in a mapped file of "
              << std::filesystem::file_size(file.path()) << " bytes, built in "
              << std::setprecision(1) << std::fixed << seconds << " s; " << queries
              << " random lookups, for each\n";

    Generator generator(4);
    const Digests misses = generate(generator, queries);
    Digests hits(queries);
    for (Sha256& hit : hits) hit = index.digests()[generator.next() % index.size()];
    compare_lookups(index, "hits", hits, queries);
    compare_lookups(index, "misses", misses, 0);
}

struct Options {
    std::size_t set = 10'000'000;
    std::size_t digests = 100'000'000;
    std::filesystem::path folder = std::filesystem::temp_directory_path();
};

bool parse_count(std::string_view text, std::size_t& count) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    return error == std::errc() && end == text.data() + text.size();
}

bool parse(std::span<char*> arguments, Options& options) {
    for (; arguments.size() >= 2; arguments = arguments.subspan(2)) {
        const std::string_view name = arguments[0];
        if (name == "--folder") {
            options.folder = arguments[1];
        } else if (!(name == "--set" && parse_count(arguments[1], options.set)) &&
                   !(name == "--digests" && parse_count(arguments[1], options.digests))) {
            return false;
        }
    }
    return arguments.empty();
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    if (!parse(std::span(argv, static_cast<std::size_t>(argc)).subspan(1), options)) {
        std::cerr << "usage: hash_set [--set COUNT] [--digests COUNT] [--folder FOLDER]\n";
        return EXIT_FAILURE;
    }
    try {
        if (options.set > 0) {
            build_sets(options.set);
            combine_sets(options.set);
        }
        if (options.digests > 0) look_up(options.folder, options.digests);
    } catch (const std::exception& error) {
        std::cerr << "hash_set: " << error.what() << '\n';
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
