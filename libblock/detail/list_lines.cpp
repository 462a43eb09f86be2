#include "libblock/detail/list_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "libblock/detail/entry_table.hpp"
#include "libblock/detail/hex.hpp"
#include "libblock/detail/text.hpp"
#include "libblock/error.hpp"
#include "libblock/sha256.hpp"

namespace libblock::detail {
namespace {

[[noreturn]] void refuse(const std::string& message, Position position) {
    throw Error(ErrorCode::InvalidDocument, message, {}, position);
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

}  // namespace

void ListReader::skip_mark(std::string_view& text) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
        refuse("the list is UTF-16: save it as UTF-8", {1, 1});
    }
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
}

std::string_view ListReader::take_line(std::string_view& text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

bool ListReader::is_passed_over(std::string_view line) {
    return line.starts_with('#') || line.find_first_not_of(" \t") == std::string_view::npos;
}

ListLine ListReader::read_line(std::string_view line) {
    const bool escaped = line.starts_with('\\');
    const std::string_view rest = line.substr(escaped ? 1 : 0);
    const auto column = [&](std::size_t offset) {
        return static_cast<std::uint32_t>(offset + (escaped ? 2 : 1));
    };
    const auto digest = Sha256::parse(rest.substr(0, Sha256::hex_count));
    if (!digest) {
        refuse(fmt::format("{} does not begin with the 64 hexadecimal digits of a SHA-256",
                           quote(line)),
               {line_, 1});
    }
    const std::string_view tail = rest.substr(Sha256::hex_count);
    if (tail.empty()) return {*digest, {}, line_};
    const bool separated = tail.starts_with("  ") || tail.starts_with(" *");
    if (!separated || tail.size() == 2) {
        refuse("a digest is followed by two spaces, or a space and '*', and a name, or by nothing",
               {line_, column(Sha256::hex_count)});
    }
    return {*digest, read_name(tail.substr(2), escaped, column(Sha256::hex_count + 2)), line_};
}

std::string_view ListReader::read_name(std::string_view name, bool escaped, std::uint32_t column) {
    if (escaped) {
        auto plain = unescaped(name);
        if (!plain) {
            refuse(fmt::format("{} has an escape that is none", quote(name)), {line_, column});
        }
        unescaped_ = std::move(*plain);
        name = unescaped_;
    }
    try {
        validate_file_name(name);
    } catch (const Error& error) {
        refuse(error.message(), {line_, column});
    }
    return name;
}

void append_list_line(std::string& text, const Sha256& sha256, std::string_view name) {
    std::array<char, Sha256::hex_count + 1> line{};
    encode_hex64(sha256.bytes().data(), line.data());
    line.back() = '\n';
    if (name.empty()) {
        text.append(line.data(), line.size());
    } else {
        text.append(line.data(), Sha256::hex_count).append("  ").append(name).append(1, '\n');
    }
}

}  // namespace libblock::detail
