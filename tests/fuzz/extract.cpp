// Any bytes: what `extract` finds in them is complete, in order, where it says, and the same
// however it is asked.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fuzz.hpp"
#include "libblock/detail/encoding.hpp"
#include "libblock/extraction.hpp"
#include "libblock/extractor.hpp"
#include "oracle.hpp"

using namespace libblock;
using namespace libblock::fuzz;

namespace {

/// What the checks are looking at.
std::string_view input;

std::string report() {
    return literal(input);
}

std::string describe(std::string_view text, const Sighting& sighting) {
    const std::string reason(sighting.reason ? to_string(*sighting.reason) : "accepted");
    return reason + " at " + std::to_string(sighting.offset) + ": " +
           literal(text.substr(sighting.offset, sighting.size)) + " of " + report();
}

std::vector<Sighting> scan_all(std::string_view text, bool rejoin) {
    std::vector<Sighting> all;
    scan(text, rejoin,
         [&](std::span<const Sighting> some) { all.insert(all.end(), some.begin(), some.end()); });
    return all;
}

struct Run {
    std::size_t begin;
    std::size_t end;

    std::size_t size() const noexcept { return end - begin; }
};

std::vector<Run> long_runs(std::string_view text) {
    std::vector<Run> runs;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const std::size_t begin = at;
        while (at < text.size() && is_hex(text[at])) ++at;
        if (at - begin >= 32) runs.push_back({begin, at});
    }
    return runs;
}

bool counts_up(const std::string& digits) {
    const auto byte = [&](std::size_t i) {
        return std::stoul(digits.substr(2 * i, 2), nullptr, 16);
    };
    for (std::size_t i = 2; i < 32; ++i) {
        if ((byte(i) + 256 - byte(i - 1)) % 256 != (byte(1) + 256 - byte(0)) % 256) return false;
    }
    return true;
}

bool is_placeholder(const std::string& digits) {
    if (counts_up(digits)) return true;
    for (std::size_t period = 2; period <= 32; period += 2) {
        if (digits.substr(period) == digits.substr(0, 64 - period)) return true;
    }
    return false;
}

const std::map<RejectionReason, std::size_t> reason_lengths{
    {RejectionReason::Md5, 32},           {RejectionReason::Sha1, 40},
    {RejectionReason::Tiger, 48},         {RejectionReason::Sha224, 56},
    {RejectionReason::OneDigitShort, 63}, {RejectionReason::OneDigitLong, 65},
    {RejectionReason::Sha384, 96},        {RejectionReason::Sha512, 128}};

constexpr std::string_view empty_file =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// A sighting is what it says.
void check_sighting(std::string_view text, const Sighting& sighting) {
    const std::string_view where = text.substr(sighting.offset, sighting.size);
    const auto digits = joined_digits(where);
    const std::string hex = digits ? lower(*digits) : std::string();
    const bool value = !sighting.reason || sighting.reason == RejectionReason::Split ||
                       sighting.reason == RejectionReason::EmptyFile ||
                       sighting.reason == RejectionReason::Placeholder;
    if (value) {
        FUZZ_REQUIRE(hex == sighting.sha256.to_string(), describe(text, sighting));
        FUZZ_REQUIRE(sighting.joined == (where.size() != 64), describe(text, sighting));
        FUZZ_REQUIRE((hex == empty_file) == (sighting.reason == RejectionReason::EmptyFile),
                     describe(text, sighting));
        FUZZ_REQUIRE(is_placeholder(hex) == (sighting.reason == RejectionReason::Placeholder),
                     describe(text, sighting));
    } else if (const auto length = reason_lengths.find(*sighting.reason);
               length != reason_lengths.end()) {
        FUZZ_REQUIRE(hex.size() == length->second, describe(text, sighting));
    } else if (sighting.reason == RejectionReason::OtherLength) {
        FUZZ_REQUIRE(hex.size() >= 32, describe(text, sighting));
        for (const auto& [reason, digit_count] : reason_lengths) {
            FUZZ_REQUIRE(hex.size() != digit_count, describe(text, sighting));
        }
        FUZZ_REQUIRE(hex.size() != 64, describe(text, sighting));
    } else if (sighting.reason == RejectionReason::Glued) {
        const std::size_t end = sighting.offset + sighting.size;
        const std::size_t step = is_laced_with_nul(where) ? 1 : 0;  // the NUL between
        const bool before =
            sighting.offset > step && is_alphanumeric(text[sighting.offset - 1 - step]);
        const bool after = end + step < text.size() && is_alphanumeric(text[end + step]);
        FUZZ_REQUIRE(before || after, describe(text, sighting));
    }
}

