#include "libblock/extraction.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "libblock/detail/context_records.hpp"
#include "libblock/detail/scan_place.hpp"
#include "libblock/detail/scan_runs.hpp"
#include "libblock/detail/scan_text.hpp"

namespace libblock {
namespace {

using detail::Slice;

constexpr std::size_t shortest_digest = 32;
constexpr std::size_t shortest_cut_digest = 8;  ///< of what an ellipsis leaves of a digest
constexpr std::size_t longest_text = 160;

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

std::optional<RejectionReason> judge_length(std::size_t digits) noexcept {
    if (digits == Sha256::hex_count) return std::nullopt;
    for (const auto& length : other_lengths) {
        if (length.digits == digits) return length.reason;
    }
    return RejectionReason::OtherLength;
}

/// What stands beside a run comes before its length: digits that an ellipsis cuts off or that
/// letters prolong do not have the length they show.
std::optional<RejectionReason> judge_run(std::string_view text, Slice run) noexcept {
    if (detail::ellipsis_after(text, run.end) > 0) return RejectionReason::Truncated;
    if (!detail::begins_digits(text, run.begin) || !detail::ends_word(text, run.end)) {
        return RejectionReason::Glued;
    }
    return judge_length(run.size());
}

std::optional<RejectionReason> judge_digest(const Sha256& sha256) {
    static const Sha256 of_nothing =
        Sha256::parse("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855").value();
    if (sha256 == of_nothing) return RejectionReason::EmptyFile;
    const auto& bytes = sha256.bytes();
    const bool one_byte = std::all_of(bytes.begin(), bytes.end(),
                                      [&](std::uint8_t byte) { return byte == bytes.front(); });
    if (one_byte && bytes.front() >> 4 == (bytes.front() & 15)) {
        return RejectionReason::RepeatedDigit;
    }
    return std::nullopt;
}

/// Whether such a rejection stands in the place of a SHA-256. Digests of other kinds stand beside
/// the SHA-256 of the same file, and part no words from it.
bool stands_for_sha256(RejectionReason reason) noexcept {
    return reason >= RejectionReason::OneDigitShort && reason != RejectionReason::OtherLength;
}

bool is_mixed(std::string_view digits) noexcept {
    return std::any_of(digits.begin(), digits.end(), detail::is_digit) &&
           std::any_of(digits.begin(), digits.end(), detail::is_letter);
}

/// The digits on the far side of the ellipsis at `run.end`, as in `dde0334...0acc`; empty if there
/// are none or so many that they are judged alone.
Slice far_side(std::string_view text, Slice run) noexcept {
    const Slice side = detail::run_at(text, run.end + detail::ellipsis_after(text, run.end));
    const bool belongs = side.size() >= detail::shortest_run && side.size() < shortest_digest &&
                         detail::ends_word(text, side.end);
    return belongs ? side : Slice{side.begin, side.begin};
}

/// A run with its ellipsis and what is left on the far side of that.
Slice with_ellipsis(std::string_view text, Slice run) noexcept {
    if (detail::ellipsis_after(text, run.end) > 0) return {run.begin, far_side(text, run).end};
    return {run.begin - detail::ellipsis_before(text, run.begin), run.end};
}

/// Whether a run that is too short for a digest is what an ellipsis leaves of one: 8 digits or
/// more, with a letter and a decimal digit among those of one side, which no word or number has.
bool is_cut_digest(std::string_view text, Slice run) noexcept {
    const std::string_view digits = run.of(text);
    if (detail::ellipsis_after(text, run.end) > 0) {
        const Slice other = far_side(text, run);
        return detail::begins_digits(text, run.begin) &&
               digits.size() + other.size() >= shortest_cut_digest &&
               (is_mixed(digits) || is_mixed(other.of(text)));
    }
    return detail::ellipsis_before(text, run.begin) > 0 && detail::ends_word(text, run.end) &&
           digits.size() >= shortest_cut_digest && is_mixed(digits);
}

/// A run with the letters and digits that are glued to it; of a word longer than a rejection's
/// text, what fits around the run, from both sides alike.
Slice with_word(std::string_view text, Slice run) noexcept {
    if (run.size() >= longest_text) return run;
    const std::size_t room = longest_text - run.size();
    std::size_t left = 0;
    while (left < room && !detail::begins_word(text, run.begin - left)) ++left;
    std::size_t right = 0;
    while (right < room && !detail::ends_word(text, run.end + right)) ++right;
    if (left + right > room) {
        left = std::max(std::min(left, room / 2), room - right);
        right = room - left;
    }
    return {run.begin - left, run.end + right};
}

/// What a rejected run is shown as.
Slice shown(std::string_view text, Slice run, RejectionReason reason) noexcept {
    switch (reason) {
        case RejectionReason::Truncated:
            return with_ellipsis(text, run);
        case RejectionReason::Glued:
            return with_word(text, run);
        default:
            return run;
    }
}

/// Parts what was found, in reading order, into first appearances and repeats. It sorts, because
/// digests chosen to collide would make a hash table quadratic.
void part_repeats(std::vector<Candidate> found, Extraction& extraction) {
    std::vector<std::pair<Sha256, std::size_t>> sorted;
    sorted.reserve(found.size());
    for (const auto& candidate : found) sorted.emplace_back(candidate.sha256, sorted.size());
    std::sort(sorted.begin(), sorted.end());
    std::vector<std::size_t> first(found.size());  // where each digest appears first
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        const bool again = i > 0 && sorted[i].first == sorted[i - 1].first;
        first[sorted[i].second] = again ? first[sorted[i - 1].second] : sorted[i].second;
    }
    std::vector<std::size_t> accepted_as(found.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (first[i] == i) {
            accepted_as[i] = extraction.accepted.size();
            extraction.accepted.push_back(std::move(found[i]));
        } else {
            extraction.duplicates.push_back(
                {found[i].sha256, found[i].place, accepted_as[first[i]]});
        }
    }
}

/// Collects what a walk through the text comes upon, in reading order.
class Collector {
public:
    Collector(std::string_view text, const ExtractOptions& options)
        : text_(text), options_(options), places_(text) {}

