#include "libblock/detail/scan_runs.hpp"

#include <algorithm>
#include <array>

#include "libblock/sha256.hpp"

namespace libblock::detail {
namespace {

constexpr std::size_t shortest_piece = 8;

/// Lengths of other digests: a run of such a length is one of them, never a piece.
constexpr std::array<std::size_t, 4> digest_lengths{32, 40, 48, 56};

bool is_piece(Slice run) noexcept {
    return run.size() >= shortest_piece && run.size() <= Sha256::hex_count - shortest_piece &&
           std::find(digest_lengths.begin(), digest_lengths.end(), run.size()) ==
               digest_lengths.end();
}

/// The piece that continues `run` on the next line; empty if none does.
Slice next_piece(std::string_view text, Slice run) noexcept {
    if (!is_piece(run)) return {};
    const std::size_t line_end = skip_blanks(text, run.end);
    const std::size_t line_break = line_break_at(text, line_end);
    if (line_break == 0) return {};
    const Slice next = run_at(text, skip_blanks(text, line_end + line_break));
    return is_piece(next) ? next : Slice{};
}

}  // namespace

Slice run_at(std::string_view text, std::size_t at) noexcept {
    Slice run{at, at};
    while (run.end < text.size() && is_hex_digit(text[run.end])) ++run.end;
    return run;
}

Slice next_run(std::string_view text, std::size_t from) noexcept {
    // A run that is long enough covers one of these places, so the bytes between need no look.
    for (std::size_t i = from + shortest_run - 1; i < text.size(); i += shortest_run) {
        if (!is_hex_digit(text[i])) continue;
        std::size_t begin = i;
        while (begin > from && is_hex_digit(text[begin - 1])) --begin;
        const Slice run = run_at(text, begin);
        if (run.size() >= shortest_run) return run;
    }
    return {text.size(), text.size()};
}

void next_chain(std::string_view text, std::size_t from, std::vector<Slice>& chain) {
    chain.clear();
    for (Slice run = next_run(text, from); run.size() > 0; run = next_piece(text, run)) {
        chain.push_back(run);
    }
}

std::size_t pieces_of_hash(std::span<const Slice> chain) noexcept {
    std::size_t digits = 0;
    bool uniform = true;
    for (std::size_t i = 0; i < chain.size() && digits < Sha256::hex_count; ++i) {
        digits += chain[i].size();
        uniform = uniform && chain[i].size() == chain.front().size();
        // Pieces of one length are as likely a column of shorter values: 4 of 16, 8 of 8 digits.
        if (digits == Sha256::hex_count) return uniform ? 0 : i + 1;
    }
    return 0;
}

bool is_wrapped(std::string_view text, std::span<const Slice> chain) noexcept {
    for (auto rest = chain; !rest.empty();) {
        const std::size_t pieces = pieces_of_hash(rest);
        if (pieces == 0) return false;
        rest = rest.subspan(pieces);
    }
    const std::size_t begin = chain.front().begin;
    const std::size_t end = chain.back().end;
    return begins_digits(text, begin) && ellipsis_before(text, begin) == 0 &&
           ends_word(text, end) && ellipsis_after(text, end) == 0;
}

}  // namespace libblock::detail
