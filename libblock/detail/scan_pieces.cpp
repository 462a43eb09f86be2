#include "libblock/detail/scan_pieces.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace libblock::detail {
namespace {

constexpr std::size_t shortest_wrapped = Sha256::hex_count - longest_wrapped;
constexpr std::size_t longest_gap = 64;  ///< bytes of blanks, or of invisible characters
constexpr std::size_t longest_piece = 256;
constexpr std::size_t shortest_digest = 32;

// A character between all digits of a SHA-512 makes 128 pieces; the bytes must stay within the
// reach of the finder.
constexpr std::size_t longest_chain = 192;
constexpr std::size_t longest_way_back = 4 * 1024;
constexpr std::size_t longest_way_on = 8 * 1024;

constexpr std::array<std::size_t, 7> digest_lengths{32, 40, 48, 56, 64, 96, 128};

/// Soft breaks; in lower case. Those of quoted-printable end with the line.
constexpr std::array<std::string_view, 11> soft_breaks{
    "=\r\n",  "=\n",    "<wbr>",   "<wbr/>",   "<wbr />",         "&shy;",
    "&#173;", "&#xad;", "&#8203;", "&#x200b;", "&zerowidthspace;"};

/// What stands between two pieces; a single mark or all of them.
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
    return digits.size() >= shortest_wrapped && digits.size() <= longest_wrapped &&
           !is_digest_length(digits.size());
}

/// Whether a soft mark may begin at `at`, as far as two bytes tell.
bool may_begin_soft_mark(std::string_view text, std::size_t at) noexcept {
    if (at + 1 >= text.size()) return false;
    switch (const char second = text[at + 1]; text[at]) {
        case '<':
            return is_one_of(second, "wW");
        case '&':
            return is_one_of(second, "#sSzZ");
        case '=':
            return is_one_of(second, "\r\n");
        default:
            return !is_ascii(text[at]);
    }
}

/// The invisible character or the soft break at `at`.
Gap soft_mark_at(std::string_view text, std::size_t at) noexcept {
    if (!may_begin_soft_mark(text, at)) return {};
    if (const std::size_t bytes = invisible_at(text, at)) return {Joint::Invisible, bytes};
    for (const auto mark : soft_breaks) {
        if (begins_with(text, at, mark)) return {Joint::Soft, mark.size()};
    }
    return {};
}

/// Whether what ends before `at` may be a soft mark, as far as its last character and the first one
/// of what that ends tell.
bool may_end_soft_mark(std::string_view text, std::size_t at) noexcept {
    constexpr std::size_t longest = 16;
    if (at < 2) return false;
    const char tail = text[at - 1];
    const char second = text[at - 2];
    if (!is_ascii(tail)) return true;
    if (tail == '\n') return follows_soft_line(text, at);
    if (tail == '>' ? !is_one_of(second, "rR/") : tail != ';' || !is_word(second)) return false;
    const char head = tail == ';' ? '&' : '<';
    const std::size_t begin = at - std::min(at, longest);
    return std::memchr(text.data() + begin, head, at - begin) != nullptr;
}

/// The one that ends before `at`.
Gap soft_mark_before(std::string_view text, std::size_t at) noexcept {
    if (!may_end_soft_mark(text, at)) return {};
    if (const std::size_t bytes = invisible_before(text, at)) return {Joint::Invisible, bytes};
    for (const auto mark : soft_breaks) {
        if (ends_with(text, at, mark)) return {Joint::Soft, mark.size()};
    }
    return {};
}

/// All soft marks in a row, which `mark_beyond` finds one by one.
template <typename MarkBeyond>
Gap soft_gap(MarkBeyond mark_beyond) noexcept {
    Gap gap;
    while (gap.bytes < longest_gap) {
        const Gap mark = mark_beyond(gap.bytes);
        if (mark.bytes == 0) break;
        gap = {weaker(gap.joint, mark.joint), gap.bytes + mark.bytes};
    }
    return gap;
}

