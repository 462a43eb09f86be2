#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace benchmarks {

/// A kind of text that hashes are looked for in. The same size gives the same text everywhere.
struct Corpus {
    std::string_view name;
    std::string (*make)(std::size_t bytes);
};

std::span<const Corpus> corpora();

/// The corpus of a name; null if there is none.
const Corpus* find_corpus(std::string_view name);

/// The first `bytes` of a text, up to the end of a line.
std::string_view whole_lines(std::string_view text, std::size_t bytes);

}  // namespace benchmarks
