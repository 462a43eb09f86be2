#include "libblock/detail/scan_pieces.hpp"

#include <algorithm>
#include <array>

namespace libblock::detail {
namespace {

constexpr std::size_t shortest_wrapped = 8;
constexpr std::size_t longest_gap = 64;  ///< bytes of blanks, or of invisible characters

constexpr std::array<std::size_t, 7> digest_lengths{32, 40, 48, 56, 64, 96, 128};

/// Soft breaks; in lower case. Those of quoted-printable end with the line.
constexpr std::array<std::string_view, 11> soft_breaks{
    "=\r\n",  "=\n",    "<wbr>",   "<wbr/>",   "<wbr />",         "&shy;",
    "&#173;", "&#xad;", "&#8203;", "&#x200b;", "&zerowidthspace;"};

struct Gap {
    Joint joint = Joint::None;
    std::size_t bytes = 0;
};

/// The least certain of two joints.
Joint weaker(Joint left, Joint right) noexcept {
    return std::max(left, right);
}

/// Whether a hard wrap can leave such a piece: not so little that it is a word, and not the
/// length of a digest, which it would be then.
bool can_be_wrapped(Slice digits) noexcept {
    return digits.size() >= shortest_wrapped &&
           digits.size() <= Sha256::hex_count - shortest_wrapped &&
           !is_digest_length(digits.size());
}

/// Invisible characters and soft breaks from `at` on.
Gap soft_gap_after(std::string_view text, std::size_t at) noexcept {
    constexpr std::string_view heads = "=<&";
    Gap gap;
    if (at == text.size() || (is_ascii(text[at]) && !is_one_of(text[at], heads))) return gap;
    for (bool found = true; found && gap.bytes < longest_gap;) {
        const std::size_t here = at + gap.bytes;
        std::size_t bytes = invisible_at(text, here);
        found = bytes > 0;
        if (found) gap.joint = weaker(gap.joint, Joint::Invisible);
        for (std::size_t i = 0; i < soft_breaks.size() && !found; ++i) {
            found = begins_with(text, here, soft_breaks[i]);
            bytes = soft_breaks[i].size();
            if (found) gap.joint = Joint::Soft;
        }
        if (found) gap.bytes += bytes;
    }
    return gap;
}

Gap soft_gap_before(std::string_view text, std::size_t at) noexcept {
    constexpr std::string_view tails = ">;\n";
    Gap gap;
    if (at == 0 || (is_ascii(text[at - 1]) && !is_one_of(text[at - 1], tails))) return gap;
    for (bool found = true; found && gap.bytes < longest_gap;) {
        const std::size_t here = at - gap.bytes;
        std::size_t bytes = invisible_before(text, here);
        found = bytes > 0;
        if (found) gap.joint = weaker(gap.joint, Joint::Invisible);
        for (std::size_t i = 0; i < soft_breaks.size() && !found; ++i) {
            found = ends_with(text, here, soft_breaks[i]);
            bytes = soft_breaks[i].size();
            if (found) gap.joint = Joint::Soft;
        }
        if (found) gap.bytes += bytes;
    }
    return gap;
}

std::size_t blanks_before(std::string_view text, std::size_t at) noexcept {
    std::size_t begin = at;
    while (begin > 0 && at - begin <= longest_gap && is_blank(text[begin - 1])) --begin;
    return at - begin;
}

std::size_t blanks_after(std::string_view text, std::size_t at) noexcept {
    std::size_t end = at;
    while (end < text.size() && end - at <= longest_gap && is_blank(text[end])) ++end;
    return end - at;
}

Gap wrap_after(std::string_view text, std::size_t at) noexcept {
    const std::size_t blanks = blanks_after(text, at);
    const std::size_t line_break = line_break_at(text, at + blanks);
    if (line_break == 0) return {};
    const std::size_t head = blanks + line_break;
    const std::size_t indent = blanks_after(text, at + head);
    return blanks > longest_gap || indent > longest_gap ? Gap{} : Gap{Joint::Wrap, head + indent};
}

Gap wrap_before(std::string_view text, std::size_t at) noexcept {
    const std::size_t indent = blanks_before(text, at);
    const std::size_t line_break = line_break_before(text, at - indent);
    if (line_break == 0) return {};
    const std::size_t tail = indent + line_break;
    const std::size_t blanks = blanks_before(text, at - tail);
    return blanks > longest_gap || indent > longest_gap ? Gap{} : Gap{Joint::Wrap, tail + blanks};
}

/// The piece that follows `piece`, with what joins it; empty if none does.
Piece piece_after(std::string_view text, Slice piece, Joint& joint) noexcept {
    Gap gap = soft_gap_after(text, piece.end);
    if (gap.joint == Joint::None) gap = wrap_after(text, piece.end);
    joint = gap.joint;
    if (gap.joint == Joint::None) return {};
    const Slice next = digits_at(text, piece.end + gap.bytes);
    const bool joined = gap.joint != Joint::Wrap || (can_be_wrapped(piece) && can_be_wrapped(next));
    return joined ? Piece{next} : Piece{};
}

/// The piece that stands before `piece`, with what joins it; empty if none does.
Piece piece_before(std::string_view text, Slice piece, std::size_t floor) noexcept {
    Gap gap = soft_gap_before(text, piece.begin);
    if (gap.joint == Joint::None) gap = wrap_before(text, piece.begin);
    if (gap.joint == Joint::None || piece.begin - floor < gap.bytes) return {};
    const Slice before = digits_before(text, piece.begin - gap.bytes, floor);
    const bool joined =
        gap.joint != Joint::Wrap || (can_be_wrapped(piece) && can_be_wrapped(before));
    return joined ? Piece{before, gap.joint} : Piece{};
}

bool is_bounded(std::string_view text, std::size_t begin, std::size_t end) noexcept {
    return ends_word(text, end) && !cut_before(text, begin) && !cut_after(text, end);
}

bool all_whole_digests(std::span<const Piece> pieces) noexcept {
    return std::all_of(pieces.begin(), pieces.end(),
                       [](const Piece& piece) { return is_digest_length(piece.digits.size()); });
}

bool is_column(std::span<const Piece> pieces) noexcept {
    return std::all_of(pieces.begin(), pieces.end(), [&](const Piece& piece) {
        return piece.digits.size() == pieces.front().digits.size();
    });
}

/// The weakest joint within the first `count` pieces.
Joint joint_within(std::span<const Piece> chain, std::size_t count) noexcept {
    Joint joint = Joint::None;
    for (const Piece& piece : chain.first(count - 1)) joint = weaker(joint, piece.joint);
    return joint;
}

/// Whether the first pieces of a chain are `wanted` digits, and which of them belong to what
/// stands before.
JoinedDigest pieces_of(std::string_view text, std::span<const Piece> chain,
                       std::size_t wanted) noexcept {
    const std::size_t begin = chain.front().digits.begin;
    std::size_t digits = 0;
    for (std::size_t i = 0; i < chain.size() && digits < 2 * wanted; ++i) {
        if (chain[i].digits.size() == Sha256::hex_count) break;  // that one stands alone
        digits += chain[i].digits.size();
        if (i == 0 || digits < wanted) continue;
        const std::size_t glued = glued_digits(text, begin, digits, wanted);
        const bool even = digits - glued == wanted && glued < chain.front().digits.size();
        if (!even || !is_bounded(text, begin, chain[i].digits.end)) continue;
        if (glued == 0 && !begins_digits(text, begin)) continue;
        return {i + 1, glued, wanted, joint_within(chain, i + 1)};
    }
    return {};
}

}  // namespace

bool is_digest_length(std::size_t digits) noexcept {
    return std::find(digest_lengths.begin(), digest_lengths.end(), digits) != digest_lengths.end();
}

bool comes_out_even(std::string_view text, std::span<const Piece> chain) noexcept {
    // Of a chain that is cut off at its greatest length, the last digest may be incomplete.
    const bool cut_off = chain.size() == longest_chain;
    const std::size_t end = chain.back().digits.end;
    const std::size_t begin = chain.front().digits.begin;
    if (!begins_digits(text, begin) || (!cut_off && !is_bounded(text, begin, end))) return false;
    std::size_t digits = 0;
    std::size_t first = 0;
    for (std::size_t i = 0; i < chain.size(); ++i) {
        digits += chain[i].digits.size();
        if (digits > Sha256::hex_count) return false;
        if (digits < Sha256::hex_count) continue;
        if (is_column(chain.subspan(first, i + 1 - first))) return false;
        digits = 0;
        first = i + 1;
    }
    return digits == 0 || (cut_off && first > 0);
}

bool read_chain(std::string_view text, Slice run, std::size_t floor, Chain& chain) {
    chain.clear();
    chain.push_back({run});
    while (chain.size() < longest_chain / 2) {
        const Piece before = piece_before(text, chain.back().digits, floor);
        if (before.digits.empty()) break;
        chain.push_back(before);
    }
    std::reverse(chain.begin(), chain.end());
    while (chain.size() < longest_chain) {
        Joint joint = Joint::None;
        const Piece next = piece_after(text, chain.back().digits, joint);
        if (next.digits.empty()) break;
        chain.back().joint = joint;
        chain.push_back(next);
    }
    const Gap gap = wrap_before(text, chain.front().digits.begin);
    const std::size_t before = chain.front().digits.begin - gap.bytes;
    if (gap.joint != Joint::Wrap || before > floor) return false;
    const std::size_t nearest = before - std::min(before, Sha256::hex_count);
    return can_be_wrapped(digits_before(text, before, nearest));
}

JoinedDigest first_digest(std::string_view text, std::span<const Piece> chain,
                          bool wraps) noexcept {
    if (chain.size() < 2 || chain.front().digits.size() == Sha256::hex_count) return {};
    const JoinedDigest sha256 = pieces_of(text, chain, Sha256::hex_count);
    const auto pieces = chain.first(sha256.pieces);
    switch (sha256.joint) {
        case Joint::Invisible:
            if (!all_whole_digests(pieces)) return sha256;
            break;
        case Joint::Soft:
            return sha256;
        case Joint::Wrap:
            if (wraps && !is_column(pieces)) return sha256;
            break;
        case Joint::None:
            break;
    }
    for (const std::size_t length : digest_lengths) {
        if (length == Sha256::hex_count) continue;
        const JoinedDigest other = pieces_of(text, chain, length);
        if (other.joint == Joint::Invisible && !all_whole_digests(chain.first(other.pieces))) {
            return other;
        }
    }
    return {};
}

}  // namespace libblock::detail