/// Digits that invisible characters part from a hash belong to it, unless both are whole digests.
void check_laced_neighbours(std::string_view text, const Sighting& sighting) {
    const std::string_view where = text.substr(sighting.offset, sighting.size);
    const bool wrapped = where.find_first_of("\r\n<&") != std::string_view::npos;
    if (is_laced_with_nul(where)) return;
    if (sighting.reason || !sighting.joined || wrapped) return;
    std::size_t end = sighting.offset + sighting.size;
    while (end < text.size() && character_bytes(text, end) > 1 && joint_bytes(text, end) > 0) {
        end += character_bytes(text, end);
    }
    std::size_t digits = 0;
    while (end + digits < text.size() && is_hex(text[end + digits])) ++digits;
    const bool laced = end > sighting.offset + sighting.size;
    FUZZ_REQUIRE(!laced || digits == 0 || digits == 64, describe(text, sighting));
}

/// Digits before a hash that belong to a label or an escape: something that ends those must stand
/// before them.
bool may_be_glued(std::string_view text, std::size_t at) {
    constexpr std::string_view ends = "%=-_[;\x9BhHmMxXuU";
    return at > 0 && ends.find(text[at - 1]) != std::string_view::npos;
}

/// Each run of 32 digits or more is told of once and whole.
void check_runs(std::string_view text, const std::vector<Sighting>& sightings) {
    auto sighting = sightings.begin();
    for (const Run run : long_runs(text)) {
        const auto details = [&] {
            return "run at " + std::to_string(run.begin) + " of " + report();
        };
        const auto end_of = [](const Sighting& each) { return each.offset + each.size; };
        while (sighting != sightings.end() && end_of(*sighting) <= run.begin) ++sighting;
        FUZZ_REQUIRE(sighting != sightings.end() && sighting->offset < run.end, details());
        FUZZ_REQUIRE(end_of(*sighting) >= run.end, details());
        FUZZ_REQUIRE(sighting->offset <= run.begin || may_be_glued(text, run.begin), details());
        const auto next = sighting + 1;
        FUZZ_REQUIRE(next == sightings.end() || next->offset >= run.end, details());
    }
}

/// So is each of as many digits of UTF-16 in a text that is none, wherever it stands.
void check_wide_runs(std::string_view text, const std::vector<Sighting>& sightings) {
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && is_hex(text[end]) &&
               (end + 1 >= text.size() || !is_hex(text[end + 1])) &&
               (end == 0 || !is_hex(text[end - 1]))) {
            end += end + 1 < text.size() && text[end + 1] == '\0' ? 2 : 1;
            if (text[end - 1] != '\0') break;
        }
        if (end - at >= 64) {
            const auto count =
                std::count_if(sightings.begin(), sightings.end(), [&](const Sighting& each) {
                    return each.offset >= at && each.offset + each.size <= end;
                });
            FUZZ_REQUIRE(count == 1, "wide run at " + std::to_string(at) + " of " + report());
        }
        at = std::max(end, at + 1);
    }
}

/// Nothing hides 64 digits between separators that mean nothing else.
void check_plain_hashes(std::string_view text, const std::vector<Sighting>& sightings) {
    constexpr std::string_view plain = " \t\n,;\"'`|/(){}";
    const auto is_plain = [&](char c) { return plain.find(c) != std::string_view::npos; };
    for (const Run run : long_runs(text)) {
        const bool begins = run.begin == 0 || is_plain(text[run.begin - 1]);
        const bool ends = run.end == text.size() || is_plain(text[run.end]);
        const bool soft = run.begin > 1 && text[run.begin - 1] == '\n';  // may end `=\n`
        const bool mask =
            text.substr(run.end, 1) == "(" || text.substr(0, run.begin).ends_with(')');
        const bool entity = text.substr(0, run.begin).ends_with(';');
        if (run.size() != 64 || !begins || !ends || soft || mask || entity) continue;
        const auto found =
            std::find_if(sightings.begin(), sightings.end(),
                         [&](const Sighting& each) { return each.offset == run.begin; });
        FUZZ_REQUIRE(found != sightings.end(), report());
        FUZZ_REQUIRE(!found->reason || *found->reason == RejectionReason::EmptyFile ||
                         *found->reason == RejectionReason::Placeholder,
                     describe(text, *found));
    }
}

