#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "libblock/detail/scan_text.hpp"

/// Runs of hexadecimal digits, and runs that line breaks split.
namespace libblock::detail {

/// The shortest run that `next_run` reports.
inline constexpr std::size_t shortest_run = 4;

/// The first maximal run of at least `shortest_run` digits at or after `from`, which must not be
/// inside a run; empty at the end of the text if there is none.
Slice next_run(std::string_view text, std::size_t from) noexcept;

/// The digits that begin at `at`; empty if there are none.
Slice run_at(std::string_view text, std::size_t at) noexcept;

/// Reads the next run at or after `from` and all that follow it as the pieces of hard-wrapped
/// hashes follow each other: last on its line the one, first on the next line the other. Most
/// chains are a single run; the chain is empty at the end of the text.
void next_chain(std::string_view text, std::size_t from, std::vector<Slice>& chain);

/// How many pieces at the head of `chain` are one SHA-256, 0 if they do not come out even.
std::size_t pieces_of_hash(std::span<const Slice> chain) noexcept;

/// Whether `chain` is certainly nothing but hard-wrapped SHA-256s: it begins and ends at the
/// bounds of words, no ellipsis cuts it off, and it comes out even. A piece that is left over
/// makes all the others a guess.
bool is_wrapped(std::string_view text, std::span<const Slice> chain) noexcept;

}  // namespace libblock::detail
