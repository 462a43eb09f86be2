#include "libblock/detail/context_words.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>

#include "libblock/detail/scan_runs.hpp"
#include "libblock/detail/text.hpp"

namespace libblock::detail {
namespace {

constexpr std::size_t longest_name = 255;
constexpr std::size_t longest_label = 64;
constexpr std::size_t shortest_digest = 32;

struct PlatformWord {
    std::string_view word;  ///< a blank stands for a blank, `-` or `_`
    Platform platform;
};

constexpr std::array<PlatformWord, 27> platform_table{{
    {"windows", Platform::Windows}, {"win32", Platform::Windows},  {"win64", Platform::Windows},
    {"win7", Platform::Windows},    {"win10", Platform::Windows},  {"win11", Platform::Windows},
    {"macos", Platform::Macos},     {"mac os", Platform::Macos},   {"macosx", Platform::Macos},
    {"osx", Platform::Macos},       {"os x", Platform::Macos},     {"darwin", Platform::Macos},
    {"linux", Platform::Linux},     {"ubuntu", Platform::Linux},   {"debian", Platform::Linux},
    {"fedora", Platform::Linux},    {"rhel", Platform::Linux},     {"red hat", Platform::Linux},
    {"redhat", Platform::Linux},    {"centos", Platform::Linux},   {"almalinux", Platform::Linux},
    {"suse", Platform::Linux},      {"opensuse", Platform::Linux}, {"sles", Platform::Linux},
    {"archlinux", Platform::Linux}, {"gentoo", Platform::Linux},   {"raspbian", Platform::Linux},
}};

struct Extension {
    std::string_view text;
    std::optional<Platform> platform = std::nullopt;  ///< set if such files run nowhere else
};

constexpr std::optional<Platform> windows = Platform::Windows;
constexpr std::optional<Platform> macos = Platform::Macos;
constexpr std::optional<Platform> on_linux = Platform::Linux;

/// What advisories name. Endings that are known better as domains (.com, .app, .pl) are left out.
constexpr auto extensions = std::to_array<Extension>({
    // executables and what they load
    {"exe", windows},
    {"dll", windows},
    {"sys", windows},
    {"scr", windows},
    {"cpl", windows},
    {"ocx", windows},
    {"drv", windows},
    {"dylib", macos},
    {"so", on_linux},
    {"ko", on_linux},
    {"elf", on_linux},
    {"bin"},
    {"efi"},
    {"jar"},
    {"class"},
    {"war"},
    {"wasm"},
    {"apk"},
    {"ipa"},
    // installers
    {"msi", windows},
    {"msp", windows},
    {"msix", windows},
    {"appx", windows},
    {"dmg", macos},
    {"pkg", macos},
    {"deb", on_linux},
    {"rpm", on_linux},
    {"appimage", on_linux},
    {"snap", on_linux},
    {"run"},
    // scripts and shortcuts
    {"bat", windows},
    {"cmd", windows},
    {"lnk", windows},
    {"hta", windows},
    {"vbs", windows},
    {"vbe", windows},
    {"wsf", windows},
    {"wsh", windows},
    {"sct", windows},
    {"scpt", macos},
    {"ps1"},
    {"psm1"},
    {"psd1"},
    {"js"},
    {"jse"},
    {"mjs"},
    {"py"},
    {"pyc"},
    {"sh"},
    {"rb"},
    {"php"},
    {"lua"},
    {"url"},
    {"jsp"},
    {"jspx"},
    {"asp"},
    {"aspx"},
    {"ashx"},
    // archives and disk images
    {"zip"},
    {"rar"},
    {"7z"},
    {"tar"},
    {"gz"},
    {"tgz"},
    {"bz2"},
    {"xz"},
    {"zst"},
    {"lzh"},
    {"ace"},
    {"arj"},
    {"cab"},
    {"iso"},
    {"img"},
    {"vhd"},
    {"vhdx"},
    {"vmdk"},
    {"whl"},
    {"crx"},
    {"xpi"},
    {"vsix"},
    {"nupkg"},
    // documents and data
    {"doc"},
    {"docx"},
    {"docm"},
    {"dot"},
    {"dotm"},
    {"rtf"},
    {"odt"},
    {"xls"},
    {"xlsx"},
    {"xlsm"},
    {"xlsb"},
    {"xll", windows},
    {"xlam"},
    {"csv"},
    {"ods"},
    {"ppt"},
    {"pptx"},
    {"pptm"},
    {"ppam"},
    {"pdf"},
    {"one"},
    {"chm"},
    {"htm"},
    {"html"},
    {"svg"},
    {"xml"},
    {"json"},
    {"eml"},
    {"msg"},
    {"txt"},
    {"log"},
    {"dat"},
    {"db"},
    {"tmp"},
    {"enc"},
    {"cfg"},
    {"conf"},
    {"ini"},
    {"plist"},
    {"ico"},
    {"png"},
    {"jpg"},
    {"jpeg"},
    {"gif"},
    {"bmp"},
    {"mp3"},
    {"mp4"},
    {"dmp"},
});

/// Words that introduce a hash without `:` or `=` after them.
constexpr auto digest_words = std::to_array<std::string_view>({
    "sha256",
    "sha-256",
    "sha_256",
    "sha2-256",
    "sha2",
    "sha256sum",
    "hash",
    "checksum",
    "digest",
    "authentihash",
});

/// What may stand between a label and its hash.
constexpr std::string_view introducers = " \t\"'`\\([{<>*_~,|;:=-";

bool equals(std::string_view text, std::string_view lower) noexcept {
    return text.size() == lower.size() && begins_with(text, 0, lower);
}

/// Whether the general category of a character is one from `first` to `last`, in their order in
/// utf8proc: letters, marks, numbers, punctuation, symbols, separators, others.
bool in_categories(Character character, utf8proc_category_t first,
                   utf8proc_category_t last) noexcept {
    if (!character.valid()) return false;
    const auto category = utf8proc_category(character.code_point);
    return category >= first && category <= last;
}

bool is_name_byte(char c) noexcept {
    constexpr std::string_view marks = "-_.()+~@";
    return is_word(c) || !is_ascii(c) || marks.find(c) != marks.npos;
}

/// Bytes of the character of a file name at `at`; 0 if there is another one.
std::size_t name_character(std::string_view text, std::size_t at) noexcept {
    if (is_ascii(text[at])) return is_name_byte(text[at]) ? 1 : 0;
    const Character character = character_at(text, at);
    const bool letter = in_categories(character, UTF8PROC_CATEGORY_LU, UTF8PROC_CATEGORY_NO);
    return letter ? character.bytes : 0;
}

/// Bytes that `word` takes at `at`; 0 if it does not stand there.
std::size_t match_word(std::string_view text, std::size_t at, std::string_view word) noexcept {
    constexpr std::string_view gaps = " -_";
    const std::string_view here = text.substr(at, word.size());
    const bool same =
        std::equal(here.begin(), here.end(), word.begin(), word.end(), [&](char left, char right) {
            return ascii_lower(left) == right || (right == ' ' && gaps.find(left) != gaps.npos);
        });
    const std::size_t end = at + word.size();
    return same && (end == text.size() || !is_letter(text[end])) ? word.size() : 0;
}

/// The row of a name's extension, or null. Numbers after it belong to it: `libx.so.5.6`,
/// `x.7z.001`.
const Extension* extension_of(std::string_view name) noexcept {
    for (std::size_t dot = name.rfind('.'); dot != name.npos && dot > 0; dot = name.rfind('.')) {
        const std::string_view ending = name.substr(dot + 1);
        const auto row = std::find_if(extensions.begin(), extensions.end(), [&](const auto& known) {
            return equals(ending, known.text);
        });
        if (row != extensions.end()) return &*row;
        if (ending.empty() || !std::all_of(ending.begin(), ending.end(), is_digit)) return nullptr;
        name = name.substr(0, dot);
    }
    return nullptr;
}

/// Where a name begins if parentheses that it does not hold in full are left out.
std::size_t after_open_parenthesis(std::string_view text, Slice name) noexcept {
    std::size_t depth = 0;
    for (std::size_t i = name.end; i > name.begin; --i) {
        if (text[i - 1] == ')') ++depth;
        if (text[i - 1] == '(' && depth-- == 0) return i;
    }
    return depth == 0 ? name.begin : text.find(')', name.begin) + 1;
}

/// The file name in a word, without the mark-up and punctuation around it.
std::optional<Slice> file_name_in(std::string_view text, Slice word) noexcept {
    if (word.begin >= 2 && text.substr(word.begin - 2, 2) == "//") return std::nullopt;  // a host
    Slice name = word;
    std::size_t underscores = 0;
    while (name.size() > 0 && is_ascii(text[name.end - 1]) && !is_word(text[name.end - 1])) {
        --name.end;
        if (text[name.end] == '_') ++underscores;
    }
    // A name ends with its extension, so an underscore after it is mark-up, as is its partner.
    for (; underscores > 0 && text[name.begin] == '_'; --underscores) ++name.begin;
    name.begin = after_open_parenthesis(text, name);
    constexpr std::string_view bullets = "-+@";
    while (name.size() > 0 && bullets.find(text[name.begin]) != bullets.npos) ++name.begin;
    if (name.size() > longest_name || !extension_of(name.of(text))) return std::nullopt;
    return name;
}

bool holds_digest(std::string_view text, Slice within) noexcept {
    for (Slice run = next_run(text, within.begin); run.begin < within.end;
         run = next_run(text, run.end)) {
        if (run.size() >= shortest_digest) return true;
    }
    return false;
}

/// Whether `text` is UTF-8 without control and formatting characters.
bool is_plain(std::string_view text) noexcept {
    for (std::size_t i = 0; i < text.size();) {
        const Character character = character_at(text, i);
        if (!in_categories(character, UTF8PROC_CATEGORY_LU, UTF8PROC_CATEGORY_ZS)) return false;
        i += character.bytes;
    }
    return true;
}

bool is_label_byte(char c) noexcept {
    return is_word(c) || c == '-' || c == '_' || !is_ascii(c);
}

/// The words at the end of `before`, back to punctuation or a wider gap. A dot makes a longer
/// word, such as a file name, which introduces nothing; `hashes.SHA256` still ends in a label.
Slice last_words(std::string_view text, Slice before) noexcept {
    Slice words{before.end, before.end};
    for (std::size_t next = before.end;; next = words.begin - 1) {
        std::size_t begin = next;
        while (begin > before.begin && is_label_byte(text[begin - 1])) --begin;
        if (begin == next || before.end - begin > longest_label) break;
        if (holds_digest(text, {begin, next})) break;
        const char separator = begin > before.begin ? text[begin - 1] : '\0';
        if (separator == '.' && words.size() > 0) break;
        words.begin = begin;
        if (separator != ' ') break;
    }
    return words;
}

/// Leaves out what is no letter, digit or `-` and `_` inside a word.
Slice without_marks(std::string_view text, Slice words) noexcept {
    for (std::size_t i = words.begin; i < words.end;) {
        const std::size_t bytes = character_at(text, i).bytes;
        if (!is_ascii(text[i]) && name_character(text, i) == 0) words.begin = i + bytes;
        i += bytes;
    }
    constexpr std::string_view marks = " -_";
    while (words.size() > 0 && marks.find(text[words.begin]) != marks.npos) ++words.begin;
    while (words.size() > 0 && marks.find(text[words.end - 1]) != marks.npos) --words.end;
    return words;
}

/// `before` up to the parenthesis that stands at its end, as in `SHA256 (setup.exe) = `.
Slice before_parenthesis(std::string_view text, Slice before) noexcept {
    const std::string_view words = before.of(text);
    const std::size_t open = words.ends_with(')') ? words.rfind('(') : words.npos;
    if (open == words.npos) return before;
    before.end = before.begin + open;
    while (before.size() > 0 && is_blank(text[before.end - 1])) --before.end;
    return before;
}

std::string_view last_word(std::string_view words) noexcept {
    return words.substr(words.rfind(' ') + 1);
}

}  // namespace

Words<Platform> platform_words(std::string_view text, Slice within) {
    Words<Platform> words;
    for (std::size_t i = within.begin; i < within.end;) {
        std::size_t bytes = 1;
        if (is_letter(text[i]) && begins_word(text, i)) {
            for (const auto& [word, platform] : platform_table) {
                if (const std::size_t match = match_word(text, i, word); match > 0) {
                    words.add(platform);
                    bytes = match;
                    break;
                }
            }
        }
        i += bytes;
    }
    return words;
}

Words<Slice> file_names(std::string_view text, Slice within) {
    Words<Slice> names;
    std::size_t i = within.begin;
    while (escape_at(text, i)) i += 2;  // its letter is not the first one of a name
    while (i < within.end) {
        Slice word{i, i};
        while (word.end < within.end) {
            const std::size_t bytes = name_character(text, word.end);
            if (bytes == 0) break;
            word.end += bytes;
        }
        if (const auto name = file_name_in(text, word)) names.add(*name);
        i = word.end + 1;
    }
    return names;
}

std::optional<Slice> checksum_file_name(std::string_view text, Slice before, Slice after) {
    if (before.of(text).find_first_not_of(" \t-*") != std::string_view::npos) return std::nullopt;
    const std::string_view rest = after.of(text);
    const bool starred = rest.starts_with(" *");
    if (!starred && !rest.starts_with("  ")) return std::nullopt;
    Slice name{after.begin + 2, after.end};
    while (name.size() > 0 && is_blank(text[name.end - 1])) --name.end;
    const std::size_t folders = name.of(text).find_last_of("/\\");
    if (folders != std::string_view::npos) name.begin += folders + 1;

    const std::string_view words = name.of(text);
    if (words.empty() || words.size() > longest_name || is_blank(words.front()))
        return std::nullopt;
    if (words.find("  ") != words.npos || !is_plain(words)) return std::nullopt;
    if (holds_digest(text, name)) return std::nullopt;
    const bool bare = starred && words.find_first_of(" *") == words.npos;
    if (!bare && !extension_of(words)) return std::nullopt;
    return name;
}

std::optional<Platform> platform_of_file(std::string_view name) noexcept {
    const Extension* extension = extension_of(name);
    return extension ? extension->platform : std::nullopt;
}

std::string label_before(std::string_view text, Slice before) {
    if (before.size() >= 2 &&
        (escape_at(text, before.end - 2) || begins_with(text, before.end - 2, "0x"))) {
        before.end -= 2;
    }
    bool marked = false;
    while (before.size() > 0 && introducers.find(text[before.end - 1]) != introducers.npos) {
        --before.end;
        marked = marked || text[before.end] == ':' || text[before.end] == '=';
    }
    if (marked) before = before_parenthesis(text, before);
    const Slice words = without_marks(text, last_words(text, before));
    const std::string_view label = words.of(text);
    const bool spoken = std::any_of(label.begin(), label.end(),
                                    [](char c) { return is_letter(c) || !is_ascii(c); });
    if (!spoken) return {};
    if (marked) return std::string(label);
    const std::string_view word = last_word(label);
    const bool known = std::any_of(digest_words.begin(), digest_words.end(),
                                   [&](std::string_view digest) { return equals(word, digest); });
    return known ? std::string(word) : std::string();
}

std::size_t end_of_words(std::string_view text, Slice within) noexcept {
    std::size_t end = within.end;
    while (end > within.begin && end < text.size() && is_name_byte(text[end - 1]) &&
           is_name_byte(text[end])) {
        --end;
    }
    return end;
}

std::size_t begin_of_words(std::string_view text, Slice within) noexcept {
    std::size_t begin = within.begin;
    while (begin < within.end && begin > 0 && is_name_byte(text[begin - 1]) &&
           is_name_byte(text[begin])) {
        ++begin;
    }
    return begin;
}

}  // namespace libblock::detail
