// Any text: as UTF-16, in either order of bytes, with a mark or without, it holds the same hashes
// in the same places.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz.hpp"
#include "libblock/detail/encoding.hpp"
#include "libblock/extraction.hpp"
#include "oracle.hpp"

using namespace libblock;
using namespace libblock::fuzz;

namespace {

using Units = std::vector<std::uint32_t>;

/// The text in valid UTF-8 without NULs, which alone UTF-16 can say.
std::string valid_text(std::string_view bytes) {
    std::string text;
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t size = character_bytes(bytes, at);
        const bool broken =
            size == 1 && (static_cast<unsigned char>(bytes[at]) >= 0x80 || bytes[at] == '\0');
        text += broken ? std::string_view("?") : bytes.substr(at, size);
        at += size;
    }
    return text;
}

std::uint32_t code_point(std::string_view character) {
    if (character.size() == 1) return static_cast<unsigned char>(character[0]);
    std::uint32_t code = static_cast<unsigned char>(character[0]) & (0x7FU >> character.size());
    for (const char c : character.substr(1))
        code = code * 64 + (static_cast<unsigned char>(c) & 0x3FU);
    return code;
}

void append_unit(std::string& bytes, std::uint32_t unit, bool little) {
    const char low = static_cast<char>(unit % 256);
    const char high = static_cast<char>(unit / 256);
    bytes += little ? low : high;
    bytes += little ? high : low;
}

/// A text as UTF-16, and where each byte of its UTF-8 is told of.
struct Encoded {
    std::string bytes;
    std::vector<std::uint64_t> offsets;
};

Encoded encode(std::string_view text, bool little, bool mark) {
    Encoded encoded;
    if (mark) append_unit(encoded.bytes, 0xFEFF, little);
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t size = character_bytes(text, at);
        encoded.offsets.resize(at + size, encoded.bytes.size());
        const std::uint32_t code = code_point(text.substr(at, size));
        if (code >= 0x10000) {
            append_unit(encoded.bytes, 0xD800 + (code - 0x10000) / 1024, little);
            append_unit(encoded.bytes, 0xDC00 + (code - 0x10000) % 1024, little);
        } else {
            append_unit(encoded.bytes, code, little);
        }
        at += size;
    }
    return encoded;
}

/// Whether its encoding can be told: all but a fifth of the first characters are ASCII, or some are
/// and a mark says the rest.
bool can_be_told(std::string_view text, bool mark) {
    std::size_t all = 0;
    std::size_t ascii = 0;
    for (std::size_t at = 0; at < text.size() && all < 2048; ++all) {
        const std::size_t size = character_bytes(text, at);
        ascii += size == 1;
        all += size == 4;
        at += size;
    }
    return mark ? ascii > 0 : all >= 8 && ascii * 5 >= all * 4;
}

template <typename List>
bool are_equal(const List& list, const List& other, const std::vector<std::uint64_t>& offsets) {
    return std::equal(list.begin(), list.end(), other.begin(), other.end(),
                      [&](auto item, const auto& same) {
                          item.place.offset = offsets[item.place.offset];
                          return item == same;
                      });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text = valid_text(as_text(data, size));
    if (detail::read_head(text).encoding != detail::Encoding::Utf8 || text.starts_with("\ufeff")) {
        return 0;
    }
    const Extraction plain = extract(text);
    for (const bool little : {false, true}) {
        for (const bool mark : {false, true}) {
            if (!can_be_told(text, mark)) continue;
            const Encoded encoded = encode(text, little, mark);
            const Extraction wide = extract(encoded.bytes);
            const auto details = [&] {
                return literal(text) + (little ? " LE" : " BE") + (mark ? ", marked" : "");
            };
            FUZZ_REQUIRE(are_equal(plain.accepted, wide.accepted, encoded.offsets), details());
            FUZZ_REQUIRE(are_equal(plain.rejected, wide.rejected, encoded.offsets), details());
            FUZZ_REQUIRE(are_equal(plain.duplicates, wide.duplicates, encoded.offsets), details());
        }
    }
    return 0;
}