Gap soft_gap_after(std::string_view text, std::size_t at) noexcept {
    return soft_gap([&](std::size_t bytes) { return soft_mark_at(text, at + bytes); });
}

Gap soft_gap_before(std::string_view text, std::size_t at) noexcept {
    return soft_gap([&](std::size_t bytes) { return soft_mark_before(text, at - bytes); });
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

bool are_joined(Joint joint, Slice first, Slice second) noexcept {
    if (joint == Joint::Wrap) return can_be_wrapped(first) && can_be_wrapped(second);
    return std::max(first.size(), second.size()) <= longest_piece;
}

/// A gap with a line break in it, beside which invisible characters may stand on either side; or
/// soft marks alone, as they come first. `Soft` and `Wrap` find those of one direction.
template <typename Soft, typename Wrap>
Gap whole_gap(Soft soft_beyond, Wrap wrap_beyond) noexcept {
    const Gap near = soft_beyond(0);
    if (near.joint == Joint::Soft) return near;
    const Gap wrap = wrap_beyond(near.bytes);
    if (wrap.joint == Joint::None) return near;
    const std::size_t bytes = near.bytes + wrap.bytes;
    const Gap far = soft_beyond(bytes);
    return {Joint::Wrap, bytes + (far.joint == Joint::Invisible ? far.bytes : 0)};
}

/// What a byte is between digits: a line break or nothing, unless it ends an entity.
Gap gap_of_byte(char c) noexcept {
    return is_break(c) ? Gap{Joint::Wrap, 1} : Gap{};
}

Gap gap_after(std::string_view text, std::size_t at) noexcept {
    if (at + 1 < text.size() && is_hex_digit(text[at + 1])) return gap_of_byte(text[at]);
    return whole_gap([&](std::size_t bytes) { return soft_gap_after(text, at + bytes); },
                     [&](std::size_t bytes) { return wrap_after(text, at + bytes); });
}

Gap gap_before(std::string_view text, std::size_t at) noexcept {
    if (at >= 2 && is_hex_digit(text[at - 2]) && text[at - 1] != ';') {
        return gap_of_byte(text[at - 1]);
    }
    return whole_gap([&](std::size_t bytes) { return soft_gap_before(text, at - bytes); },
                     [&](std::size_t bytes) { return wrap_before(text, at - bytes); });
}

/// The piece that follows `piece`, with what joins it; empty if none does.
Piece piece_after(std::string_view text, Slice piece) noexcept {
    const Gap gap = gap_after(text, piece.end);
    if (gap.joint == Joint::None) return {};
    const std::size_t begin = piece.end + gap.bytes;
    const std::size_t reach = std::min(text.size(), begin + longest_piece + 1);
    const Slice next = digits_at(text.substr(0, reach), begin);
    return are_joined(gap.joint, piece, next) ? Piece{next, gap.joint} : Piece{};
}

/// The piece that stands before `piece`, with what joins it; empty if none does.
Piece piece_before(std::string_view text, Slice piece, std::size_t floor) noexcept {
    const Gap gap = gap_before(text, piece.begin);
    if (gap.joint == Joint::None || piece.begin - std::min(piece.begin, floor) < gap.bytes) {
        return {};
    }
    const std::size_t end = piece.begin - gap.bytes;
    const std::size_t reach = end - std::min(end, longest_piece + 1);
    const Slice before = digits_before(text, end, std::max(floor, reach));
    return are_joined(gap.joint, before, piece) ? Piece{before, gap.joint} : Piece{};
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

/// The begin of the line that `at` is in, no further back than `longest_line`.
std::size_t begin_of_line(std::string_view text, std::size_t at) noexcept {
    constexpr std::size_t longest_line = 256;
    const std::size_t floor = at - std::min(at, longest_line);
    while (at > floor && line_break_before(text, at) == 0) --at;
    return at;
}

/// Whether the soft break of quoted-printable before `next` ends a line that is full, so that it is
/// certainly one.
bool follows_full_soft_line(std::string_view text, std::size_t next) noexcept {
    constexpr std::size_t shortest = 72;
    constexpr std::size_t longest = 76;  // RFC 2045, 6.7
    if (!follows_soft_line(text, next)) return false;
    const std::size_t end = next - line_break_before(text, next);
    const std::size_t bytes = end - begin_of_line(text, end);
    return bytes >= shortest && bytes <= longest;
}

/// How many of the first pieces full lines of quoted-printable join to a SHA-384 or SHA-512; 0 if
/// they do not. A part of it may have the length of a SHA-256.
std::size_t pieces_of_longer_digest(std::string_view text, std::span<const Piece> pieces) noexcept {
    std::size_t digits = pieces.front().digits.size();
    for (std::size_t count = 1; count < pieces.size(); ++count) {
        const Slice next = pieces[count].digits;
        const bool joined = pieces[count - 1].joint == Joint::Soft &&
                            (count > 1 || follows_full_soft_line(text, next.begin));
        digits += next.size();
        if (!joined || digits > 2 * Sha256::hex_count) return 0;
        if (digits > Sha256::hex_count && is_digest_length(digits)) return count + 1;
    }
    return 0;
}

/// Whether some digits and the first of the pieces, or the first but one, come to a SHA-256 or to
/// an MD5 or SHA-1: then they are what those pieces belong to.
bool completes_digest(std::size_t digits, std::span<const Piece> pieces) noexcept {
    constexpr std::array<std::size_t, 3> lengths{32, 40, Sha256::hex_count};
    for (const std::size_t skipped : {std::size_t{0}, std::size_t{1}}) {
        std::size_t sum = digits;
        for (const Piece& piece : pieces.subspan(skipped)) {
            sum += piece.digits.size();
            if (std::find(lengths.begin(), lengths.end(), sum) != lengths.end()) return true;
        }
    }
    return false;
}

}  // namespace

bool is_digest_length(std::size_t digits) noexcept {
    return std::find(digest_lengths.begin(), digest_lengths.end(), digits) != digest_lengths.end();
}

Joint weakest_joint(std::span<const Piece> pieces) noexcept {
    Joint joint = Joint::None;
    for (const Piece& piece : pieces.first(pieces.size() - 1)) joint = weaker(joint, piece.joint);
    return joint;
}

bool is_softly_joined(std::string_view text, Slice run) noexcept {
    return soft_mark_before(text, run.begin).bytes > 0 || soft_mark_at(text, run.end).bytes > 0;
}

bool may_be_wrapped(std::string_view text, Slice run) noexcept {
    if (!can_be_wrapped(run)) return false;
    constexpr std::size_t reach = longest_wrapped + 1;
    const Gap after = gap_after(text, run.end);
    if (after.joint == Joint::Wrap) {
        const std::size_t begin = run.end + after.bytes;
        const std::size_t end = std::min(text.size(), begin + reach);
        if (can_be_wrapped(digits_at(text.substr(0, end), begin))) return true;
    }
    const Gap before = gap_before(text, run.begin);
    if (before.joint != Joint::Wrap) return false;
    const std::size_t end = run.begin - before.bytes;
    return can_be_wrapped(digits_before(text, end, end - std::min(end, reach)));
}

void read_chain(std::string_view text, Slice run, std::size_t floor, Chain& chain) {
    std::vector<Piece>& pieces = chain.pieces;
    pieces.assign(1, {run});
    const std::size_t least = run.begin - std::min(run.begin, longest_way_back);
    while (pieces.size() < longest_chain / 2 && pieces.back().digits.begin >= least) {
        const Piece before = piece_before(text, pieces.back().digits, floor);
        if (before.digits.empty()) break;
        pieces.push_back(before);
    }
    std::reverse(pieces.begin(), pieces.end());
    chain.continues = piece_before(text, pieces.front().digits, 0).joint == Joint::Wrap;
    chain.goes_on = false;
    while (!chain.goes_on) {
        const Piece next = piece_after(text, pieces.back().digits);
        if (next.digits.empty()) break;
        chain.goes_on =
            pieces.size() == longest_chain || next.digits.end - run.begin > longest_way_on;
        if (chain.goes_on) break;
        pieces.back().joint = next.joint;
        pieces.push_back({next.digits});
    }
}

std::size_t wrapped_pieces(std::string_view text, const Chain& chain) noexcept {
    const std::span<const Piece> pieces = chain.pieces;
    if (pieces.size() < 2 || !begins_digits(text, pieces.front().digits.begin) ||
        cut_before(text, pieces.front().digits.begin)) {
        return 0;
    }
    if (weakest_joint(pieces) != Joint::Wrap) return 0;
    std::size_t whole = 0;
    while (whole < pieces.size()) {
        const std::size_t count = pieces_of_sha256(pieces.subspan(whole));
        if (count == 0) break;
        if (is_column(pieces.subspan(whole, count))) return 0;
        whole += count;
    }
    const bool bounded =
        ends_digits(text, pieces.back().digits.end) && !cut_after(text, pieces.back().digits.end);
    return chain.goes_on || (whole == pieces.size() && bounded) ? whole : 0;
}

bool follow_left_over(std::string_view text, std::span<const Piece> pieces,
                      std::size_t floor) noexcept {
    const std::size_t first = pieces.front().digits.begin;
    const std::size_t line = begin_of_line(text, first);
    const bool begins_line = skip_blanks(text, line) == first;
    const std::size_t from =
        begins_line ? begin_of_line(text, line - line_break_before(text, line)) : line;
    for (std::size_t at = std::max(from, floor); at < first;) {
        const Slice digits = next_digits(text.substr(0, first), at, shortest_wrapped);
        if (digits.empty()) break;
        at = digits.end;
        const bool alone = begins_digits(text, digits.begin) && ends_word(text, digits.end);
        if (alone && can_be_wrapped(digits) && is_mixed(digits.of(text)) &&
            completes_digest(digits.size(), pieces)) {
            return true;
        }
    }
    return false;
}

std::size_t pieces_of_sha256(std::span<const Piece> pieces) noexcept {
    std::size_t digits = 0;
    std::size_t count = 0;
    while (count < pieces.size() && digits < Sha256::hex_count) {
        digits += pieces[count++].digits.size();
    }
    return digits == Sha256::hex_count ? count : 0;
}

std::size_t pieces_of_line(std::string_view text, std::span<const Piece> pieces) noexcept {
    if (const std::size_t count = pieces_of_longer_digest(text, pieces)) return count;
    const auto is_whole = [](const Piece& piece) {
        return piece.digits.size() == Sha256::hex_count;
    };
    const auto are_parted = [&](const Piece& piece, const Piece& next) {
        const bool certain =
            piece.joint == Joint::Soft && !follows_soft_line(text, next.digits.begin);
        return piece.joint == Joint::Wrap || (!certain && (is_whole(piece) || is_whole(next)));
    };
    std::size_t count = 1;
    while (count < pieces.size() && !are_parted(pieces[count - 1], pieces[count])) ++count;
    return count;
}

JoinedDigest join_line(std::string_view text, std::span<const Piece> line) noexcept {
    Slice first = line.front().digits;
    const std::size_t end = line.back().digits.end;
    if (!ends_digits(text, end) || cut_before(text, first.begin) || cut_after(text, end)) return {};
    const std::size_t sequence = sequence_digits(text, first);
    first.begin += sequence;
    std::size_t digits = first.size();
    for (const Piece& piece : line.subspan(1)) digits += piece.digits.size();
    const Joint joint = weakest_joint(line);
    if (joint == Joint::Invisible && all_whole_digests(line)) return {};
    for (const std::size_t length : digest_lengths) {
        const std::size_t glued = glued_digits(text, first.begin, digits, length);
        const bool begins = glued > 0 || begins_digits(text, first.begin);
        if (begins && digits - glued == length && glued < first.size()) {
            return {length, sequence + glued, joint};
        }
    }
    const bool many = digits >= shortest_digest && begins_digits(text, first.begin);
    return joint == Joint::Invisible && many ? JoinedDigest{digits, sequence, joint}
                                             : JoinedDigest{};
}

}  // namespace libblock::detail
