#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The encodings that texts come in.
namespace libblock::detail {

enum class Encoding : std::uint8_t { Utf8, Utf16Le, Utf16Be };

/// How a text begins.
struct TextHead {
    Encoding encoding = Encoding::Utf8;
    std::size_t mark = 0;  ///< bytes of its byte order mark
};

/// As much of a text as its encoding is told from.
inline constexpr std::size_t head_bytes = 4096;

/// Whether a text is certainly UTF-16, whatever was added to it: it has the byte order mark, and
/// NULs in its first characters.
bool is_marked_utf16(std::string_view head) noexcept;

/// Tells the encoding of a text from its first `head_bytes`: by its byte order mark, or as UTF-16
/// by the NUL bytes that all but a quarter of its characters have, as ASCII text has them, or of
/// which some have one and nearly all others the byte of one alphabet; or by units that all are of
/// a text in Chinese, Japanese or Korean, with ASCII among them. All else is read as UTF-8, which
/// Windows-1252 and the like pass for as far as hashes go.
TextHead read_head(std::string_view head) noexcept;

/// Decodes UTF-16 that comes in pieces. A surrogate without its other half becomes U+FFFD. As many
/// digits in a row as a digest has, in a byte each, were added in another encoding: they and all
/// behind them stay as they are.
class Utf16Decoder {
public:
    static constexpr std::size_t most_digits = 31;  ///< in bytes that may be other characters

    explicit Utf16Decoder(Encoding encoding) noexcept : encoding_(encoding) {}

    /// Appends what `bytes` are to `text`, as UTF-8. Gives where in `text` the bytes begin that
    /// stay as they are, once.
    std::optional<std::size_t> decode(std::string_view bytes, std::string& text);

    /// Appends what is left over at the end.
    void finish(std::string& text);

private:
    void add_digits(std::string& text);
    void add_byte(char c, std::string& text);
    void add_unit(std::uint32_t unit, std::string& text);

    Encoding encoding_;
    std::string digits_;                 ///< the last bytes, as far as they are digits
    bool ended_ = false;                 ///< whether bytes stay as they are
    std::optional<unsigned char> half_;  ///< the first byte of a unit
    std::uint32_t high_ = 0;             ///< the first half of a pair
};

}  // namespace libblock::detail