    void add_run(Slice run) {
        if (run.begin < shown_until_) return;  // the far side of an ellipsis, shown with the near
        if (run.size() < shortest_digest) {
            if (is_cut_digest(text_, run)) reject_run(run, RejectionReason::Truncated);
        } else if (const auto reason = judge_run(text_, run)) {
            reject_run(run, *reason);
        } else {
            add_digits(run, std::string(run.of(text_)));
        }
    }

    /// Adds a hash whose digits line breaks split.
    void add_pieces(std::span<const Slice> pieces) {
        const Slice whole{pieces.front().begin, pieces.back().end};
        std::string digits;
        for (const Slice piece : pieces) digits += piece.of(text_);
        if (options_.rejoin) {
            add_digits(whole, std::move(digits));
        } else {
            reject(whole, RejectionReason::Split, std::move(digits));
        }
    }

    Extraction finish() && {
        if (options_.context) detail::read_contexts(text_, anchors_, found_);
        part_repeats(std::move(found_), extraction_);
        return std::move(extraction_);
    }

private:
    void add_digits(Slice where, std::string digits) {
        const Sha256 sha256 = Sha256::parse(digits).value();
        if (const auto reason = judge_digest(sha256)) {
            reject(where, *reason, std::move(digits));
            return;
        }
        anchors_.push_back({where, found_.size()});
        found_.push_back({sha256, HashKind::File, places_.place_of(where.begin), {}});
    }

    void reject_run(Slice run, RejectionReason reason) {
        const Slice all = shown(text_, run, reason);
        if (reason == RejectionReason::Truncated) shown_until_ = all.end;
        reject(run, reason, std::string(all.of(text_).substr(0, longest_text)));
    }

    void reject(Slice where, RejectionReason reason, std::string text) {
        if (stands_for_sha256(reason)) anchors_.push_back({where});
        extraction_.rejected.push_back({std::move(text), reason, places_.place_of(where.begin)});
    }

    std::string_view text_;
    ExtractOptions options_;
    detail::PlaceCounter places_;
    std::size_t shown_until_ = 0;
    std::vector<detail::Anchor> anchors_;
    std::vector<Candidate> found_;
    Extraction extraction_;
};

}  // namespace

HashSet Extraction::hashes() const {
    std::vector<Sha256> digests;
    digests.reserve(accepted.size());
    for (const auto& candidate : accepted) digests.push_back(candidate.sha256);
    return HashSet(std::move(digests));
}

Extraction extract(std::string_view text, const ExtractOptions& options) {
    Collector collector(text, options);
    std::vector<Slice> chain;
    detail::next_chain(text, 0, chain);
    while (!chain.empty()) {
        std::span<const Slice> runs = chain;
        if (detail::is_wrapped(text, runs)) {
            while (!runs.empty()) {
                const std::size_t pieces = detail::pieces_of_hash(runs);
                collector.add_pieces(runs.first(pieces));
                runs = runs.subspan(pieces);
            }
        } else {
            for (const Slice run : runs) collector.add_run(run);
        }
        detail::next_chain(text, chain.back().end, chain);
    }
    return std::move(collector).finish();
}

}  // namespace libblock
