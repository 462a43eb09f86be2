#include "libblock/detail/finder.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <utility>

#include "libblock/detail/column.hpp"
#include "libblock/detail/placeholder.hpp"

namespace libblock::detail {
namespace {

constexpr std::size_t shortest_digest = 32;
constexpr std::size_t shortest_cut_digest = 8;  ///< of what a cut leaves of a digest
constexpr std::size_t shortest_far_side = 4;
constexpr std::size_t longest_word = 160;    ///< of a word that digits are glued to, as it is shown
constexpr std::size_t long_run = 1024;       ///< digits that are certainly no digest
constexpr std::size_t longest_group = 16;    ///< of digits in groups
constexpr std::size_t many_sightings = 256;  ///< so few that they stay in the nearest cache

struct DigestLength {
    std::size_t digits;
    RejectionReason reason;
};

constexpr std::array<DigestLength, 8> other_lengths{{
    {32, RejectionReason::Md5},
    {40, RejectionReason::Sha1},
    {48, RejectionReason::Tiger},
    {56, RejectionReason::Sha224},
    {63, RejectionReason::OneDigitShort},
    {65, RejectionReason::OneDigitLong},
    {96, RejectionReason::Sha384},
    {128, RejectionReason::Sha512},
}};

constexpr std::size_t longest_known = 128;  ///< of the lengths that have a reason of their own

constexpr std::array<RejectionReason, longest_known + 2> make_reasons() noexcept {
    std::array<RejectionReason, longest_known + 2> reasons{};
    reasons.fill(RejectionReason::OtherLength);
    for (const auto& [digits, reason] : other_lengths) reasons[digits] = reason;
    return reasons;
}

constexpr auto reasons_by_length = make_reasons();

RejectionReason reason_of_length(std::size_t digits) noexcept {
    return reasons_by_length[std::min(digits, longest_known + 1)];
}

/// What may stand beside digits, and what it may mean. All that is not listed parts them from
/// everything else.
struct Beside {
    static constexpr std::uint8_t word = 1;       ///< of the digits, or a code or a label before
    static constexpr std::uint8_t cut = 2;        ///< begins or ends what cuts digits off
    static constexpr std::uint8_t soft = 4;       ///< begins or ends a soft break
    static constexpr std::uint8_t wide = 8;       ///< is not ASCII, and may be either
    static constexpr std::uint8_t code = 16;      ///< ends a code, with the first digits
    static constexpr std::uint8_t wrapping = 32;  ///< stands between two lines of a hash
    static constexpr std::uint8_t line_break = 64;
    static constexpr std::uint8_t sequence = 128;  ///< of a sequence of a terminal, before