void check_sightings(std::string_view text, const std::vector<Sighting>& sightings) {
    std::uint64_t end = 0;
    for (const Sighting& sighting : sightings) {
        FUZZ_REQUIRE(sighting.offset >= end && sighting.size > 0, describe(text, sighting));
        end = sighting.offset + sighting.size;
        FUZZ_REQUIRE(end <= text.size(), describe(text, sighting));
        check_sighting(text, sighting);
        check_laced_neighbours(text, sighting);
    }
    check_runs(text, sightings);
    check_wide_runs(text, sightings);
    check_plain_hashes(text, sightings);
}

/// Joining changes the reason of what is split, and nothing else.
void check_rejoin(std::string_view text, std::vector<Sighting> strict,
                  const std::vector<Sighting>& joined) {
    for (Sighting& sighting : strict) {
        if (sighting.reason == RejectionReason::Split) sighting.reason.reset();
    }
    FUZZ_REQUIRE(strict == joined, literal(text));
}

/// Neither the case of digits nor text that stands apart changes what is found.
void check_changed_text(std::string_view text, const std::vector<Sighting>& sightings) {
    std::string upper(text);
    for (const Sighting& sighting : sightings) {
        if (sighting.reason && sighting.reason != RejectionReason::Split) continue;
        for (std::size_t i = 0; i < sighting.size; ++i) {
            char& c = upper[sighting.offset + i];
            if (is_hex(c) && c >= 'a') c = static_cast<char>(c - 32);
        }
    }
    FUZZ_REQUIRE(scan_all(upper, false) == sightings, report());

    constexpr std::string_view before = "Words before.\n\n";
    const std::string longer = std::string(before) + std::string(text) + "\n\nWords behind.";
    std::vector<Sighting> moved = scan_all(longer, false);
    for (Sighting& sighting : moved) sighting.offset -= before.size();
    FUZZ_REQUIRE(moved == sightings, report());
}

/// The lists of an extraction as one, in reading order.
struct Found {
    TextPlace place;
    std::optional<Sha256> sha256;  ///< accepted or a duplicate
    HashKind kind = HashKind::File;
    std::string text;  ///< rejected
    std::optional<RejectionReason> reason;
};

std::vector<Found> in_order(const Extraction& extraction) {
    std::vector<Found> all;
    std::set<std::pair<Sha256, HashKind>> distinct;
    for (const auto& each : extraction.accepted) {
        FUZZ_REQUIRE(distinct.emplace(each.sha256, each.kind).second, report());
        all.push_back({each.place, each.sha256, each.kind, {}, {}});
    }
    for (const auto& each : extraction.duplicates) {
        FUZZ_REQUIRE(each.first < extraction.accepted.size(), report());
        const auto first = extraction.accepted[each.first];
        FUZZ_REQUIRE(first.sha256 == each.sha256, report());
        FUZZ_REQUIRE(first.place.offset < each.place.offset, report());
        all.push_back({each.place, each.sha256, first.kind, {}, {}});
    }
    for (const auto& each : extraction.rejected) {
        all.push_back({each.place, {}, {}, each.text, each.reason});
    }
    const auto before = [](const Found& left, const Found& right) {
        return left.place.offset < right.place.offset;
    };
    const auto ascends = [](const auto& list) {
        return std::adjacent_find(list.begin(), list.end(),
                                  [](const auto& left, const auto& right) {
                                      return left.place.offset >= right.place.offset;
                                  }) == list.end();
    };
    FUZZ_REQUIRE(ascends(extraction.accepted) && ascends(extraction.rejected) &&
                     ascends(extraction.duplicates),
                 report());
    std::sort(all.begin(), all.end(), before);
    return all;
}

bool is_label_reason(RejectionReason reason) noexcept {
    return reason == RejectionReason::Certificate || reason == RejectionReason::OtherDigest;
}

void check_rejected_text(std::string_view text, const Sighting& sighting,
                         const std::string& shown) {
    const std::string where(text.substr(sighting.offset, sighting.size));
    FUZZ_REQUIRE(shortened(shown) == shown && !shown.empty(), describe(text, sighting));
    switch (sighting.reason.value_or(RejectionReason::Certificate)) {
        case RejectionReason::Truncated:
        case RejectionReason::Redacted:
            FUZZ_REQUIRE(shown.find(without_nuls(where).substr(0, 4)) != std::string::npos,
                         describe(text, sighting) + literal(shown));
            break;
        case RejectionReason::Glued:
            FUZZ_REQUIRE(shown.find(without_nuls(where).substr(0, 160)) != std::string::npos,
                         describe(text, sighting) + literal(shown));
            break;
        default:
            FUZZ_REQUIRE(sighting.joined ? shown == sighting.sha256.to_string()
                                         : shown == shortened(without_nuls(where)),
                         describe(text, sighting) + literal(shown));
    }
}

