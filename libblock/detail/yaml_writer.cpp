#include "libblock/detail/yaml_writer.hpp"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "libblock/detail/yaml_scalar.hpp"
#include "libblock/error.hpp"
#include "libblock/limits.hpp"

namespace libblock::detail {
namespace {

constexpr std::size_t indent_columns = 2;

/// The next character of a text that is valid UTF-8.
struct Character {
    utf8proc_int32_t code_point = 0;
    std::size_t bytes = 1;
};

Character first_character(std::string_view text) noexcept {
    Character character;
    character.bytes = static_cast<std::size_t>(
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                         static_cast<utf8proc_ssize_t>(text.size()), &character.code_point));
    return character;
}

/// Whether a person would not see the character, or see others in another order because of it,
/// or some reader would not take it.
bool is_hidden(utf8proc_int32_t code_point) noexcept {
    switch (utf8proc_category(code_point)) {
        case UTF8PROC_CATEGORY_CC:
        case UTF8PROC_CATEGORY_CF:
        case UTF8PROC_CATEGORY_CO:
        case UTF8PROC_CATEGORY_ZL:
        case UTF8PROC_CATEGORY_ZP:
            return true;
        case UTF8PROC_CATEGORY_ZS:
            return code_point != ' ';
        default:
            return (code_point & 0xfffe) == 0xfffe;
    }
}

bool all_visible(std::string_view text) noexcept {
    for (std::size_t i = 0; i < text.size();) {
        const Character character = first_character(text.substr(i));
        if (is_hidden(character.code_point)) return false;
        i += character.bytes;
    }
    return true;
}

void append_escape(std::string& out, utf8proc_int32_t code_point) {
    const auto value = static_cast<std::uint32_t>(code_point);
    switch (value) {
        case '\n':
            out += "\\n";
            return;
        case '\t':
            out += "\\t";
            return;
        default:
            break;
    }
    out += value > 0xffff ? fmt::format("\\U{:08X}", value) : fmt::format("\\u{:04X}", value);
}

void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    for (std::size_t i = 0; i < text.size();) {
        const Character character = first_character(text.substr(i));
        if (is_hidden(character.code_point)) {
            append_escape(out, character.code_point);
        } else {
            if (text[i] == '"' || text[i] == '\\') out += '\\';
            out += text.substr(i, character.bytes);
        }
        i += character.bytes;
    }
    out += '"';
}

/// Calls `visit` with each line, without its end; `text` ends with a line or without.
template <typename Visit>
void for_each_line(std::string_view text, Visit visit) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        visit(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

/// Whether a text of several lines reads well, and the same everywhere, as a literal block: blanks
/// at the ends of lines are lost in editors, and blanks at the first one's begin need a hint.
bool is_safe_literal(std::string_view text) noexcept {
    if (text.find('\n') == std::string_view::npos || text.ends_with("\n\n")) return false;
    if (text[0] == ' ' || text[0] == '\n') return false;
    bool safe = true;
    for_each_line(text, [&](std::string_view line) {
        safe = safe && !line.ends_with(' ') && all_visible(line);
    });
    return safe;
}

}  // namespace

void YamlWriter::comment(std::string_view text) {
    begin_line();
    out_ += "# ";
    out_ += text;
    out_ += '\n';
}

void YamlWriter::text(std::string_view key, std::string_view value) {
    begin_key(key);
    if (is_safe_literal(value)) {
        literal(value);
    } else {
        scalar(value);
    }
}

void YamlWriter::word(std::string_view key, std::string_view value) {
    begin_key(key);
    out_ += value;
    out_ += '\n';
}

void YamlWriter::number(std::string_view key, std::uint64_t value) {
    word(key, fmt::format_int(value).c_str());
}

void YamlWriter::words(std::string_view key, std::span<const std::string_view> values) {
    begin_key(key);
    nodes_ += values.size();
    out_ += '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i > 0) out_ += ", ";
        out_ += values[i];
    }
    out_ += "]\n";
}

void YamlWriter::begin_map(std::string_view key) {
    begin_key(key);
    out_.back() = '\n';
    ++depth_;
}

void YamlWriter::end_map() {
    --depth_;
}

void YamlWriter::begin_list(std::string_view key) {
    begin_key(key);
    out_.back() = '\n';
    ++depth_;
}

void YamlWriter::text_item(std::string_view value) {
    item_begins_ = true;
    ++depth_;
    begin_line();
    ++nodes_;
    scalar(value);
    --depth_;
}

void YamlWriter::begin_item() {
    item_begins_ = true;
    ++depth_;
    ++nodes_;
}

void YamlWriter::end_item() {
    --depth_;
}

void YamlWriter::end_list() {
    --depth_;
}

std::string YamlWriter::finish() {
    if (out_.size() > limits::document_bytes || nodes_ > limits::document_nodes) {
        throw Error(
            ErrorCode::LimitExceeded,
            fmt::format("the document would have {} bytes and {} keys and values; it may "
                        "have {} and {}",
                        out_.size(), nodes_, limits::document_bytes, limits::document_nodes));
    }
    return std::move(out_);
}

void YamlWriter::begin_line() {
    const std::size_t columns = depth_ * indent_columns;
    if (item_begins_) {
        out_.append(columns - indent_columns, ' ');
        out_ += "- ";
        item_begins_ = false;
    } else {
        out_.append(columns, ' ');
    }
}

void YamlWriter::begin_key(std::string_view key) {
    begin_line();
    out_ += key;
    out_ += ": ";
    nodes_ += 2;
}

void YamlWriter::scalar(std::string_view value) {
    if (is_safe_plain(value) && all_visible(value)) {
        out_ += value;
    } else {
        append_quoted(out_, value);
    }
    out_ += '\n';
}

void YamlWriter::literal(std::string_view value) {
    out_ += value.ends_with('\n') ? "|\n" : "|-\n";
    for_each_line(value, [&](std::string_view line) {
        if (!line.empty()) out_.append((depth_ + 1) * indent_columns, ' ');
        out_ += line;
        out_ += '\n';
    });
}

}  // namespace libblock::detail
