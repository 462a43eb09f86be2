#include "libblock/detail/collector.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "libblock/detail/repeats.hpp"
#include "libblock/detail/text.hpp"

namespace libblock::detail {
namespace {

/// Findings are read so many bytes at a time, to be worked on while the text is in the cache.
constexpr std::size_t step = 64 * 1024;
constexpr std::size_t longest_text = 160;  ///< characters of a rejection
constexpr std::size_t record_gap = 4096;   ///< bytes that no record reaches over

/// Whether a rejection stands in the place of a SHA-256. Digests of other kinds stand beside the
/// SHA-256 of the same file, and part no words from it.
constexpr bool stands_for_sha256(RejectionReason reason) noexcept {
    switch (reason) {
        case RejectionReason::OneDigitShort:
        case RejectionReason::OneDigitLong:
        case RejectionReason::Glued:
        case RejectionReason::Truncated:
        case RejectionReason::Redacted:
        case RejectionReason::Split:
        case RejectionReason::LookAlike:
        case RejectionReason::EmptyFile:
        case RejectionReason::Placeholder:
            return true;
        default:
            return false;
    }
}

bool is_anchor(const Sighting& sighting) noexcept {
    return !sighting.reason || stands_for_sha256(*sighting.reason);
}

/// The first `longest_text` characters of `text`.
std::string_view shortened(std::string_view text) noexcept {
    if (text.size() <= longest_text) return text;
    std::size_t characters = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!continues_character(text[i]) && ++characters > longest_text) return text.substr(0, i);
    }
    return text;
}

/// A text without the NULs that part the digits of UTF-16.
std::string without_nuls(std::string_view text) {
    std::string rest(text);
    std::erase(rest, '\0');
    return rest;
}

Slice slice_of(const Window& window, const Sighting& sighting) noexcept {
    const std::size_t begin = window.relative(sighting.offset);
    return {begin, begin + sighting.size};
}

}  // namespace

Collector::Collector(ExtractOptions options, bool decoded, std::uint64_t offset)
    : options_(std::move(options)),
      finder_(*scan_kernels().front(), options_.rejoin),
      places_(*scan_kernels().front(), decoded, offset),
      contexts_(*scan_kernels().front(), !options_.context) {}

std::size_t Collector::read(const Window& window, std::size_t from, std::size_t until) {
    const auto moved = static_cast<std::size_t>(window.base - anchors_base_);
    for (Slice& anchor : anchors_) anchor = {anchor.begin - moved, anchor.end - moved};
    anchors_base_ = window.base;
    while (from < until) {
        sightings_.clear();
        from = finder_.read(window, from, std::min(from + step, until), sightings_);
        for (const Sighting& sighting : sightings_) take(window, sighting);
        const bool all = window.base == 0 && window.last;
        if (all && from < until) make_room(from, until);
    }
    const bool ended = window.last && until == window.text.size();
    if (!anchors_.empty() && (ended || from > anchors_.back().end + record_gap)) end_record(window);
    return from;
}

/// Makes room for what a text holds that goes on as its first `read` of `all` bytes.
void Collector::make_room(std::size_t read, std::size_t all) {
    constexpr double most = 8;  // times what there is: texts may change
    const double left = 1.05 * static_cast<double>(all) / static_cast<double>(read);
    // Of two steps the first is the small one, not to move nearly everything at the end.
    const double times = left <= most ? left : std::clamp(left / most, 2.0, most);
    const auto expected = [&](std::size_t count) {
        return static_cast<std::size_t>(static_cast<double>(count) * std::max(times, 1.0));
    };
    const auto is_nearly_full = [](std::size_t size, std::size_t capacity) {
        return size + step / Sha256::hex_count > capacity;
    };
    Candidates& accepted = extraction_.accepted;
    Rejections& rejected = extraction_.rejected;
    if (is_nearly_full(accepted.size(), accepted.capacity())) {
        accepted.reserve(expected(accepted.size()));
    }
    if (is_nearly_full(rejected.size(), rejected.capacity())) {
        rejected.reserve(expected(rejected.size()), expected(rejected.text_bytes()));
    }
}

void Collector::pass(const Window& window, std::size_t offset) noexcept {
    if (places_.read_until() < window.base + offset) places_.place_of(window, offset);
}

Extraction Collector::finish() && {
    part_repeats(extraction_);
    extraction_.accepted.shrink_to_fit();
    extraction_.rejected.shrink_to_fit();
    return std::move(extraction_);
}

void Collector::take(const Window& window, const Sighting& sighting) {
    const Slice where = slice_of(window, sighting);
    if (!anchors_.empty() && is_anchor(sighting) &&
        !in_one_record(window.text, anchors_.front(), anchors_.back(), where)) {
        end_record(window);
    }
    if (is_anchor(sighting)) anchors_.push_back(where);
    const TextPlace place = places_.place_of(window, where.begin);
    if (anchors_.empty()) return settle(window, {sighting, place}, {});
    Pending& pending = pending_.emplace_back();
    pending.sighting = sighting;
    pending.place = place;
}

void Collector::end_record(const Window& window) {
    anchor_contexts_.assign(anchors_.size(), {});
    contexts_.read(window, anchors_, anchor_contexts_);
    std::size_t anchor = 0;
    for (const Pending& pending : pending_) {
        const bool has_context = is_anchor(pending.sighting);
        settle(window, pending, has_context ? anchor_contexts_[anchor++] : HashContext());
    }
    pending_.clear();
    anchors_.clear();
}

/// Judges an accepted hash by its label and by what is known, and keeps what was found.
void Collector::settle(const Window& window, const Pending& pending, const HashContext& context) {
    const Sighting& sighting = pending.sighting;
    std::optional<RejectionReason> reason = sighting.reason;
    if (!reason) {
        if (context.labelled_as == DigestLabel::Certificate) {
            reason = RejectionReason::Certificate;
        } else if (context.labelled_as == DigestLabel::OtherDigest) {
            reason = RejectionReason::OtherDigest;
        } else if (options_.known_good && options_.known_good(sighting.sha256)) {
            reason = RejectionReason::KnownGood;
        }
    }
    if (!reason) {
        const bool image = context.labelled_as == DigestLabel::Authentihash;
        const HashKind kind = image ? HashKind::Authenticode : HashKind::File;
        extraction_.accepted.push_back(sighting.sha256, kind, pending.place, context);
    } else if (sighting.joined) {
        extraction_.rejected.push_back(sighting.sha256.to_string(), *reason, pending.place);
    } else {
        const Slice run = slice_of(window, sighting);
        const std::string_view text = shown(window.text, run, *reason).of(window.text);
        if (text.find('\0') == std::string_view::npos) {
            extraction_.rejected.push_back(shortened(text), *reason, pending.place);
        } else {
            extraction_.rejected.push_back(shortened(without_nuls(text)), *reason, pending.place);
        }
    }
}

}  // namespace libblock::detail