/// An extraction tells of the sightings, each in its place.
void check_extraction(const Decoded& decoded, const std::vector<TextPlace>& places,
                      const std::vector<Sighting>& sightings, const Extraction& extraction) {
    const std::vector<Found> found = in_order(extraction);
    FUZZ_REQUIRE(found.size() == sightings.size(), report());
    for (std::size_t i = 0; i < found.size(); ++i) {
        const Sighting& sighting = sightings[i];
        const auto details = [&] { return describe(decoded.text, sighting); };
        FUZZ_REQUIRE(found[i].place == places[sighting.offset], details());
        if (found[i].sha256) {
            FUZZ_REQUIRE(!sighting.reason && *found[i].sha256 == sighting.sha256, details());
            continue;
        }
        FUZZ_REQUIRE(sighting.reason ? found[i].reason == sighting.reason
                                     : is_label_reason(*found[i].reason),
                     details());
        check_rejected_text(decoded.text, sighting, found[i].text);
    }
}

/// Pieces whose sizes the text itself says.
Extraction extract_pieces(std::string_view bytes, const ExtractOptions& options) {
    Extractor extractor(options);
    while (!bytes.empty()) {
        const auto size = std::size_t{1} + static_cast<unsigned char>(bytes[bytes.size() / 2]);
        extractor.feed(bytes.substr(0, size));
        bytes.remove_prefix(std::min(size, bytes.size()));
    }
    return extractor.finish();
}

/// Labels are read even if contexts are not kept.
void check_without_context(const std::vector<Found>& with, const std::vector<Found>& without) {
    FUZZ_REQUIRE(with.size() == without.size(), report());
    for (std::size_t i = 0; i < with.size(); ++i) {
        FUZZ_REQUIRE(with[i].place == without[i].place, report());
        FUZZ_REQUIRE(with[i].sha256 == without[i].sha256, report());
        FUZZ_REQUIRE(with[i].kind == without[i].kind, report());
        FUZZ_REQUIRE(with[i].reason == without[i].reason, report());
    }
}

/// Known good hashes move to the rejections, and all else stays where it is.
void check_known_good(std::string_view bytes, const std::vector<Found>& all) {
    const auto is_good = [](const Sha256& sha256) { return sha256.bytes()[0] % 2 == 0; };
    const auto found = in_order(extract(bytes, {.known_good = is_good}));
    FUZZ_REQUIRE(found.size() == all.size(), report());
    for (std::size_t i = 0; i < all.size(); ++i) {
        FUZZ_REQUIRE(found[i].place == all[i].place, report());
        const bool good = all[i].sha256 && is_good(*all[i].sha256);
        FUZZ_REQUIRE(found[i].reason == (good ? RejectionReason::KnownGood : all[i].reason),
                     report());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = as_text(data, size);
    input = bytes;
    const auto [encoding, mark] = detail::read_head(bytes);
    const bool wide = encoding != detail::Encoding::Utf8;
    const Decoded decoded = wide ? decode_utf16(bytes, mark, encoding == detail::Encoding::Utf16Le)
                                 : decode_utf8(bytes, mark);
    const std::vector<TextPlace> places = places_of(decoded.text, decoded.offsets);
    const std::vector<Sighting> strict = scan_all(decoded.text, false);
    const std::vector<Sighting> joined = scan_all(decoded.text, true);
    check_sightings(decoded.text, strict);
    check_sightings(decoded.text, joined);
    check_rejoin(decoded.text, strict, joined);
    check_changed_text(decoded.text, strict);

    const Extraction extraction = extract(bytes);
    check_extraction(decoded, places, strict, extraction);
    check_without_context(in_order(extraction), in_order(extract(bytes, {.context = false})));
    check_known_good(bytes, in_order(extraction));
    FUZZ_REQUIRE(extract_pieces(bytes, {}) == extraction, report());
    const Extraction rejoined = extract(bytes, {.rejoin = true});
    check_extraction(decoded, places, joined, rejoined);
    FUZZ_REQUIRE(extract_pieces(bytes, {.rejoin = true}) == rejoined, report());
    return 0;
}
