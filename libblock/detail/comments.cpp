#include "libblock/detail/comments.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libblock/detail/yaml_reader.hpp"
#include "libblock/error.hpp"

namespace libblock::detail {
namespace {

constexpr std::string_view blanks = " \t\r";
constexpr std::string_view white_space = " \t\r\n";

/// A scalar's bytes in the document.
struct Span {
    std::size_t begin = 0;
    std::size_t end = 0;
};

std::size_t line_end(std::string_view text, std::size_t offset) noexcept {
    return std::min(text.find('\n', offset), text.size());
}

std::size_t next_line(std::string_view text, std::size_t offset) noexcept {
    return std::min(line_end(text, offset) + 1, text.size());
}

/// A tab is content in a block, so a line of spaces is blank and one of tabs is not.
bool is_blank_line(std::string_view text, std::size_t offset) noexcept {
    return text.substr(offset, line_end(text, offset) - offset).find_first_not_of(" \r") ==
           std::string_view::npos;
}

std::size_t indent_of(std::string_view text, std::size_t offset) noexcept {
    return std::min(text.find_first_not_of(' ', offset), text.size()) - offset;
}

/// The least indentation of a block's lines: what its header says, on top of `parent`, or that of
/// the first line that is not blank.
std::size_t block_indent(std::string_view text, std::size_t header, std::size_t first_line,
                         std::size_t parent) noexcept {
    const std::string_view indicators = text.substr(header + 1, 2);
    const std::size_t digit = indicators.find_first_of("123456789");
    if (digit != std::string_view::npos) {
        return parent + static_cast<std::size_t>(indicators[digit] - '0');
    }
    const std::size_t content = text.find_first_not_of(" \r\n", first_line);
    return content - (text.rfind('\n', content) + 1);
}

/// A literal or folded block, whose header stands at the node's offset. A comment may follow the
/// header, so the span begins on the next line.
Span span_of_block(std::string_view text, const YamlNode& node, std::size_t parent) {
    const std::size_t begin = next_line(text, node.offset);
    if (node.text.find_first_not_of('\n') == std::string::npos) return {begin, begin};
    const std::size_t indent = block_indent(text, node.offset, begin, parent);
    std::size_t end = begin;
    while (end < text.size() && (is_blank_line(text, end) || indent_of(text, end) >= indent)) {
        end = next_line(text, end);
    }
    return {begin, end};
}

/// A scalar without quotes: its characters are those of the document, but for white space.
Span span_of_plain(std::string_view text, const YamlNode& node) {
    std::size_t end = node.offset;
    for (const char character : node.text) {
        if (white_space.find(character) != std::string_view::npos) continue;
        end = text.find_first_not_of(white_space, end) + 1;
    }
    return {node.offset, end};
}

Span span_of(std::string_view text, const YamlNode& node, std::size_t parent) {
    switch (text[node.offset]) {
        case '"':
        case '\'':
            return {node.offset, quoted_end(text, node.offset)};
        case '|':
        case '>':
            return span_of_block(text, node, parent);
        default:
            return span_of_plain(text, node);
    }
}

/// Adds the spans of all scalars, in the order of the document. `parent` is the indentation of
/// the collection around the node.
void collect_spans(std::string_view text, const YamlNode& node, std::size_t parent,
                   std::vector<Span>& spans) {
    if (node.kind == YamlKind::Scalar) spans.push_back(span_of(text, node, parent));
    for (const auto& item : node.items) {
        collect_spans(text, item, node.position.column - 1, spans);
    }
}

std::optional<std::vector<Span>> scalar_spans(std::string_view text) {
    try {
        std::vector<Span> spans;
        collect_spans(text, parse_yaml(text), 0, spans);
        return spans;
    } catch (const Error&) {
        return std::nullopt;
    }
}

/// The first `#` from `begin` on that is outside of all scalars, or npos.
std::size_t find_outside(std::string_view text, std::size_t begin, const std::vector<Span>& spans) {
    for (const auto& span : spans) {
        const std::size_t found = text.substr(0, span.begin).find('#', begin);
        if (found != std::string_view::npos) return found;
        begin = std::max(begin, span.end);
    }
    return text.find('#', begin);
}

/// The first `#` from `begin` on that begins a line or follows white space, or npos.
std::size_t find_possible(std::string_view text, std::size_t begin) {
    std::size_t found = text.find('#', begin);
    while (found != std::string_view::npos && found > 0 &&
           white_space.find(text[found - 1]) == std::string_view::npos) {
        found = text.find('#', found + 1);
    }
    return found;
}

/// The comments before the first key, and where they end.
struct Header {
    std::string text;
    std::size_t end = 0;
};

Header read_header(std::string_view yaml) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    Header header;
    std::size_t begin = yaml.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
    std::size_t kept = 0;  // so that blank lines at the end are dropped
    for (; begin < yaml.size(); begin = next_line(yaml, begin)) {
        std::string_view line = yaml.substr(begin, line_end(yaml, begin) - begin);
        line = line.substr(0, line.find_last_not_of(blanks) + 1);
        const std::size_t first = line.find_first_not_of(blanks);
        const bool comment = first != std::string_view::npos && line[first] == '#';
        if (line == "---") continue;
        if (!line.empty() && !comment) break;
        header.text += line;
        header.text += '\n';
        if (comment) kept = header.text.size();
    }
    header.text.resize(kept);
    header.end = begin;
    return header;
}

}  // namespace

Comments find_comments(std::string_view yaml) {
    Header header = read_header(yaml);
    const auto spans = scalar_spans(yaml);
    if (!spans && !scalar_spans(header.text + "a: b\n")) header = {};
    const std::size_t found =
        spans ? find_outside(yaml, header.end, *spans) : find_possible(yaml, header.end);
    if (found == std::string_view::npos) return {std::move(header.text), std::nullopt};
    return {std::move(header.text), place_of(yaml, found)};
}

}  // namespace libblock::detail
