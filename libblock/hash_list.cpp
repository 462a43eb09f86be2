#include "libblock/hash_list.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/detail/entry_table.hpp"
#include "libblock/detail/file.hpp"
#include "libblock/detail/list_lines.hpp"
#include "libblock/error.hpp"
#include "libblock/limits.hpp"

namespace libblock {

std::vector<HashListLine> parse_hash_list(std::string_view text) {
    std::vector<HashListLine> lines;
    detail::ListReader().read(text, [&](const detail::ListLine& line) {
        lines.push_back({line.sha256, std::string(line.name)});
    });
    return lines;
}

std::vector<HashListLine> load_hash_list(const std::filesystem::path& path) {
    const std::string text = detail::read_file(path, limits::hash_list_bytes);
    try {
        return parse_hash_list(text);
    } catch (const Error& error) {
        throw error.in_file(detail::to_utf8(path));
    }
}

std::string format_hash_list(const std::vector<HashListLine>& lines) {
    std::string text;
    text.reserve(lines.size() * (Sha256::hex_count + 1));
    for (const auto& line : lines) {
        detail::validate_file_name(line.name);
        detail::append_list_line(text, line.sha256, line.name);
    }
    return text;
}

}  // namespace libblock
