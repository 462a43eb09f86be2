#include "libblock/hash_list.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libblock/detail/file.hpp"
#include "libblock/detail/list_lines.hpp"
#include "libblock/error.hpp"
#include "libblock/hash_entry.hpp"
#include "libblock/limits.hpp"

namespace libblock {

std::vector<HashListLine> parse_hash_list(std::string_view text) {
    std::vector<HashListLine> lines;
    detail::for_each_list_line(
        text, [&](HashListLine&& line, std::uint32_t) { lines.push_back(std::move(line)); });
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
        text += line.sha256.to_string();
        if (!line.name.empty()) {
            validate(HashEntry{.sha256 = {}, .file_name = line.name});
            text += "  ";
            text += line.name;
        }
        text += '\n';
    }
    return text;
}

}  // namespace libblock
