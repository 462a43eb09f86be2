#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace libblock::detail {

/// Writes YAML in block style, so that every reader sees the same texts in it. Texts are UTF-8.
class YamlWriter {
public:
    /// A line of its own.
    void comment(std::string_view text);

    void text(std::string_view key, std::string_view value);
    /// A text that is known to need no quotes: a digest, a time, a word of a table.
    void word(std::string_view key, std::string_view value);
    void number(std::string_view key, std::uint64_t value);
    /// A list of words on one line.
    void words(std::string_view key, std::span<const std::string_view> values);

    /// Between these the keys of the map are written.
    void begin_map(std::string_view key);
    void end_map();

    void begin_list(std::string_view key);
    void text_item(std::string_view value);
    /// Between these the item's keys are written.
    void begin_item();
    void end_item();
    void end_list();

    /// All that was written. Throws `Error` (LimitExceeded) if it is too large to be read again.
    std::string finish();

private:
    void begin_line();
    void begin_key(std::string_view key);
    void scalar(std::string_view value);
    void literal(std::string_view value);

    std::string out_;
    std::size_t depth_ = 0;
    std::size_t nodes_ = 1;  ///< as the reader counts them, the root included
    bool item_begins_ = false;
};

}  // namespace libblock::detail
