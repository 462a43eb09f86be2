#include "libblock/file_facts.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace libblock {
namespace {

std::string base_name(std::string_view path, std::optional<Platform> platform) {
    const bool windows = platform == Platform::Windows;  // elsewhere a backslash is part of a name
    return std::string(path.substr(path.find_last_of(windows ? "/\\" : "/") + 1));
}

}  // namespace

std::vector<std::string> values_of(const FileFacts& facts, Field field) {
    const auto given = facts.values.find(field);
    if (given != facts.values.end()) return given->second;
    std::vector<std::string> derived;
    if (field != Field::FileName) return derived;
    for (const auto& path : values_of(facts, Field::Path)) {
        derived.push_back(base_name(path, facts.platform));
    }
    return derived;
}

}  // namespace libblock
