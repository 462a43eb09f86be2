#include "libblock/detail/scan_place.hpp"

#include <algorithm>

#include "libblock/detail/scan_text.hpp"
#include "libblock/detail/text.hpp"

namespace libblock::detail {
namespace {

struct Count {
    std::size_t characters = 0;
    std::size_t pairs = 0;  ///< of them, those that UTF-16 needs two units for
};

bool all_ascii(std::string_view text) noexcept {
    unsigned char bits = 0;
    for (const char c : text) bits |= static_cast<unsigned char>(c);
    return bits < 0x80;
}

/// The characters of `text`; a byte that is not UTF-8 counts as one.
Count count_characters(std::string_view text) noexcept {
    if (all_ascii(text)) return {text.size()};
    Count count;
    for (std::size_t at = 0; at < text.size(); ++count.characters) {
        const std::size_t bytes = is_ascii(text[at]) ? 1 : character_at(text, at).bytes;
        count.pairs += bytes == 4;
        at += bytes;
    }
    return count;
}

/// `count` and some more, as far as can be counted.
std::uint32_t counted_on(std::uint32_t count, std::size_t more) noexcept {
    return static_cast<std::uint32_t>(
        std::min<std::uint64_t>(std::uint64_t{count} + more, UINT32_MAX));
}

}  // namespace

TextPlace PlaceCounter::place_of(const Window& window, std::size_t offset) noexcept {
    const std::size_t from = window.relative(read_until_);
    const std::string_view passed = window.text.substr(from, offset - from);
    TextPlace place = place_;
    place.offset += given_bytes(passed);
    std::string_view line = passed;
    if (const std::size_t breaks = kernel_.count_line_breaks(passed); breaks > 0) {
        place.line = counted_on(place.line, breaks);
        place.column = 1;
        line = passed.substr(kernel_.last_line(passed));
    }
    place.column = counted_on(place.column, count_characters(line).characters);
    read_until_ = window.base + offset;
    place_ = place;
    return place;
}

/// How many bytes what stands behind the last place had as it was given.
std::uint64_t PlaceCounter::given_bytes(std::string_view passed) const noexcept {
    if (decoded_until_ <= read_until_) return passed.size();
    const std::uint64_t left = decoded_until_ - read_until_;
    const std::size_t decoded =
        static_cast<std::size_t>(std::min<std::uint64_t>(passed.size(), left));
    const Count count = count_characters(passed.substr(0, decoded));
    constexpr std::size_t unit = 2;
    return unit * (count.characters + count.pairs) + passed.size() - decoded;
}

}  // namespace libblock::detail
