// Extraction beside the memory that it reads, and beside libraries and programs that look for the
// same, all in one run: rates differ between machines, their ratios hardly. README.md says what is
// measured and how to read it.
//
//     extraction [--size MEGABYTES] [--corpus NAME]... [--ours] [--inner]

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <limits>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "arguments.hpp"
#include "corpora.hpp"
#include "measure.hpp"
#include "ours.hpp"
#include "peers.hpp"
#include "programs.hpp"

namespace {

using benchmarks::Corpus;
using benchmarks::Programs;
using benchmarks::Way;

constexpr std::size_t peer_bytes = 50'000'000;
constexpr std::size_t megabyte = 1'000'000;

struct Options {
    std::size_t bytes = 200 * megabyte;
    std::vector<const Corpus*> corpora;
    bool peers = true;
    bool inner = false;
};

/// What the ways of a group are compared with.
enum class Group : std::uint8_t { Reading, Ours, Peers };

struct Row {
    Group group;
    Way way;
    std::map<const Corpus*, double> rates = {};  ///< GB/s
};

/// Something to reach.
struct Bar {
    std::string_view corpus;
    std::string_view way;
    std::string_view reference;  ///< what it is divided by
    double wanted;
};

constexpr std::string_view reading = "reading memory";
constexpr std::string_view best_peer = "the best peer";

constexpr std::array bars{
    Bar{"prose", "scan", reading, 0.65},   Bar{"log", "scan", reading, 0.65},
    Bar{"feed", "scan", reading, 0.30},    Bar{"csv", "scan", reading, 0.15},
    Bar{"worst", "scan", reading, 0.10},   Bar{"prose", "scan by portable", reading, 0.30},
    Bar{"prose", "scan", "Hyperscan", 35}, Bar{"log", "scan", "Hyperscan", 35},
    Bar{"prose", "scan", best_peer, 10},   Bar{"log", "scan", best_peer, 10},
    Bar{"feed", "scan", best_peer, 10},    Bar{"csv", "scan", best_peer, 10},
    Bar{"worst", "scan", best_peer, 10},
};

// ---- measuring ----------------------------------------------------------------------------------

void add(std::vector<Row>& rows, Group group, std::vector<Way> ways) {
    for (Way& way : ways) rows.push_back({group, std::move(way)});
}

std::vector<Row> make_rows(const Options& options, const Programs& programs) {
    std::vector<Row> rows;
    add(rows, Group::Reading, benchmarks::ways_to_read(options.bytes));
    add(rows, Group::Ours, benchmarks::our_ways(options.bytes));
    add(rows, Group::Ours, programs.our_ways(peer_bytes));
    add(rows, Group::Ours, benchmarks::ways_of_kernels(options.bytes));
    if (options.inner) add(rows, Group::Ours, benchmarks::inner_loops(options.bytes));
    if (options.peers) {
        add(rows, Group::Peers, benchmarks::peer_libraries(peer_bytes));
        add(rows, Group::Peers, programs.peer_ways(peer_bytes));
    }
    return rows;
}

bool counts_hashes(const Row& row) {
    return row.group != Group::Reading && !row.way.name.starts_with("scan_groups");
}

/// All that look for hashes are to find the same number of them.
void tell_difference(const Row& row, const Corpus& corpus, std::uint64_t found,
                     std::uint64_t expected) {
    if (!counts_hashes(row) || found == expected) return;
    std::cout << "note: on " << corpus.name << ' ' << row.way.name << " finds " << found
              << " hashes where scan finds " << expected << '\n';
}

void measure(std::vector<Row>& rows, const Corpus& corpus, const Options& options,
             const Programs& programs) {
    const std::string text = corpus.make(options.bytes);
    programs.write(benchmarks::whole_lines(text, peer_bytes));

    std::vector<std::string_view> parts;
    std::vector<benchmarks::Contender> contenders;
    for (const Row& row : rows) {
        const auto part = benchmarks::whole_lines(text, row.way.bytes);
        parts.push_back(part);
        contenders.push_back({[&row, part] { return row.way.run(part); }, row.way.runs});
    }
    benchmarks::measure(contenders);
    std::map<std::size_t, std::uint64_t> accepted;  // of a part, by its size
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto [seconds, found] = contenders[i].typical;
        rows[i].rates[&corpus] = static_cast<double>(parts[i].size()) / seconds / 1e9;
        const auto [expected, is_new] = accepted.try_emplace(parts[i].size());
        if (is_new) expected->second = benchmarks::count_by_scan(parts[i]);
        tell_difference(rows[i], corpus, found, expected->second);
    }
}

/// How many times as long as a quarter of the worst corpus the whole takes.
double growth(const Options& options) {
    const std::string text = benchmarks::find_corpus("worst")->make(options.bytes);
    std::vector<benchmarks::Contender> contenders;
    for (const auto part : {text.size() / 4, text.size()}) {
        contenders.push_back({[&text, part] {
                                  return benchmarks::timed([&] {
                                      return benchmarks::count_by_scan(
                                          std::string_view(text).substr(0, part));
                                  });
                              },
                              9});
    }
    benchmarks::measure(contenders);
    return contenders[1].typical.seconds / contenders[0].typical.seconds;
}

// ---- printing -----------------------------------------------------------------------------------

double best_rate(std::span<const Row> rows, Group group, const Corpus* corpus) {
    double best = 0;
    for (const Row& row : rows) {
        if (row.group == group) best = std::max(best, row.rates.at(corpus));
    }
    return best;
}

