#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "libblock/detail/scan_text.hpp"
#include "libblock/extraction.hpp"

/// Headings above hashes, and what they say of these.
namespace libblock::detail {

/// What the lines above the next hash say of it. A heading is a line of Markdown, AsciiDoc or HTML
/// that is marked as one or underlined, a short line in bold letters, or one that ends with `:`.
class Headings {
public:
    /// Reads the next line without hashes that the caller knows of; `line` has no line break.
    void read(std::string_view line);

    /// Takes the last heading of HTML in a part of a line that has hashes.
    void read_tags(std::string_view text);

    /// Forgets all, as after a part of the text that nobody looked at.
    void forget() { *this = Headings(); }

    /// What the heading says that the hashes below it are; `None` after a line that is no hash,
    /// no item of a list and no mark-up.
    DigestLabel label() const noexcept { return label_; }

    /// Whether it is a line of words without a mark, which may be those over several columns too.
    bool stands_alone() const noexcept { return alone_; }

    /// The words of that heading; empty if they say nothing of a digest.
    const std::string& text() const noexcept { return text_; }

    /// The file that a heading is the name of, until the next one that is not below it.
    const std::string& file_name() const noexcept { return file_name_; }

    /// Notes a hash without a name of its own below the heading that is a file name.
    void take_hash(DigestLabel says) noexcept { hashes_[kind_of(says)] = true; }

    /// Whether such a hash of that kind has been taken.
    bool has_taken(DigestLabel says) const noexcept { return hashes_[kind_of(says)]; }

    /// Whether a line with that indentation is below the heading even if it has a label of its own.
    bool holds(std::string_view line) const noexcept;

    /// Whether it has no mark, and a line is indented below it.
    bool indents(std::string_view text, Slice line) const noexcept {
        return !marked_ && skip_blanks(text, line.begin) - line.begin > indent_;
    }

    /// Whether it is only over what is indented further, as lines above were.
    bool is_over_indented() const noexcept { return indented_; }

    /// The operating system that a heading names, until the next one.
    std::optional<Platform> platform() const noexcept { return platform_; }

    /// The operating system of which the line over hashes is nothing but the name, for one of them
    /// that stands behind `before` on its line.
    std::optional<Platform> platform_over(std::string_view before) const noexcept;

    /// Notes a hash below, and whether its operating system is told by what stands over it.
    void pass_hash(bool told) noexcept;

    /// Notes one on the line directly below another.
    void pass_next_hash() noexcept {
        if (system_) system_->parted = false;
    }

private:
    /// A line of nothing but the name of an operating system.
    struct SystemLine {
        std::optional<Platform> platform;  ///< none if several such lines stand over each other
        std::size_t indent = 0;
        bool item = false;     ///< whether it has the sign of a list
        bool is_over = false;  ///< whether a hash has come below
        bool parted = false;   ///< whether blank lines part it from that, and all hashes below
    };

    /// A hash without a label is of the kind of those that are called SHA-256.
    static constexpr std::size_t kind_of(DigestLabel says) noexcept {
        return static_cast<std::size_t>(says == DigestLabel::None ? DigestLabel::Sha256 : says);
    }

    void pass_blank() noexcept;
    void read_system(std::string_view line, std::size_t indent);
    void read_words(std::string_view line, std::size_t indent);
    void pass_words(std::string_view line, std::size_t indent);
    void take_underlined(char mark);
    void take(std::string_view words, std::size_t level, std::size_t indent);
    bool holds_words() const noexcept;
    void take_name(std::string_view words, std::size_t level);
    void forget_label() noexcept;

    DigestLabel label_ = DigestLabel::None;
    std::string text_;
    bool alone_ = false;
    std::size_t indent_ = 0;
    bool marked_ = false;  ///< whether mark-up makes the line a heading
    bool indented_ = false;
    std::string over_;  ///< the last line, if a rule may follow that makes it a heading
    std::string file_name_;
    std::size_t name_level_ = 0;
    std::array<bool, EnumTable<DigestLabel>::rows.size()> hashes_{};
    std::optional<Platform> platform_;
    std::size_t platform_level_ = 0;
    std::optional<SystemLine> system_;
    bool behind_hash_ = false;   ///< whether a hash stands on the last line with words
    bool behind_blank_ = false;  ///< whether a blank line stands over the next hash
    bool hash_is_told_ = false;  ///< whether a line over it says its operating system
};

}  // namespace libblock::detail
