#include "libblock/detail/list_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "libblock/detail/text.hpp"
#include "libblock/error.hpp"
#include "libblock/hash_entry.hpp"
#include "libblock/sha256.hpp"

namespace libblock::detail {
namespace {

[[noreturn]] void refuse(const std::string& message, Position position) {
    throw Error(ErrorCode::InvalidDocument, message, {}, position);
}

void skip_mark(std::string_view& text) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
        refuse("the list is UTF-16: save it as UTF-8", {1, 1});
    }
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
}

std::string_view take_line(std::string_view& text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

bool is_passed_over(std::string_view line) {
    return line.starts_with('#') || line.find_first_not_of(" \t") == std::string_view::npos;
}

/// The name on a line that `sha256sum` marked with a backslash, which it does if it had to escape
/// something. Its line breaks are refused later, with all others.
std::optional<std::string> unescaped(std::string_view name) {
    std::string plain;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] != '\\') {
            plain += name[i];
            continue;
        }
        switch (++i < name.size() ? name[i] : '\0') {
            case '\\':
                plain += '\\';
                break;
            case 'n':
                plain += '\n';
                break;
            case 'r':
                plain += '\r';
                break;
            default:
                return std::nullopt;
        }
    }
    return plain;
}

std::string read_name(std::string_view name, bool escaped, Position position) {
    const auto read = escaped ? unescaped(name) : std::optional<std::string>(name);
    if (!read) refuse(fmt::format("{} has an escape that is none", quote(name)), position);
    try {
        validate(HashEntry{.sha256 = {}, .file_name = *read});
    } catch (const Error& error) {
        refuse(error.message(), position);
    }
    return *read;
}

HashListLine read_line(std::string_view line, std::uint32_t number) {
    const bool escaped = line.starts_with('\\');
    const std::string_view rest = line.substr(escaped ? 1 : 0);
    const auto column = [&](std::size_t offset) {
        return Position{number, static_cast<std::uint32_t>(offset + (escaped ? 2 : 1))};
    };
    const auto digest = Sha256::parse(rest.substr(0, Sha256::hex_count));
    if (!digest) {
        refuse(fmt::format("{} does not begin with the 64 hexadecimal digits of a SHA-256",
                           quote(line)),
               {number, 1});
    }
    const std::string_view tail = rest.substr(Sha256::hex_count);
    if (tail.empty()) return {*digest, {}};
    const bool separated = tail.starts_with("  ") || tail.starts_with(" *");
    if (!separated || tail.size() == 2) {
        refuse("a digest is followed by two spaces, or a space and '*', and a name, or by nothing",
               column(Sha256::hex_count));
    }
    return {*digest, read_name(tail.substr(2), escaped, column(Sha256::hex_count + 2))};
}

}  // namespace

void for_each_list_line(std::string_view text, const ListVisitor& visit) {
    skip_mark(text);
    for (std::uint32_t number = 1; !text.empty(); ++number) {
        const std::string_view line = take_line(text);
        if (!is_passed_over(line)) visit(read_line(line, number), number);
    }
}

}  // namespace libblock::detail