/// NaN if there is no such row.
double rate_of(std::span<const Row> rows, std::string_view name, const Corpus* corpus) {
    if (name == reading) return best_rate(rows, Group::Reading, corpus);
    if (name == best_peer) return best_rate(rows, Group::Peers, corpus);
    const auto row =
        std::find_if(rows.begin(), rows.end(), [&](const Row& r) { return r.way.name == name; });
    return row == rows.end() ? std::numeric_limits<double>::quiet_NaN() : row->rates.at(corpus);
}

constexpr int name_width = 24;
constexpr int rate_width = 8;
constexpr int ratio_width = 7;

void print_row(const Row& row, std::span<const Row> rows, const Options& options) {
    std::cout << std::left << std::setw(name_width) << row.way.name << std::right << std::fixed;
    for (const Corpus* corpus : options.corpora) {
        const double rate = row.rates.at(corpus);
        std::cout << std::setprecision(rate < 1 ? 3 : 1) << std::setw(rate_width) << rate;
        if (row.group == Group::Peers) {
            std::cout << std::setprecision(0) << std::setw(ratio_width - 1)
                      << rate_of(rows, "scan", corpus) / rate << 'x';
        } else {
            std::cout << std::setprecision(2) << std::setw(ratio_width)
                      << rate / rate_of(rows, reading, corpus);
        }
    }
    std::cout << '\n';
}

void print_table(std::span<const Row> rows, const Options& options) {
    constexpr std::string_view column = "GB/s  ratio";
    std::cout << '\n' << std::setw(name_width) << "";
    for (const Corpus* corpus : options.corpora) {
        std::cout << std::right << std::setw(rate_width + ratio_width) << corpus->name;
    }
    std::cout << '\n' << std::setw(name_width) << "";
    for (std::size_t i = 0; i < options.corpora.size(); ++i) {
        std::cout << std::setw(rate_width + ratio_width) << column;
    }
    std::cout << '\n';
    Group group = Group::Reading;
    for (const Row& row : rows) {
        if (row.group != group) std::cout << '\n';
        group = row.group;
        print_row(row, rows, options);
    }
}

constexpr int bar_width = 54;

void print_bar(const std::string& what, double reached, double wanted) {
    std::cout << std::left << std::setw(bar_width) << what << std::right << std::fixed
              << std::setprecision(2) << std::setw(10) << reached << std::setw(10) << wanted
              << '\n';
}

bool has(const Options& options, const Corpus* corpus) {
    const auto& all = options.corpora;
    return std::find(all.begin(), all.end(), corpus) != all.end();
}

void print_bars(std::span<const Row> rows, const Options& options) {
    std::cout << '\n'
              << std::setw(bar_width) << "" << std::setw(10) << "reached" << std::setw(10)
              << "wanted" << '\n';
    for (const Bar& bar : bars) {
        const Corpus* const corpus = benchmarks::find_corpus(bar.corpus);
        if (!has(options, corpus)) continue;
        const double reference = rate_of(rows, bar.reference, corpus);
        if (!(reference > 0)) continue;
        print_bar(std::string(bar.corpus)
                      .append(": ")
                      .append(bar.way)
                      .append(" / ")
                      .append(bar.reference),
                  rate_of(rows, bar.way, corpus) / reference, bar.wanted);
    }
    if (!has(options, benchmarks::find_corpus("worst"))) return;
    print_bar("worst: time of scan / that of a quarter of the text", growth(options), 4);
}

// ---- the command line ---------------------------------------------------------------------------

const Corpus* corpus_of(std::string_view name) {
    const Corpus* const corpus = benchmarks::find_corpus(name);
    if (corpus == nullptr) throw std::runtime_error("there is no corpus " + std::string(name));
    return corpus;
}

Options read_options(std::span<char* const> arguments) {
    Options options;
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        const std::string_view option = arguments[i];
        const auto value = [&]() -> std::string_view {
            if (++i == arguments.size()) throw std::runtime_error("a value is missing at the end");
            return arguments[i];
        };
        if (option == "--size") {
            options.bytes = benchmarks::read_number(value()) * megabyte;
        } else if (option == "--corpus") {
            options.corpora.push_back(corpus_of(value()));
        } else if (option == "--ours") {
            options.peers = false;
        } else if (option == "--inner") {
            options.inner = true;
        } else {
            throw std::runtime_error(
                "usage: extraction [--size MEGABYTES] [--corpus NAME]... [--ours] [--inner]");
        }
    }
    if (options.corpora.empty()) {
        for (const Corpus& corpus : benchmarks::corpora()) options.corpora.push_back(&corpus);
    }
    return options;
}

void run(const Options& options) {
    const Programs programs;
    std::vector<Row> rows = make_rows(options, programs);
    std::cout << benchmarks::processor() << "; " << options.bytes / megabyte
              << " MB a corpus, of it for peers " << peer_bytes / megabyte
              << " MB; medians of CPU time\n";
    if (options.peers) {
        for (const auto& names : {benchmarks::missing_peer_libraries(), Programs::missing()}) {
            for (const auto& name : names) std::cout << "not installed: " << name << '\n';
        }
    }
    for (const Corpus* corpus : options.corpora) measure(rows, *corpus, options, programs);
    print_table(rows, options);
    print_bars(rows, options);
}

}  // namespace

int main(int argc, char** argv) {
    return benchmarks::run_main([&] { run(read_options({argv, static_cast<std::size_t>(argc)})); });
}
