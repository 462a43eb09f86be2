#include "libblock/detail/context_names.hpp"

#include <array>
#include <cstddef>
#include <utility>

#include "libblock/detail/context_cells.hpp"
#include "libblock/detail/context_lines.hpp"
#include "libblock/detail/context_words.hpp"
#include "libblock/detail/scan_text.hpp"

namespace libblock::detail {
namespace {

constexpr std::size_t npos = std::string_view::npos;

/// Whether a key is that of a file's path in the events of Sysmon: "Image", "ImageLoaded".
bool names_image(const LabelWords& key) noexcept {
    return key.is(0, "image"_words) &&
           (key.size() == 1 || (key.size() == 2 && key.is(1, "loaded"_words)));
}

/// Whether words are a path from its root on, in which blanks may stand on Windows, but not behind
/// a file: "C:\a.exe drops b.dll" is a sentence.
bool is_rooted(std::string_view words) noexcept {
    constexpr std::string_view no_path = "\t|<>()\"";
    if (words.size() > longest_line || words.find_first_of(no_path) != npos) return false;
    for (std::size_t at = words.find(' '); at != npos; at = words.find(' ', at + 1)) {
        if (has_known_extension(words.substr(0, at))) return false;
    }
    const bool drive =
        words.size() > 3 && is_letter(words[0]) && words.substr(1).starts_with(":\\");
    const bool variable = words.starts_with('%') && words.find("%\\") != npos;
    const bool unix_path = words.size() > 1 && words[0] == '/' && is_word(words[1]);
    return drive || variable || (unix_path && words.find_first_of(" :=") == npos);
}

/// A line that is nothing but a file name, or a path to a file.
std::string bare_name(std::string_view words) {
    words = without(words, "\"'`*_|^#([", "\"'`*_|^#)],;:");
    if (is_rooted(words)) {
        return has_known_extension(words) ? name_in_cell(words, false) : std::string();
    }
    if (find_one_of(words, " \t/:=|<>()") < words.size() || words.size() > longest_name) return {};
    const bool named = has_known_extension(words) && is_plain(words) && !holds_digest(words);
    return named ? without_escapes(words) : std::string();
}

/// The file name that a field of names has. What is only called a name may be that of something
/// else, unless it is a single word.
std::string name_in_field(std::string_view value, const LabelWords& key) {
    const bool surely = names_surely(key);
    const bool path = key.has("path"_words) && value.find_first_of("/\\") != npos;
    if (names_image(key) && value.substr(0, 3).find('\\') == npos) return {};
    if (!surely && !path && !names_image(key) && value.find(' ') != npos) return {};
    return name_in_cell(value, surely);
}

/// Whether a key is that of a path that may be a folder: what is called a file goes before it.
bool may_be_folder(std::string_view name, const LabelWords& key) {
    return key.has("path"_words) && !has_known_extension(name);
}

}  // namespace

bool may_tell(std::string_view key) noexcept {
    constexpr std::array<std::string_view, 7> parts{"name",     "file",   "path", "os",
                                                    "platform", "system", "image"};
    for (std::size_t i = 0; i < key.size(); ++i) {
        for (const std::string_view part : parts) {
            if (ascii_lower(key[i]) == part.front() && begins_with(key, i, part)) return true;
        }
    }
    return false;
}

Role role_of_key(std::string_view key, const LabelWords& words) {
    return names_image(words) ? Role::Names : role_of(key, words);
}

bool are_apart(const LabelWords& left, const LabelWords& right) noexcept {
    return has_subject(left) && has_subject(right) && !share_subject(left, right);
}

std::string name_in_line(std::string_view line) {
    std::string name = bare_name(line);
    if (!name.empty()) return name;
    const Field field = read_field(line);
    if (field.key.empty()) return {};
    const LabelWords words(field.key);
    if (role_of(field.key, words) != Role::Names) return {};
    return name_in_field(without(field.value, {}, "#:"), words);
}

void ToldNames::add(const LabelWords& own, const LabelWords& key, std::string_view value) {
    const bool bound = share_subject(own, key);
    if (!bound_.empty()) return;
    if (!bound && (only_bound_ || !own_.empty() || are_apart(own, key))) return;
    std::string name = name_in_field(value, key);
    const bool of_other = !bound && (names_other_file(key) || may_be_folder(name, key));
    std::string& told = bound ? bound_ : of_other ? other_ : own_;
    if (told.empty()) told = std::move(name);
}

void ToldNames::add_line(std::string_view words) {
    if (!only_bound_ && best().empty()) own_ = bare_name(words);
}

}  // namespace libblock::detail
