#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "libblock/detail/scan_text.hpp"
#include "libblock/extraction.hpp"

/// Which of the words of a line belong to which of its hashes.
namespace libblock::detail {

/// A hash in a text, accepted or not: it divides the words of its line.
struct Anchor {
    static constexpr std::size_t no_candidate = static_cast<std::size_t>(-1);

    Slice where;
    std::size_t candidate = no_candidate;  ///< whose context it is
};

/// Sets the contexts of the candidates. `anchors` stand in reading order.
///
/// A record is a line, or less where an object, a table row or a list item ends within the line;
/// words further than 512 bytes from each hash belong to none. In a record the words of a kind
/// stand all after their hashes or all before them: before, if there is one before the first hash
/// and none after the last. A hash takes the nearest word on that side that no other hash parts it
/// from; if there is none, the nearest on the other side, unless that is its neighbour's. A hash
/// without an operating system of its own has that of its file's extension, else the only one of
/// its record.
void read_contexts(std::string_view text, std::span<const Anchor> anchors,
                   std::span<Candidate> candidates);

}  // namespace libblock::detail