    static constexpr unsigned mark = cut | soft | wide;
};

using BesideTable = std::array<std::uint8_t, 256>;

constexpr BesideTable make_beside(std::string_view cuts, std::string_view softs,
                                  std::string_view codes) noexcept {
    BesideTable table{};
    for (std::size_t i = 0; i < table.size(); ++i) {
        const char c = static_cast<char>(i);
        if (is_word(c)) table[i] |= Beside::word;
        if (is_one_of(c, cuts)) table[i] |= Beside::cut;
        if (is_one_of(c, softs)) table[i] |= Beside::soft;
        if (!is_ascii(c)) table[i] |= Beside::wide;
        if (is_one_of(c, codes)) table[i] |= Beside::code;
        if (is_one_of(c, "[;\x9B")) table[i] |= Beside::sequence;
        if (is_one_of(c, " \t\r\n")) table[i] |= Beside::wrapping;
        if (is_one_of(c, "\r\n")) table[i] |= Beside::line_break;
    }
    return table;
}

constexpr BesideTable before_table = make_beside(".*])>;}", ">;", "=%-_[");
constexpr BesideTable after_table = make_beside(".*[(<&\\{", "<&=", "");

/// What the shapes of a stretch begin with: digits, and full-width forms by their first byte.
constexpr std::array<bool, 256> make_shape_begins() noexcept {
    std::array<bool, 256> begins{};
    for (unsigned i = 0; i < begins.size(); ++i) {
        begins[i] = i == 0xEF || is_hex_digit(static_cast<char>(i));
    }
    return begins;
}

constexpr std::array<bool, 256> shape_begins = make_shape_begins();

unsigned before(std::string_view text, Slice run, std::size_t distance = 1) noexcept {
    return before_table[static_cast<unsigned char>(text[run.begin - distance])];
}

unsigned after(std::string_view text, Slice run, std::size_t distance = 1) noexcept {
    return after_table[static_cast<unsigned char>(text[run.end + distance - 1])];
}

/// Whether a line may end between digits and what stands two bytes from them.
constexpr bool may_wrap(unsigned next, unsigned second) noexcept {
    const bool line_break = (next & Beside::line_break) != 0;
    return line_break | ((next & second & Beside::wrapping) != 0);
}

/// Whether a cut, a soft break or an invisible character stands beside a run within `text`, or what
/// is not ASCII and may be one.
bool has_mark(std::string_view text, Slice run) noexcept {
    const unsigned first = before(text, run);
    const unsigned second = after(text, run);
    if (((first | second) & Beside::wide) != 0) return true;
    if ((first & Beside::cut) != 0 && cut_before(text, run.begin)) return true;
    if ((second & Beside::cut) != 0 && cut_after(text, run.end)) return true;
    return ((first | second) & Beside::soft) != 0 && is_softly_joined(text, run);
}

/// Whether a run stands within `text` and has a length that does not change what it is.
bool is_usual(std::string_view text, Slice run) noexcept {
    return run.begin >= 2 && text.size() - run.end >= 2 && run.size() != longest_group &&
           run.size() < long_run;
}

/// Whether a run can certainly be judged by its length: no joint, no label, no code, no cut stands
/// beside it, and it is no group. A semicolon directly behind what was told of, digests as they
/// are, ends no entity and belongs to no sequence. Without branches where it can be: which
/// neighbours a run has cannot be foreseen.
bool is_certainly_plain(std::string_view text, Slice run, std::size_t told_until) noexcept {
    if (!is_usual(text, run)) return false;
    constexpr unsigned others = Beside::word | Beside::mark | Beside::code;
    const char first = text[run.begin - 1];
    const char second = text[run.begin - 2];
    const bool parts = (first == ';') & (run.begin == told_until + 1);
    const bool soft = (first == '\n') & ((second == '=') | (second == '\r'));
    unsigned beside = parts ? 0 : before(text, run) & others;
    beside |= after(text, run) & others;
    const bool wraps_before = may_wrap(before(text, run), before(text, run, 2));
    const bool wraps_after = may_wrap(after(text, run), after(text, run, 2));
    return (beside == 0) & !soft & (!(wraps_before | wraps_after) | (run.size() > longest_wrapped));
}

/// The same of a run of which that is not certain, by what its neighbours are.
bool is_plain(std::string_view text, Slice run) noexcept {
    if (!is_usual(text, run)) return false;
    const unsigned beside = before(text, run) | after(text, run);
    if ((beside & Beside::word) != 0) return false;
    if ((beside & Beside::mark) != 0 && has_mark(text, run)) return false;
    const bool sequence = (before(text, run) & Beside::sequence) != 0;
    if (sequence && sequence_digits(text, run) > 0) return false;
    if ((beside & Beside::code) != 0 && run.size() >= shortest_digest) return false;
    if ((beside & Beside::wrapping) == 0) return true;
    return !follows_soft_line(text, run.begin) && !may_be_wrapped(text, run);
}

/// Whether something may join a run to others.
bool may_be_joined(std::string_view text, Slice run) noexcept {
    constexpr unsigned joints = Beside::mark | Beside::wrapping;
    return (run.begin > 0 && (before(text, run) & joints) != 0) ||
           (run.end < text.size() && (after(text, run) & joints) != 0);
}

/// The digits on the far side of the cut at `run.end`, as in `dde0334...0acc`; empty if there are
/// none or so many that they are judged alone.
Slice far_side(std::string_view text, Slice run) noexcept {
    const std::size_t at = run.end + cut_after(text, run.end).bytes;
    const Slice side = digits_at(text.substr(0, std::min(text.size(), at + shortest_digest)), at);
    const std::size_t begin = digits_before(text, at, run.end).begin;  // `\u2026` ends with some
    const bool belongs = side.size() >= shortest_far_side && side.end - begin < shortest_digest &&
                         ends_word(text, side.end);
    return belongs ? side : Slice{at, at};
}

/// Whether letters that may hide digits stand directly before a run: then it is no whole digest.
/// Asterisks may be mark-up.
bool is_behind_letters(std::string_view text, Slice run) noexcept {
    return run.begin > 0 && ascii_lower(text[run.begin - 1]) == 'x' &&
           cut_before(text, run.begin).kind == CutKind::Mask;
}

/// The bytes from `digits` on that are digits and invisible characters between them, as far as it
/// matters whether a stretch of them is certainly told of.
std::size_t laced_bytes(std::string_view text, Slice digits) noexcept {
    std::size_t end = digits.end;
    while (end - digits.begin < ScanKernel::sure_stretch) {
        std::size_t next = end;
        while (const std::size_t bytes = invisible_at(text, next)) next += bytes;
        if (next == end || next == text.size() || !is_hex_digit(text[next])) break;
        end = digits_at(text, next).end;
    }
    return end - digits.begin;
}

RejectionReason reason_of(CutMark cut) noexcept {
    return cut.kind == CutKind::Mask ? RejectionReason::Redacted : RejectionReason::Truncated;
}

/// A run with the letters and digits that are glued to it; of a long word, what fits around the
/// run, from both sides alike.
Slice with_word(std::string_view text, Slice run) noexcept {
    if (run.size() >= longest_word) return run;
    const std::size_t room = longest_word - run.size();
    std::size_t left = 0;
    while (left < room && !begins_word(text, run.begin - left)) ++left;
    std::size_t right = 0;
    while (right < room && !ends_word(text, run.end + right)) ++right;
    if (left + right > room) {
        left = std::max(std::min(left, room / 2), room - right);
        right = room - left;
    }
    return {run.begin - left, run.end + right};
}

/// Whether a character that looks like a digit may stand beside a run.
bool touches_look_alike(std::string_view text, Slice run) noexcept {
    constexpr std::string_view letters = "OoIl";
    const auto touches = [&](char c) { return is_one_of(c, letters) || !is_ascii(c); };
    return (run.begin > 0 && touches(text[run.begin - 1])) ||
           (run.end < text.size() && touches(text[run.end]));
}

bool is_nul(std::string_view text, std::size_t at) noexcept {
    return at < text.size() && text[at] == '\0';
}

/// Whether one of the two bytes at `at` is NUL: the highest bits of them that are, and of others
/// if one is.
std::uint32_t nul_of_two(const char* at) noexcept {
    std::uint16_t two = 0;
    std::memcpy(&two, at, sizeof two);
    return (std::uint32_t{two} - 0x0101U) & ~std::uint32_t{two} & 0x8080U;
}

constexpr std::size_t nul_step = 60;  ///< bytes between two places: two less than digits take

/// A place before `end`, but not before `from`, at which NUL is one of two bytes, as it is at all
/// places among digits of UTF-16; `end` if there is none. The places that are looked at are so near
/// to each other that no such digits stand between them that are as many as those of a digest.
std::size_t next_nul(std::string_view text, std::size_t from, std::size_t end) noexcept {
    constexpr std::size_t many = 8;  // that are looked at together
    end = std::min(end, text.size() - std::min<std::size_t>(text.size(), 1));
    std::size_t at = from;
    for (; at + many * nul_step <= end; at += many * nul_step) {
        std::uint32_t nuls = 0;
        for (std::size_t i = 0; i < many; ++i) nuls |= nul_of_two(text.data() + at + i * nul_step);
        if (nuls != 0) break;
    }
    while (at < end && nul_of_two(text.data() + at) == 0) at += nul_step;
    return std::min(at, end);
}

/// The digits with single NULs between them that `at`, or the byte behind it, belongs to, back to
/// `floor`; empty if there are none.
Slice laced_with_nul(std::string_view text, std::size_t at, std::size_t floor) noexcept {
    if (is_nul(text, at)) ++at;
    if (at < floor || at >= text.size() || !is_hex_digit(text[at])) return {at, at};
    Slice digits{at, at + 1};
    while (digits.begin >= floor + 2 && is_nul(text, digits.begin - 1) &&
           is_hex_digit(text[digits.begin - 2])) {
        digits.begin -= 2;
    }
    while (digits.end + 1 < text.size() && is_nul(text, digits.end) &&
           is_hex_digit(text[digits.end + 1])) {
        digits.end += 2;
    }
    // Digits of a run without NULs belong to that.
    const bool begun = digits.begin > 0 && is_hex_digit(text[digits.begin - 1]);
    const bool goes_on = digits.end < text.size() && is_hex_digit(text[digits.end]);
    if (digits.size() < 4) return {digits.end, digits.end};
    return {digits.begin + (begun ? 2 : 0), digits.end - (goes_on ? 2 : 0)};
}

/// Every second byte of `where` and of some characters of UTF-16 around it on the same line.
struct Narrowed {
    std::string text;
    Slice digits;
};

Narrowed narrowed(std::string_view text, Slice where, std::size_t floor) {
    constexpr std::size_t most = 64;  // characters on either side
    // A byte is a character of UTF-16 if NULs stand on both sides of it.
    const auto is_wide = [&](std::size_t at) {
        return text[at] != '\0' && is_ascii(text[at]) && line_break_at(text, at) == 0 &&
               (at == 0 || is_nul(text, at - 1)) && (at + 1 == text.size() || is_nul(text, at + 1));
    };
    std::size_t before = 0;
    while (before < most && where.begin >= floor + 2 * before + 2 &&
           is_wide(where.begin - 2 * before - 2)) {
        ++before;
    }
    std::size_t behind = 0;
    while (behind < most && where.end + 2 * behind + 1 < text.size() &&
           is_nul(text, where.end + 2 * behind) && is_wide(where.end + 2 * behind + 1)) {
        ++behind;
    }
    Narrowed narrow;
    const std::size_t end = where.end + 2 * behind;
    for (std::size_t at = where.begin - 2 * before; at < end; at += 2) narrow.text += text[at];
    narrow.digits = {before, narrow.text.size() - behind};
    return narrow;
}

/// A run without the first digits that a sequence of a terminal ends with, if enough are left to be
/// told of.
Slice without_sequence(std::string_view text, Slice run) noexcept {
    const std::size_t digits = sequence_digits(text, run);
    return {run.begin + (run.size() - digits < shortest_digest ? 0 : digits), run.end};
}

/// Whether a code or a label may end before a run.
bool may_follow_code(std::string_view text, Slice run) noexcept {
    constexpr std::string_view ends = "%=-_[";
    return run.begin > 0 && (is_word(text[run.begin - 1]) || is_one_of(text[run.begin - 1], ends));
}

}  // namespace

Slice shown(std::string_view text, Slice run, RejectionReason reason) noexcept {
    switch (reason) {
        case RejectionReason::Truncated:
        case RejectionReason::Redacted:
            if (cut_after(text, run.end)) return {run.begin, far_side(text, run).end};
            return {run.begin - cut_before(text, run.begin).bytes, run.end};
        case RejectionReason::Glued:
            return with_word(text, run);
        default:
            return run;
    }
}

std::size_t Finder::read(const Window& window, std::size_t from, std::size_t until,
                         std::vector<Sighting>& sightings) {
    const bool same = window.base == base_ && window.text.data() == text_.data() &&
                      window.text.size() == text_.size();
    if (!same) spots_.open(window.text);
    text_ = window.text;
    base_ = window.base;
    last_ = window.last;
    sightings_ = &sightings;
    enough_ = sightings.size() + many_sightings;
    floor_ = told_until_ > base_ ? window.relative(told_until_) : 0;
    stretch_ = {};
    if (in_long_run_) take_long_run({floor_, floor_});
    if (in_long_island_) take_long_island({floor_, floor_});
    until_ = until;
    if (!same) whole_ = column_ = {};
    if (!column_.empty() && whole_.end == floor_) take_column(column_, whole_);
    std::size_t at = on_from(same && from == left_off_ ? goes_on_ : from);
    bool ends = false;
    while (at < until && sightings.size() < enough_ && !ends) {
        const std::size_t next = spots_.read(at, until);
        const Slice island = next_island(std::max(next, spots_.last_begin()));
        until_ = std::min(until, island.begin);
        const std::size_t taken = take_all();
        ends = taken != std::string_view::npos;
        at = on_from(std::min(taken, next));
        if (at < island.begin) continue;
        if (island.begin < until) take_island(island);
        at = on_from(island.begin);
        stretch_ = {};
        ends = false;
    }
    told_until_ = base_ + floor_;
    goes_on_ = at;
    left_off_ = spots_.safe_place(at);
    return left_off_;
}

/// Takes the runs and the spots that begin before the end of what is read; gives where the first
/// other one begins; npos if there is none.
std::size_t Finder::take_all() {
    std::span<const Spot> spots = spots_.spots();
    for (std::size_t i = 0; i < spots_.runs(); ++i) {
        const Slice run = spots_.run(i);
        for (; !spots.empty() && spots.front().where.begin < run.begin; spots = spots.subspan(1)) {
            if (!take_spot(spots.front())) return spots.front().where.begin;
        }
        if (stretch_.begin < stretch_.end) take_stretch(run.begin);
        if (run.begin >= until_) return run.begin;
        take_run(run);
    }
    for (const Spot& spot : spots) {
        if (!take_spot(spot)) return spot.where.begin;
    }
    take_stretch(stretch_.end);
    return std::string_view::npos;
}

/// Where to go on, with the bytes before the floor that a mark behind it may begin with.
std::size_t Finder::on_from(std::size_t next) const noexcept {
    return std::max(next, floor_ - std::min(floor_, SpotReader::longest_mark));
}

/// Takes a spot, and before it what begins before it in the stretch around it. False if it begins
/// behind what is read.
bool Finder::take_spot(const Spot& spot) {
    if (stretch_.begin < stretch_.end) take_stretch(spot.where.begin);
    if (spot.where.begin >= until_) return false;
    switch (spot.kind) {
        case SpotKind::Stretch:
            take_stretch(stretch_.end);
            stretch_ = {spot.where.begin, std::min(spot.where.end, text_.size())};
            break;
        case SpotKind::Mark:
            take_mark(spot.where.end - 1);
            break;
    }
    return true;
}

inline void Finder::add_sha256(Slice where, const char* digits) {
    // Field by field: a copy of what has just been written in parts would wait for the memory.
    Sighting& sighting = sightings_->emplace_back();
    kernel_.decode_column(digits, 0, 1, bytes_of(sighting), 0);
    sighting.offset = base_ + where.begin;
    sighting.size = static_cast<std::uint32_t>(where.size());
    if (may_be_placeholder(sighting.sha256.bytes())) sighting.reason = judge_value(sighting.sha256);
    tell_until(where.end);
}

/// Takes 64 digits between plain neighbours: what nearly all hashes are.
inline bool Finder::take_whole(Slice run) {
    const unsigned left = run.begin > 0 ? before(text_, run) : 0;
    if ((left & Beside::word) != 0) return false;
    if (run.end < text_.size() && (after(text_, run) & (Beside::word | Beside::mark)) != 0) {
        return false;
    }
    if ((left & Beside::sequence) != 0 && sequence_digits(text_, run) > 0) return false;
    add_sha256(run, text_.data() + run.begin);
    const Slice first = std::exchange(whole_, run);
    column_ = {};
    if (Column::can_begin(first, run)) take_column(first, run);
    return true;
}

inline void Finder::take_run(Slice run) {
    if (run.begin < floor_) return;
    if (run.size() == Sha256::hex_count) {
        if (take_whole(run)) return;
    } else if (is_certainly_plain(text_, run, floor_)) {
        return take_plain(run);
    }
    take_uncertain(run);
}

/// Takes a run beside which something may stand.
void Finder::take_uncertain(Slice run) {
    is_plain(text_, run) ? take_plain(run) : take_beside_others(run);
}

/// Takes a run beside which something stands that may change what it is, or a long one.
void Finder::take_beside_others(Slice run) {
    if (run.begin > 0 && is_hex_digit(text_[run.begin - 1])) return;  // taken whole before
    if (run.size() == longest_group) {
        const auto groups = shape_of_groups(text_, run);
        if (groups) return reject(groups->where, groups->reason);
    }
    if (run.size() >= long_run) {
        reject(run, RejectionReason::OtherLength);
        take_long_run(run);
    } else if (may_be_joined(text_, run)) {
        take_chain(run);
    } else {
        take_alone(run);
    }
}

/// Takes digits beside which nothing stands that changes what they are.
inline void Finder::take_plain(Slice run) {
    if (run.size() == Sha256::hex_count) {
        add_sha256(run, text_.data() + run.begin);
    } else if (run.size() >= shortest_digest) {
        reject(run, reason_of_length(run.size()));
    }
}

/// Takes the hashes that follow two others with the same between them, as the lines of a list do.
void Finder::take_column(Slice first, Slice second) {
    const Column column(text_, first, second);
    bool ends = false;
    while (!ends && sightings_->size() < enough_) {
        const std::size_t taken = column.read(kernel_, second, until_, base_, *sightings_);
        first = {first.begin + taken * column.stride(), first.end + taken * column.stride()};
        second = {second.begin + taken * column.stride(), second.end + taken * column.stride()};
        ends = taken < Column::part;
    }
    tell_until(second.end);
    whole_ = second;
    column_ = ends ? Slice{} : first;
}

/// Goes to the end of a run that was told of, or notes that it goes on behind the window.
void Finder::take_long_run(Slice run) {
    while (run.end < text_.size() && is_hex_digit(text_[run.end])) ++run.end;
    in_long_run_ = run.end == text_.size() && !last_;
    tell_until(run.end);
}

/// The first island of UTF-16 in a text that is none with as many digits as a digest has: as
/// programs leave it that append to a file of another encoding. Looked for up to `end`, where the
/// text is in the cache; both its ends are that of the text if there is none.
Slice Finder::next_island(std::size_t end) {
    const std::size_t done =
        islands_read_ > base_ ? static_cast<std::size_t>(islands_read_ - base_) : 0;
    if (island_bytes_ > 0 && island_ < base_ + floor_) island_bytes_ = 0;
    std::size_t at = std::max(done, floor_);
    if (at >= spots_.begin()) at = std::max(at, spots_.first_nuls());
    while (island_bytes_ == 0 && (at = next_nul(text_, at, end)) + 1 < end) {
        const Slice digits = laced_with_nul(text_, at, floor_);
        if (digits.size() + 1 >= 2 * shortest_digest) {
            island_ = base_ + digits.begin;
            island_bytes_ = digits.size();
        }
        at = std::max(at + nul_step, digits.end);
    }
    islands_read_ = std::max(islands_read_, base_ + std::min(at, end));
    if (island_bytes_ == 0) return {text_.size(), text_.size()};
    const auto begin = static_cast<std::size_t>(island_ - base_);
    return {begin, begin + island_bytes_};
}

/// Takes digits of UTF-16 in a text that is none, as they would be taken without the NULs.
void Finder::take_island(Slice island) {
    island_bytes_ = 0;
    islands_read_ = base_ + std::max(floor_, island.begin);  // it may be shorter than it was
    if (island.begin < floor_) return;
    if (island.size() >= 2 * long_run) {
        reject(island, RejectionReason::OtherLength);
        return take_long_island(island);
    }
    const Narrowed narrow = narrowed(text_, island, floor_);
    std::vector<Sighting> found;
    Finder(kernel_, rejoin_).read({narrow.text}, 0, narrow.text.size(), found);
    const auto inside = std::find_if(found.begin(), found.end(), [&](const Sighting& each) {
        return each.offset >= narrow.digits.begin && each.offset + each.size <= narrow.digits.end;
    });
    if (inside == found.end()) return reject(island, reason_of_length((island.size() + 1) / 2));
    Sighting& sighting = sightings_->emplace_back(*inside);
    sighting.offset = base_ + island.begin + 2 * (inside->offset - narrow.digits.begin);
    sighting.size = 2 * inside->size - 1;
    sighting.joined = sighting.sha256 != Sha256();
    tell_until(island.end);
}

/// Goes to the end of an island that was told of, or notes that it goes on behind the window.
void Finder::take_long_island(Slice island) {
    while (island.end + 1 < text_.size() && is_nul(text_, island.end) &&
           is_hex_digit(text_[island.end + 1])) {
        island.end += 2;
    }
    in_long_island_ = island.end + 2 > text_.size() && !last_;
    tell_until(island.end);
}

void Finder::take_chain(Slice run) {
    read_chain(text_, run, floor_, chain_);
    take_pieces(chain_.pieces);
}

/// Takes the chain of digits that are few by themselves, if others stand on their line.
void Finder::take_laced(Slice digits) {
    read_chain(text_, digits, floor_, chain_);
    const std::span<const Piece> pieces = chain_.pieces;
    const bool laced = std::any_of(pieces.begin(), pieces.end() - 1,
                                   [](const Piece& piece) { return piece.joint != Joint::Wrap; });
    if (laced) take_pieces(pieces);
}

void Finder::take_pieces(std::span<const Piece> pieces) {
    // Digits that continue what was told of already are no hash of their own, unless that was one.
    const bool begins = !chain_.continues || base_ + floor_ == wrapped_until_;
    const std::size_t wrapped = begins ? wrapped_pieces(text_, chain_) : 0;
    const std::size_t told =
        wrapped_until_ > base_ ? static_cast<std::size_t>(wrapped_until_ - base_) : 0;
    if (wrapped > 0 && !follow_left_over(text_, pieces.first(wrapped), told)) {
        return take_wrapped(pieces.first(wrapped));
    }
    take_lines(pieces);
}

/// Takes pieces that no line break joins. They are not read again, but for the last one, with which
/// something else may begin.
void Finder::take_lines(std::span<const Piece> pieces) {
    const std::size_t last = pieces.back().digits.begin;
    while (!pieces.empty()) {
        const std::size_t line = pieces_of_line(text_, pieces);
        take_line(pieces.first(line));
        pieces = pieces.subspan(line);
    }
    if (floor_ < last) tell_until(last);
}

/// Takes pieces that line breaks join to SHA-256s.
void Finder::take_wrapped(std::span<const Piece> pieces) {
    while (!pieces.empty()) {
        const std::size_t count = pieces_of_sha256(pieces);
        add_pieces(pieces.first(count), 0);
        pieces = pieces.subspan(count);
    }
    wrapped_until_ = base_ + floor_;
}

/// Takes pieces that stand on one line.
void Finder::take_line(std::span<const Piece> line) {
    if (line.size() > 1 && take_cut_line(line)) return;
    const JoinedDigest digest = line.size() > 1 ? join_line(text_, line) : JoinedDigest{};
    if (digest.digits == Sha256::hex_count) {
        add_pieces(line, digest.glued);
    } else if (digest.digits > 0) {
        const Slice where{line.front().digits.begin + digest.glued, line.back().digits.end};
        reject(where, reason_of_length(digest.digits));
    } else {
        for (const Piece& piece : line) {
            if (piece.digits.begin >= floor_) take_alone(piece.digits);
        }
    }
}

/// Takes pieces that invisible characters join and a mark cuts off, as digits without them.
bool Finder::take_cut_line(std::span<const Piece> line) {
    if (weakest_joint(line) != Joint::Invisible) return false;
    std::size_t digits = 0;
    bool mixed = false;
    for (const Piece& piece : line) {
        digits += piece.digits.size();
        mixed |= is_mixed(piece.digits.of(text_));
    }
    const Slice first = line.front().digits;
    const Slice last = line.back().digits;
    const bool many = digits >= shortest_digest;
    if (!many && (digits < shortest_cut_digest || !mixed)) return false;
    CutMark cut = cut_after(text_, last.end);
    const bool whole = digits == Sha256::hex_count && cut.kind == CutKind::Mask;
    if (whole) cut = {};  // asterisks behind a whole hash are mark-up
    if (!cut && (!many || is_behind_letters(text_, first)) && ends_word(text_, last.end)) {
        cut = cut_before(text_, first.begin);
    }
    if (!cut) return false;
    reject({first.begin, last.end}, reason_of(cut));
    return true;
}

/// Adds the SHA-256 that stands in pieces, without the first `glued` digits.
void Finder::add_pieces(std::span<const Piece> pieces, std::size_t glued) {
    std::string digits;
    for (const Piece& piece : pieces) digits += piece.digits.of(text_);
    const Slice where{pieces.front().digits.begin + glued, pieces.back().digits.end};
    add_sha256(where, digits.data() + glued);
    if (pieces.size() == 1) return;
    Sighting& sighting = sightings_->back();
    sighting.joined = true;
    const bool certain = rejoin_ || weakest_joint(pieces) == Joint::Invisible;
    if (!certain && !sighting.reason) sighting.reason = RejectionReason::Split;
}

/// What stands beside a run comes before its length: digits that a mark cuts off or that letters
/// prolong do not have the length they show.
void Finder::take_alone(Slice run) {
    run = without_sequence(text_, run);
    if (run.size() < Sha256::hex_count && touches_look_alike(text_, run)) {
        const auto shape = look_alike_around(text_, run);
        if (shape && shape->where.begin >= floor_) return reject(shape->where, shape->reason);
    }
    if (take_cut_digits(run)) return;
    if (run.size() < shortest_digest) return;
    if (may_follow_code(text_, run) && take_behind_code(run)) return;
    if (!begins_digits(text_, run.begin) || !ends_digits(text_, run.end)) {
        return reject(run, RejectionReason::Glued);
    }
    take_plain(run);
}

/// Takes digits whose first ones belong to a code or a label that stands before them.
bool Finder::take_behind_code(Slice run) {
    constexpr std::array<std::size_t, 6> lengths{64, 32, 40, 56, 96, 128};
    if (!ends_digits(text_, run.end)) return false;
    const auto* const length = std::find_if(
        lengths.begin(), lengths.end(),
        [&](std::size_t wanted) { return glued_digits(text_, run.begin, run.size(), wanted) > 0; });
    if (length == lengths.end()) return false;
    const Slice digits{run.end - *length, run.end};
    if (*length == Sha256::hex_count) {
        add_sha256(digits, text_.data() + digits.begin);
    } else {
        reject(digits, reason_of_length(*length));
    }
    return true;
}

/// Takes digits that a mark cuts off. Less than a digest has must be what is left of one: 8 or
/// more, with a letter and a decimal digit among those of one side, which no word and no number
/// has. Beside a mark that is a word, such as `[redacted]`, so few are seen only by chance.
bool Finder::take_cut_digits(Slice run) {
    const std::string_view digits = run.of(text_);
    const bool many = run.size() >= shortest_digest;
    const CutMark cut_off = cut_after(text_, run.end);
    const bool whole = run.size() == Sha256::hex_count && cut_off.kind == CutKind::Mask;
    if (cut_off && !whole) {  // asterisks behind a whole hash are mark-up
        const Slice other = far_side(text_, run);
        const bool left_over = run.size() >= shortest_far_side && begins_digits(text_, run.begin) &&
                               run.size() + other.size() >= shortest_cut_digest &&
                               (is_mixed(digits) || is_mixed(other.of(text_)));
        if (!many && !left_over) return false;
        reject(run, reason_of(cut_off));
        if (!other.empty()) tell_until(other.end);  // `\u2026` ends with digits of the next run
        return true;
    }
    if (many && !is_behind_letters(text_, run)) return false;
    if (run.size() < shortest_cut_digest) return false;
    const CutMark cut = cut_before(text_, run.begin);
    if (!cut || !ends_word(text_, run.end) || !is_mixed(digits)) return false;
    reject(run, reason_of(cut));
    return true;
}

/// Takes the digits before and behind the mark whose second byte, or whose last one, is at `at`.
void Finder::take_mark(std::size_t at) {
    if (at > 0 && is_one_of(text_[at - 1], "<&") && take_soft_mark(at - 1)) return;
    if (at > 0 && ascii_lower(text_[at]) == 'h') return take_shape(base64_at(text_, at - 1));
    std::size_t begin = at;
    while (begin > 0 && at - begin < 3 && !is_hex_digit(text_[begin - 1])) --begin;
    const std::size_t reach_back = std::max(floor_, begin - std::min(begin, shortest_digest));
    const Slice before = digits_before(text_, begin, reach_back);
    if (before.empty()) take_shape(masked_digest_around(text_, at));
    if (!before.empty() && before.size() < ScanKernel::sure_run && take_beside_mark(before)) return;

    std::size_t end = at + 1;
    if (end < text_.size() && text_[end] == ']') ++end;
    const std::size_t reach_on = std::min(text_.size(), end + shortest_digest);
    const Slice after = digits_at(text_.substr(0, reach_on), end);
    if (!after.empty() && after.size() < ScanKernel::sure_run && end >= floor_) {
        if (const auto shape = shape_from(text_, after)) return take_shape(shape);
        take_beside_mark(after);
    }
}

/// Takes a few digits beside a mark, with those that invisible characters join to them; whether
/// they were told of.
bool Finder::take_beside_mark(Slice digits) {
    const bool laced =
        invisible_before(text_, digits.begin) > 0 || invisible_at(text_, digits.end) > 0;
    if (!laced) return take_cut_digits(digits);
    take_laced(digits);
    return floor_ >= digits.end;
}

void Finder::take_shape(const std::optional<Shape>& shape) {
    if (shape && shape->where.begin >= floor_) reject(shape->where, shape->reason);
}

/// Takes the digits before a soft break of HTML that may begin at `at`, with those behind it;
/// whether there were some.
bool Finder::take_soft_mark(std::size_t at) {
    const std::size_t reach_back = std::max(floor_, at - std::min(at, shortest_digest));
    const Slice digits = digits_before(text_, at, reach_back);
    if (!digits.empty() && digits.size() < ScanKernel::sure_run) take_laced(digits);
    return floor_ > at;
}

/// Takes what begins in the stretch before `until`, and goes on there the next time.
void Finder::take_stretch(std::size_t until) {
    const auto may_begin = [](char c) { return shape_begins[static_cast<unsigned char>(c)]; };
    std::size_t at = std::max(stretch_.begin, floor_);
    const std::size_t end = std::min(stretch_.end, until);
    while (at < end) {
        while (at < end && !may_begin(text_[at])) ++at;
        if (at < end) at = std::max(take_in_stretch(at), floor_);
    }
    stretch_.begin = std::min(std::max(stretch_.begin, at), stretch_.end);
}

/// Takes what begins at `at` in a stretch, and gives the place where to go on.
std::size_t Finder::take_in_stretch(std::size_t at) {
    if (at > 0 && is_hex_digit(text_[at - 1])) return std::max(digits_at(text_, at).end, at + 1);
    const Slice digits = digits_at(text_, at);
    const auto shape = shape_from(text_, digits);
    if (shape && shape->where.begin >= floor_) {
        reject(shape->where, shape->reason);
        return shape->where.end;
    }
    if (!digits.empty() && digits.size() < ScanKernel::sure_run &&
        laced_bytes(text_, digits) >= ScanKernel::sure_stretch) {
        take_laced(digits);
    }
    return std::max(last_of_groups(text_, digits), at + 1);
}

inline void Finder::reject(Slice where, RejectionReason reason) {
    constexpr std::size_t most = UINT32_MAX;
    Sighting& sighting = sightings_->emplace_back();
    sighting.offset = base_ + where.begin;
    sighting.size = static_cast<std::uint32_t>(std::min(where.size(), most));
    sighting.reason = reason;
    tell_until(where.end);
}

}  // namespace libblock::detail
