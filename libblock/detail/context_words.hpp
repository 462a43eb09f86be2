#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "libblock/detail/scan_text.hpp"
#include "libblock/extraction.hpp"
#include "libblock/platform.hpp"

/// The words beside hashes that say what the hashes are of.
namespace libblock::detail {

/// The longest file name, in bytes.
inline constexpr std::size_t longest_name = 255;

/// The longest label, in bytes.
inline constexpr std::size_t longest_label = 64;

/// The words of one kind in a part of a text, as far as anyone asks.
template <typename T>
struct Words {
    std::optional<T> first;
    std::optional<T> last;
    bool several = false;
    bool differ = false;  ///< they are not all the same

    void add(const T& word) {
        several = first.has_value();
        if (!first) first = word;
        differ = differ || word != *first;
        last = word;
    }
};

/// The names of operating systems in a part of a text; short ones, such as "Mac", only where they
/// are a label or in parentheses.
Words<Platform> platform_words(std::string_view text, Slice within);

/// The operating system that words are nothing but a short name of: "Mac", "Win".
std::optional<Platform> platform_named_shortly(std::string_view words) noexcept;

/// The file names in a part of a text: words with an extension from a table, without the folders
/// before them. Names have no blanks, unless a code span, quotes or the form of openssl delimits
/// them, and at most 255 bytes, with escapes of underscores in them.
/// The host of an address is none, nor is the target of a link of Markdown.
Words<Slice> file_names(std::string_view text, Slice within);

/// Words without the backslashes of Markdown before punctuation; those of a path stay.
std::string without_escapes(std::string_view words);

/// The file name in `after` if `before` and `after`, the two sides of a hash on its line, make
/// it a line of `sha256sum`: two blanks or a blank and `*`, then the name, which may have blanks.
std::optional<Slice> checksum_file_name(std::string_view text, Slice before, Slice after);

/// The name in a string of two values, as MISP has them: `"setup.exe|` before a hash and `"`
/// behind.
std::optional<std::string_view> composite_value(std::string_view text, Slice before,
                                                Slice after) noexcept;

/// What a type of two values says of the second one: "authentihash" of "filename|authentihash".
std::string_view second_type(std::string_view type) noexcept;

/// The platform of files with the extension of `name`, if they are of no other.
std::optional<Platform> platform_of_file(std::string_view name) noexcept;

/// What introduces a hash.
struct Label {
    std::string text;  ///< such as "Installer SHA256" in `"Installer SHA256": "`
    DigestLabel says = DigestLabel::None;
    bool marked = false;  ///< whether `:` or `=` stands after it
};

/// The words at the end of `before` that introduce a hash, across the end tags of inline mark-up.
/// Without `:` or `=`, and after a dot, only a word for a digest counts. Empty if nothing does; at
/// most 64 bytes, whole words.
Label label_before(std::string_view text, Slice before);

/// Whether `words` are a word for a digest, such as "sha-256" or "thumbprint".
bool is_digest_word(std::string_view word) noexcept;

/// Whether a run of digits as long as a digest stands in `words`.
bool holds_digest(std::string_view words) noexcept;

/// Whether `text` is UTF-8 without control and formatting characters.
bool is_plain(std::string_view text) noexcept;

/// Whether a file name has an extension from the table.
bool has_known_extension(std::string_view name) noexcept;

/// Where `within`, cut out of more text, ends or begins if no word is to be cut in two.
std::size_t end_of_words(std::string_view text, Slice within) noexcept;
std::size_t begin_of_words(std::string_view text, Slice within) noexcept;

}  // namespace libblock::detail
