#include "libblock/detail/context_words.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "libblock/detail/context_labels.hpp"
#include "libblock/detail/context_phrases.hpp"
#include "libblock/detail/scan_text.hpp"
#include "libblock/detail/text.hpp"
#include "libblock/detail/word_list.hpp"

namespace libblock::detail {
namespace {

constexpr std::size_t npos = std::string_view::npos;
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

/// Names that mean something else too: a hamburger, a victory, an address of a network card (MAC).
constexpr std::array<PlatformWord, 2> short_names{
    {{"mac", Platform::Macos}, {"win", Platform::Windows}}};

struct FileType {
    std::string_view extensions;       ///< of 8 letters and digits at most
    std::optional<Platform> platform;  ///< set if such files run nowhere else
};

/// The extensions that advisories name. Those that are known better as domains (.com, .app, .pl)
/// are left out.
constexpr std::array<FileType, 8> file_types{{
    {"exe dll sys scr cpl ocx drv xll msi msp msix appx bat cmd lnk hta vbs vbe wsf wsh sct",
     Platform::Windows},
    {"dmg pkg dylib scpt", Platform::Macos},
    {"deb rpm so ko elf appimage snap", Platform::Linux},
    {"bin efi jar class war wasm apk ipa run ps1 psm1 psd1 js jse mjs py pyc sh rb php lua url",
     std::nullopt},
    {"zip rar 7z tar gz tgz bz2 xz zst lzh ace arj cab iso img vhd vhdx vmdk whl crx xpi vsix",
     std::nullopt},
    {"doc docx docm dot dotm rtf odt xls xlsx xlsm xlsb xlam csv ods ppt pptx pptm ppam pdf one",
     std::nullopt},
    {"chm htm html jsp jspx asp aspx ashx svg xml json eml msg txt log ini cfg conf plist",
     std::nullopt},
    {"dat db tmp enc dmp ico png jpg jpeg gif bmp mp3 mp4", std::nullopt},
}};

/// An extension in lower case as a number, which is compared at once; 0 for what is none.
constexpr std::uint64_t extension_key(std::string_view extension) noexcept {
    std::uint64_t key = 0;
    if (extension.size() > sizeof key) return 0;
    for (const char c : extension) {
        if (!is_word(c)) return 0;
        key = key << 8U | static_cast<unsigned char>(ascii_lower(c));
    }
    return key;
}

struct Extension {
    std::uint64_t key = 0;
    const FileType* type = nullptr;
};

constexpr std::size_t count_extensions() noexcept {
    std::size_t count = 0;
    for (const FileType& type : file_types) {
        count += 1 + static_cast<std::size_t>(std::ranges::count(type.extensions, ' '));
    }
    return count;
}

/// All extensions, in order of their keys.
constexpr std::array<Extension, count_extensions()> sort_extensions() noexcept {
    std::array<Extension, count_extensions()> sorted{};
    std::size_t count = 0;
    for (const FileType& type : file_types) {
        std::string_view left = type.extensions;
        while (!left.empty()) {
            const std::string_view extension = left.substr(0, left.find(' '));
            sorted[count++] = {extension_key(extension), &type};
            left.remove_prefix(std::min(left.size(), extension.size() + 1));
        }
    }
    std::ranges::sort(sorted, {}, &Extension::key);
    return sorted;
}

constexpr auto extensions = sort_extensions();

// None is too long for a key or listed twice.
static_assert(extensions.front().key != 0 &&
              std::ranges::adjacent_find(extensions, {}, &Extension::key) == extensions.end());

const FileType* type_of_extension(std::string_view extension) noexcept {
    const std::uint64_t key = extension_key(extension);
    const auto* const found = std::ranges::lower_bound(extensions, key, {}, &Extension::key);
    return found != extensions.end() && found->key == key ? found->type : nullptr;
}

/// Words that introduce a hash without `:` or `=` after them.
constexpr auto digest_words =
    "sha256 sha-256 sha_256 sha2-256 sha2 sha256sum hash checksum digest authentihash "
    "authentihashes authenticode thumbprint "
    "fingerprint sha384 sha-384 sha512 sha-512 sha512/256 sha3 sha3-256 blake2b blake2s blake3 "
    "keccak256 sm3 streebog txid"_words;

/// Mark-up inside a record that may stand between a label and its hash.
constexpr auto tags_in_labels = "b strong em i u code tt kbd span font a p div td th dt dd"_words;

/// What may stand between a label and its hash.
constexpr std::string_view introducers = " \t\"'`\\([{<>*_~,|;:=-";

/// Whether the general category of a character is one from `first` to `last`, in their order in
/// utf8proc: letters, marks, numbers, punctuation, symbols, separators, others.
bool in_categories(Character character, utf8proc_category_t first,
                   utf8proc_category_t last) noexcept {
    if (!character.valid()) return false;
    const auto category = utf8proc_category(character.code_point);
    return category >= first && category <= last;
}

constexpr std::array<bool, 256> make_name_bytes() noexcept {
    constexpr std::string_view marks = "-_.()+~@";
    std::array<bool, 256> bytes{};
    for (unsigned i = 0; i < bytes.size(); ++i) {
        const char c = static_cast<char>(i);
        bytes[i] = is_word(c) || !is_ascii(c) || is_one_of(c, marks);
    }
    return bytes;
}

constexpr std::array<bool, 256> name_bytes = make_name_bytes();

bool is_name_byte(char c) noexcept {
    return name_bytes[static_cast<unsigned char>(c)];
}

/// Bytes of the character of a file name at `at`; 0 if there is another one.
std::size_t name_character(std::string_view text, std::size_t at) noexcept {
    if (is_ascii(text[at])) return is_name_byte(text[at]) ? 1 : 0;
    const Character character = character_at(text, at);
    const bool letter = in_categories(character, UTF8PROC_CATEGORY_LU, UTF8PROC_CATEGORY_NO);
    return letter ? character.bytes : 0;
}

/// Whether `word`, of `platform_table`, stands at `at`, with no letter after it.
bool platform_word_at(std::string_view text, std::size_t at, std::string_view word) noexcept {
    constexpr std::string_view gaps = " -_";
    const std::string_view here = text.substr(at, word.size());
    const std::size_t end = at + word.size();
    return std::equal(here.begin(), here.end(), word.begin(), word.end(),
                      [&](char left, char right) {
                          return ascii_lower(left) == right ||
                                 (right == ' ' && is_one_of(left, gaps));
                      }) &&
           (end == text.size() || !is_letter(text[end]));
}

/// What two letters are in the table below, in either case; other bytes may be the same.
constexpr std::size_t pair_index(char first, char second) noexcept {
    constexpr unsigned low = 0x1F;
    return (static_cast<unsigned char>(first) & low) << 5U |
           (static_cast<unsigned char>(second) & low);
}

/// The pairs that the words of the table begin with.
constexpr std::array<bool, 1024> make_first_pairs() noexcept {
    std::array<bool, 1024> pairs{};
    for (const auto& row : platform_table) pairs[pair_index(row.word[0], row.word[1])] = true;
    return pairs;
}

constexpr std::array<bool, 1024> first_pairs = make_first_pairs();

/// The first of these pairs that begins in `within`, or its end.
std::size_t find_first_pair(std::string_view text, Slice within) noexcept {
    std::size_t at = within.begin;
    const std::size_t end = std::min(within.end, text.size() - 1);
    while (at < end && !first_pairs[pair_index(text[at], text[at + 1])]) ++at;
    return at < end ? at : within.end;
}

/// Whether a short name is a label: `Mac: `, `- **Win (x64):** `, or alone in parentheses.
bool is_short_label(std::string_view text, Slice within, Slice name) noexcept {
    constexpr std::string_view marks = " \t\"'`*_-+>#";
    constexpr std::string_view openers = "([,;|\r\n";
    std::size_t before = name.begin;
    while (before > within.begin && is_one_of(text[before - 1], marks)) --before;
    const char open = before > 0 ? text[before - 1] : '\n';
    if (!is_one_of(open, openers)) return false;
    const std::string_view head = text.substr(0, within.end);
    std::size_t after = skip_all_of(head, marks, name.end);
    if (open == '(' && after < head.size() && head[after] == ')') return true;
    if (after < head.size() && head[after] == '(') {
        after = skip_all_of(head, marks, std::min(head.find(')', after), head.size() - 1) + 1);
    }
    return after < head.size() && head[after] == ':';
}

/// The type of a file by its extension, or null. Numbers after an extension belong to it:
/// `libx.so.5.6`, `x.7z.001`.
const FileType* type_of(std::string_view name) noexcept {
    for (std::size_t dot = name.rfind('.'); dot != npos && dot > 0; dot = name.rfind('.')) {
        const std::string_view extension = name.substr(dot + 1);
        if (const FileType* const type = type_of_extension(extension)) return type;
        if (!std::all_of(extension.begin(), extension.end(), is_digit)) return nullptr;
        name = name.substr(0, dot);
    }
    return nullptr;
}

/// The words without a blank in which a word stands: a path, an address, a host or a name.
struct Term {
    Slice where;
    bool rooted = false;  ///< a path from its root on, or an address

    std::size_t last_part(std::string_view text) const noexcept {
        return where.begin + where.of(text).find_last_of("/\\") + 1;
    }
};

/// What ends a term, as a table: it is looked up for each byte of one.
constexpr std::array<bool, 256> make_term_stops() noexcept {
    std::array<bool, 256> stops{};
    for (const char c : std::string_view(" \t\r\n\"'`,;|<>()[]{}=*?&#:")) {
        stops[static_cast<unsigned char>(c)] = true;
    }
    return stops;
}

constexpr std::array<bool, 256> term_stops = make_term_stops();

bool ends_term(char c) noexcept {
    return term_stops[static_cast<unsigned char>(c)];
}

Term term_around(std::string_view text, Slice within, Slice word) noexcept {
    const std::size_t floor = word.begin - std::min(word.begin - within.begin, longest_name);
    const std::size_t limit = std::min(within.end, word.end + longest_name);
    Term term{word};
    Slice& where = term.where;
    while (where.begin > floor && !ends_term(text[where.begin - 1])) --where.begin;
    const bool marked = where.begin > floor && text[where.begin - 1] == ':';
    while (!marked && where.begin + 2 <= word.begin && escape_at(text, where.begin)) {
        where.begin += 2;
    }
    const bool escape = escape_at(text, word.end);
    while (!escape && where.end < limit && !ends_term(text[where.end])) ++where.end;
    while (where.end > word.end && !is_word(text[where.end - 1])) --where.end;
    const std::string_view words = where.of(text);
    // "Linux /Windows" is no path.
    term.rooted =
        is_one_of(words.front(), "/\\~%$.") && (marked || words.find_first_of("/\\", 1) != npos);
    return term;
}

/// Whether what stands before a word of the table makes it a folder of the system itself:
/// `C:\Windows`, `Foo.app/Contents/MacOS`.
bool is_system_folder(std::string_view text, std::size_t at, Platform platform) noexcept {
    if (platform == Platform::Macos) return text.substr(0, at).ends_with("/Contents/");
    std::size_t drive = at;
    while (drive > 0 && text[drive - 1] == '\\') --drive;
    return platform == Platform::Windows && drive < at && drive > 0 && text[drive - 1] == ':';
}

/// Whether a word of the table says nothing of a system as it is part of a path, an address or a
/// host, or of the name of a file that runs on another one. "Windows/Linux" is none of these, nor
/// is "Backdoor.Linux.Foo".
bool is_part_of_path(std::string_view text, Slice within, Slice word, Platform platform) noexcept {
    const Term term = term_around(text, within, word);
    if (term.where.size() == word.size()) return false;
    const std::size_t last = term.last_part(text);
    const std::string_view name = Slice{last, term.where.end}.of(text);
    const FileType* const type = type_of(name);
    if (word.begin >= last && type) return type->platform && type->platform != platform;
    const bool path = term.rooted || (type && last > term.where.begin);
    if (path) return !is_system_folder(text, word.begin, platform);
    const bool behind_dot = word.begin > term.where.begin && text[word.begin - 1] == '.';
    const bool before_dot = word.end < term.where.end && text[word.end] == '.';
    const bool lower = text[word.begin] == ascii_lower(text[word.begin]);
    return (behind_dot || before_dot) && lower;
}

/// The row of the operating system that is named at `at`, or null.
const PlatformWord* platform_at(std::string_view text, Slice within, std::size_t at) noexcept {
    if (!begins_word(text, at)) return nullptr;
    for (const auto& row : platform_table) {
        if (!platform_word_at(text, at, row.word)) continue;
        const Slice word{at, at + row.word.size()};
        return is_part_of_path(text, within, word, row.platform) ? nullptr : &row;
    }
    for (const auto& row : short_names) {
        const Slice name{at, at + row.word.size()};
        if (!platform_word_at(text, at, row.word) || name.of(text) == "MAC") continue;
        return is_short_label(text, within, name) ? &row : nullptr;
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

/// The file name in a word with a dot, without the mark-up and punctuation around it.
std::optional<Slice> file_name_in(std::string_view text, Slice word) noexcept {
    if (text.substr(0, word.begin).ends_with("//")) return std::nullopt;  // the host of an address
    Slice name = word;
    std::size_t underscores = 0;
    while (name.size() > 0 && is_ascii(text[name.end - 1]) && !is_word(text[name.end - 1])) {
        --name.end;
        if (text[name.end] == '_') ++underscores;
    }
    // A name ends with its extension, so an underscore after it is mark-up, as is its partner.
    for (; underscores > 0 && name.of(text).starts_with('_'); --underscores) ++name.begin;
    name.begin = after_open_parenthesis(text, name);
    constexpr std::string_view bullets = "-+@";
    while (name.size() > 0 && is_one_of(text[name.begin], bullets)) ++name.begin;
    if (name.size() > longest_name || !type_of(name.of(text))) return std::nullopt;
    return name;
}

/// Where the words begin that typographic quotes delimit, of which `name` is the last one; its
/// begin if they do not.
std::size_t begin_of_quoted(std::string_view text, Slice within, Slice name) noexcept {
    constexpr std::array<std::array<std::string_view, 2>, 6> pairs{{{"\u201c", "\u201d"},
                                                                    {"\u201e", "\u201c"},
                                                                    {"\u2018", "\u2019"},
                                                                    {"\u00ab", "\u00bb"},
                                                                    {"\u300c", "\u300d"},
                                                                    {"\u300e", "\u300f"}}};
    const std::size_t floor = name.end - std::min(name.end - within.begin, longest_name);
    const std::string_view before = Slice{floor, name.begin}.of(text);
    for (const auto& [open, close] : pairs) {
        if (!begins_with(text, name.end, close)) continue;
        const std::size_t at = before.rfind(open);
        if (at == npos || before.find(close, at + open.size()) != npos) continue;
        return floor + at + open.size();
    }
    return name.begin;
}

/// Where the words begin that marks around them delimit: a code span, double quotes, or the
/// parentheses in the form of openssl and BSD, `SHA256 (name) = `. `name` is the last word; gives
/// its begin if nothing does.
std::size_t begin_of_delimited(std::string_view text, Slice within, Slice name) noexcept {
    constexpr std::string_view openers = " \t([";
    if (name.end == within.end) return name.begin;
    if (!is_ascii(text[name.end])) return begin_of_quoted(text, within, name);
    const char close = text[name.end];
    const char open = close == ')' ? '(' : close;
    if (!is_one_of(close, "`\")")) return name.begin;
    const std::string_view after = text.substr(name.end + 1, within.end - name.end - 1);
    const bool cell = close == '"' && !after.empty() && is_one_of(after.front(), ",;}]\t");
    if (cell) return name.begin;  // it may be a sentence
    if (close == ')' && !after.substr(skip_blanks(after, 0)).starts_with('=')) return name.begin;
    const std::size_t floor = name.end - std::min(name.end - within.begin, longest_name);
    for (std::size_t at = name.begin; at > floor; --at) {
        if (text[at - 1] != open) continue;
        const std::string_view before = text.substr(within.begin, at - 1 - within.begin);
        if (close == ')') {
            const std::size_t end = before.find_last_not_of(' ') + 1;
            const std::size_t begin = before.substr(0, end).find_last_of(" \t*`") + 1;
            if (is_digest_word(before.substr(begin, end - begin))) return at;
            continue;
        }
        const bool opens = before.empty() || is_one_of(before.back(), openers);
        return opens || close == '`' ? at : name.begin;
    }
    return name.begin;
}

/// Where a path with a drive begins that ends with the words up to `name`, if it has a column of
/// its own, which wider gaps part from others; else where `name` begins.
std::size_t begin_of_path(std::string_view text, Slice within, Slice name) noexcept {
    const auto parted = [&](std::size_t at) {
        const std::string_view gap = text.substr(at, 2);
        return gap == "  " || gap.starts_with('\t');
    };
    const std::size_t after = std::min(name.end, within.end);
    if (skip_blanks(text.substr(0, within.end), after) < within.end && !parted(after)) {
        return name.begin;
    }
    const std::size_t floor = name.end - std::min(name.end - within.begin, longest_name);
    std::size_t begin = name.begin;
    while (begin > floor && text[begin - 1] != '\t' &&
           !(text[begin - 1] == ' ' && begin - 1 > floor && text[begin - 2] == ' ')) {
        --begin;
    }
    const bool whole = begin == within.begin || is_blank(text[begin - 1]);
    const bool path = text.substr(begin + 1).starts_with(":\\");
    return whole && path ? begin : name.begin;
}

/// A name with the words before it, if marks delimit them and they are a name or a path as a whole.
Slice with_blanks(std::string_view text, Slice within, Slice name) noexcept {
    constexpr std::string_view in_no_name = "<>\"|?*;,=`";
    Slice all{begin_of_delimited(text, within, name), name.end};
    if (all.begin == name.begin) all.begin = begin_of_path(text, within, name);
    const std::string_view words = all.of(text);
    if (words.size() == name.size() || is_blank(words.front()) || !is_plain(words)) return name;
    if (find_one_of(words, in_no_name) < words.size() || words.find(" -") != npos) return name;
    const std::size_t folders = std::max(words.rfind('/') + 1, words.rfind('\\') + 1);
    const bool path = is_one_of(words.front(), "/\\%~$.") || words.substr(1).starts_with(":\\");
    if ((folders > 0 && !path) || (!path && words.find(':') != npos)) return name;
    const Slice head{all.begin, name.begin - 1};  // a command has the name of a program there
    for (std::size_t at = head.begin; at < head.end; ++at) {
        const std::size_t end = std::min(text.substr(0, head.end).find(' ', at), head.end);
        if (type_of(text.substr(at, end - at))) return name;
        at = end;
    }
    return {all.begin + folders, name.end};
}

bool is_punctuation(char c) noexcept {
    return c > ' ' && c <= '~' && !is_word(c);
}

/// Bytes of an underscore with the backslash that Markdown puts before it, inside a name; 0 if none
/// is at `at`. Behind a folder the backslash is that of a path, unless those are doubled.
std::size_t escaped_underscore(std::string_view text, Slice within, std::size_t at) noexcept {
    if (at == within.begin || at + 1 >= within.end || text[at] != '\\' || text[at + 1] != '_') {
        return 0;
    }
    const std::string_view before = text.substr(0, within.begin);
    return before.ends_with('\\') && !before.ends_with("\\\\") ? 0 : 2;
}

/// The end of the target of a link of Markdown, if one begins with `within`; else where that
/// begins.
std::size_t skip_target(std::string_view text, Slice within) noexcept {
    if (within.empty() || text[within.begin] != '(') return within.begin;
    const std::string_view target = within.of(text);
    const std::size_t end = find_one_of(target, ") \t");
    return end < target.size() && target[end] == ')' ? within.begin + end : within.begin;
}

/// The characters of a name that `within` begins with, and whether dots are among them.
struct Word {
    Slice where;
    bool dotted = false;
};

Word word_at(std::string_view text, Slice within) noexcept {
    Word word{{within.begin, within.begin}};
    std::size_t& end = word.where.end;
    while (end < within.end) {
        std::size_t bytes = name_character(text, end);
        if (bytes == 0) bytes = escaped_underscore(text, within, end);
        if (bytes == 0) break;
        word.dotted |= text[end] == '.';
        end += bytes;
    }
    return word;
}

bool is_label_byte(char c) noexcept {
    return is_word(c) || c == '-' || c == '_' || !is_ascii(c);
}

/// Whether a name is in an element of XML that is about another file, or about several:
/// `<Data Name='ParentImage'>`, `<CommandLine>`. The original name of a file may be the only one,
/// but not in events, which have those attributes.
bool is_in_element_of_other(std::string_view text, Slice within, Slice name) noexcept {
    constexpr std::string_view quotes = "\"'\\";
    constexpr std::array<std::string_view, 3> others{"parent", "commandline", "originalfilename"};
    const std::size_t reach = std::min(name.begin - within.begin, longest_name);
    const std::string_view head = text.substr(name.begin - reach, reach);
    const std::size_t close = head.find_last_of("<>");
    if (close == npos || head[close] == '<') return false;
    std::size_t end = close;
    while (end > 0 && is_one_of(head[end - 1], quotes)) --end;
    std::size_t begin = end;
    while (begin > 0 && is_word(head[begin - 1])) --begin;
    const bool attribute = end < close;
    const auto begins = [&](std::string_view other) { return begins_with(head, begin, other); };
    if (!std::any_of(others.begin(), others.end() - (attribute ? 0 : 1), begins)) return false;
    std::size_t mark = begin;
    while (mark > 0 && is_one_of(head[mark - 1], quotes)) --mark;
    // A class of HTML may be called so, too.
    return ends_with(head, mark, attribute ? " name=" : "<");
}

/// Whether a name is in such an element, or in the value of a key for the process that began
/// another: `ParentImage=`.
bool is_of_other(std::string_view text, Slice within, Slice name) noexcept {
    if (is_in_element_of_other(text, within, name)) return true;
    constexpr std::string_view before_names = "\\/=:\"'";
    constexpr std::string_view stops = " \t,;{(";
    constexpr std::string_view quotes = "\"'";
    if (name.begin == within.begin || !is_one_of(text[name.begin - 1], before_names)) return false;
    const std::size_t floor = name.begin - std::min(name.begin - within.begin, longest_name);
    std::size_t begin = name.begin;
    while (begin > floor && !is_one_of(text[begin - 1], stops)) --begin;
    const bool value = begin > floor + 1 && text[begin - 1] == ' ' && text[begin - 2] == ':';
    if (value) --begin;
    while (value && begin > floor && !is_one_of(text[begin - 1], stops)) --begin;
    return begins_with(text, skip_all_of(text, quotes, begin), "parent");
}

/// Whether the byte at `at` belongs to a word of a label, as does the slash of `SHA-512/256`.
bool in_label(std::string_view text, std::size_t at) noexcept {
    if (is_label_byte(text[at])) return true;
    return text[at] == '/' && at > 0 && is_digit(text[at - 1]) && is_digit(text[at + 1]);
}

/// The words at the end of `before`, back to punctuation or a wider gap. Of a word with dots, such
/// as `hashes.SHA256`, only the last part is taken, and only if it is the last word.
Slice last_words(std::string_view text, Slice before) noexcept {
    Slice words{before.end, before.end};
    for (std::size_t next = before.end;; next = words.begin - 1) {
        std::size_t begin = next;
        while (begin > before.begin && in_label(text, begin - 1)) --begin;
        if (begin == next || before.end - begin > longest_label) break;
        if (holds_digest(text.substr(begin, next - begin))) break;
        const char separator = begin > before.begin ? text[begin - 1] : '\0';
        if (separator == '.' && words.size() > 0) break;
        words.begin = begin;
        if (separator != ' ') break;
    }
    return words;
}

/// The bytes of a hyphen or a dash at `at` inside `words`, directly before a number, as word
/// processors make of the one in "SHA3-256"; 0 if there is none.
std::size_t hyphen_at(std::string_view text, std::size_t at, Slice words) noexcept {
    constexpr std::array<std::string_view, 5> hyphens{"\u2010", "\u2011", "\u2012", "\u2013",
                                                      "\u2212"};
    const std::string_view head = text.substr(0, words.end);
    for (const std::string_view hyphen : hyphens) {
        const std::size_t end = at + hyphen.size();
        if (!head.substr(at).starts_with(hyphen)) continue;
        const bool inside = at > words.begin && is_word(text[at - 1]) && end < words.end;
        return inside && is_digit(text[end]) ? hyphen.size() : 0;
    }
    return 0;
}

/// Leaves out what is no letter, digit or `-` and `_` inside a word.
Slice without_marks(std::string_view text, Slice words) noexcept {
    for (std::size_t i = words.begin; i < words.end;) {
        const std::size_t bytes = character_at(text, i).bytes;
        const bool mark = !is_ascii(text[i]) && name_character(text, i) == 0;
        if (mark && hyphen_at(text, i, words) == 0) words.begin = i + bytes;
        i += bytes;
    }
    constexpr std::string_view marks = " -_";
    while (words.size() > 0 && is_one_of(text[words.begin], marks)) ++words.begin;
    while (words.size() > 0 && is_one_of(text[words.end - 1], marks)) --words.end;
    return words;
}

/// Where the parenthesis opens that stands at the end of `before`; the end if there is none.
std::size_t open_parenthesis(std::string_view text, Slice before) noexcept {
    const std::string_view words = before.of(text);
    const std::size_t open = words.ends_with(')') ? words.rfind('(') : npos;
    return open == npos ? before.end : before.begin + open;
}

/// Whether what stands in parentheses says more of a label, as in "Hash (BLAKE3): ".
/// In `SHA256 (setup) = ` it is a file.
bool explains_label(std::string_view text, Slice words) noexcept {
    const std::size_t mark = skip_blanks(text, words.end);
    if (mark < text.size() && text[mark] == '=') return false;
    return heading_label(LabelWords(words.of(text))) != DigestLabel::None;
}

std::string_view last_word(std::string_view words) noexcept {
    return words.substr(words.rfind(' ') + 1);
}

/// How a STIX pattern names the hash of a certificate; a quote may follow.
constexpr std::string_view stix_certificate = "x509-certificate:hashes.";

/// Whether `before`, which ends where a label begins, makes it that of a certificate.
bool names_certificate(std::string_view before) noexcept {
    if (before.ends_with('\'') || before.ends_with('"')) before.remove_suffix(1);
    return before.ends_with(stix_certificate);
}

/// Whether a word with digits at its end is of a digest: "SHA-512/256", "Keccak-256", "BLAKE2s".
bool is_numbered_digest(std::string_view word) noexcept {
    return is_digit(word.back()) && digest_label(word) != DigestLabel::None;
}

/// What the last two words of `label` say, if the last one is of a digest: "certificate hash",
/// "SHA 256".
DigestLabel bare_digest_label(std::string_view label) noexcept {
    const std::size_t last = label.rfind(' ') + 1;
    const std::string_view word = label.substr(last);
    if (!is_digest_word(word) && word != "256" && !is_numbered_digest(word)) {
        return DigestLabel::None;
    }
    const std::size_t before = last < 2 ? npos : label.rfind(' ', last - 2);
    return digest_label(label.substr(before + 1));
}

/// The words of a label that ends `before`, after blanks.
Slice label_words_before(std::string_view text, Slice before) noexcept {
    while (before.size() > 0 && is_blank(text[before.end - 1])) --before.end;
    return without_marks(text, last_words(text, before));
}

/// The name of SHA-256 in a list of digests' names that goes on behind `before`, such as
/// "SHA-256 / SHA-512"; empty if there is none.
Slice sha256_in_list(std::string_view text, Slice before) noexcept {
    constexpr std::string_view joints = "/,|+&";
    for (std::size_t left = 4; left > 0; --left) {
        while (before.size() > 0 && is_blank(text[before.end - 1])) --before.end;
        if (before.size() == 0 || !is_one_of(text[before.end - 1], joints)) break;
        --before.end;
        const Slice part = label_words_before(text, before);
        const LabelWords words(part.of(text));
        const DigestLabel says = digest_label(words);
        if (says == DigestLabel::Sha256) return part;
        if (says != DigestLabel::OtherDigest && !words.has("md sha"_words)) break;
        before.end = part.begin;
    }
    return {};
}

/// Whether a label is nothing but the name of SHA-256, as of the form that digits have.
bool names_sha256_alone(std::string_view label) noexcept {
    const LabelWords words(label);
    return words.size() <= 3 && words.is(0, "sha"_words) &&
           digest_label(words) == DigestLabel::Sha256;
}

/// The label that ends `before` and says more of what `label` behind it, which names SHA-256, is
/// of: "Authentihash/SHA256: ", "Thumbprint: sha256:"; empty if there is none.
Slice label_of_sha256(std::string_view text, Slice before, std::string_view label) noexcept {
    constexpr std::string_view others = " \t\"'`*_:=";
    constexpr std::string_view marks = ":=";
    if (before.size() < 2) return {};
    if (text[before.end - 1] == '/' && is_label_byte(text[before.end - 2])) {
        const Slice words = label_words_before(text, {before.begin, before.end - 1});
        const bool in_path = words.begin > before.begin && is_one_of(text[words.begin - 1], "/.");
        return in_path ? Slice{} : words;
    }
    bool marked = false;
    while (before.size() > 0 && is_one_of(text[before.end - 1], others)) {
        marked = marked || is_one_of(text[before.end - 1], marks);
        --before.end;
    }
    return marked && names_sha256_alone(label) ? label_words_before(text, before) : Slice{};
}

/// What a label at `label` says, which says `says` alone, in the light of what `before` ends with.
Label in_list(std::string_view text, std::size_t begin, Slice label, DigestLabel says) {
    if (says == DigestLabel::OtherDigest) {
        const Slice part = sha256_in_list(text, {begin, label.begin});
        if (!part.empty()) return {std::string(part.of(text)), DigestLabel::Sha256};
    } else if (says == DigestLabel::Sha256 && label.begin > begin) {
        const Slice part = label_of_sha256(text, {begin, label.begin}, label.of(text));
        if (part.empty()) return {std::string(label.of(text)), says};
        const DigestLabel more = heading_label(LabelWords(part.of(text)));
        const bool listed = text[label.begin - 1] == '/';  // then SHA-256 is as likely
        if (is_no_file(more) && !(listed && more == DigestLabel::OtherDigest)) {
            return {std::string(part.of(text)), more};
        }
    }
    return {std::string(label.of(text)), says};
}

/// The bytes of the tag of inline mark-up that ends `before`, with its `>`; 0 if none does.
std::size_t inline_tag_before(std::string_view before) noexcept {
    constexpr std::size_t longest_tag = 128;
    const std::size_t open = before.rfind('<');
    if (open == npos || before.size() - open > longest_tag) return 0;
    std::string_view name = before.substr(open + 1);
    if (name.starts_with('/')) name.remove_prefix(1);
    name = name.substr(0, find_one_of(name, " \t/>"));
    return tags_in_labels.has(name) ? before.size() - open : 0;
}

/// What may stand between a label and its hash, spelled in more than one byte.
struct Spelling {
    std::string_view text;
    bool marks = false;  ///< whether it stands for `:` or `=`
};

/// In addresses, quoted-printable, HTML, and other scripts and typographies.
constexpr std::array<Spelling, 31> spellings{{
    {"%3a", true},      {"%3d", true},     {"%253a", true},   {"%253d", true},   {"%20", false},
    {"%22", false},     {"=3d", true},     {"=20", false},    {"=22", false},    {"=27", false},
    {"&nbsp;", false},  {"&#160;", false}, {"&#xa0;", false}, {"&quot;", false}, {"&#34;", false},
    {"&#x22;", false},  {"&apos;", false}, {"&#39;", false},  {"&colon;", true}, {"&#58;", true},
    {"&equals;", true}, {"\u00a0", false}, {"\u2009", false}, {"\u202f", false}, {"\uff1a", true},
    {"\uff1d", true},   {"\u201c", false}, {"\u201d", false}, {"\u201e", false}, {"\u00ab", false},
    {"\u00bb", false},
}};

/// Whether one of these can end `before`.
bool may_be_spelled(std::string_view before) noexcept {
    const char last = before.back();
    if (is_word(last)) return before.size() > 2 && is_one_of(before[before.size() - 3], "%=5");
    return last == ';' || !is_ascii(last);
}

/// The one of these, or the invisible character, that ends `before`; without bytes if none does.
Spelling spelling_before(std::string_view before) noexcept {
    if (!may_be_spelled(before)) return {};
    for (const Spelling& spelling : spellings) {
        if (ends_with(before, before.size(), spelling.text)) return spelling;
    }
    const std::size_t invisible = invisible_before(before, before.size());
    return {before.substr(before.size() - invisible)};
}

/// Where a label before a hash can end; sets `marked` if `:` or `=` stands after it.
std::size_t end_of_label(std::string_view text, Slice before, bool& marked) noexcept {
    std::size_t tags_left = 8;  // of what may be tags, so that a row of `>` costs little
    while (before.size() > 0) {
        const char c = text[before.end - 1];
        const Spelling spelling = spelling_before(before.of(text));
        std::size_t bytes = spelling.text.size();
        if (c == '>' && tags_left > 0) {
            --tags_left;
            bytes = inline_tag_before(before.of(text));
        }
        if (bytes == 0 && !is_one_of(c, introducers)) break;
        before.end -= std::max<std::size_t>(bytes, 1);
        marked = marked || c == ':' || c == '=' || spelling.marks;
    }
    return before.end;
}

constexpr auto words_for_digests =
    "hash hashes sha digest checksum thumbprint fingerprint authentihash authenticode"_words;

/// What is said of the digest of a file that is named in the label: "Authentihash of foo.exe:",
/// "foo.exe (Authentihash):". `head` is what stands before the extension, `inside` what stands in
/// parentheses behind it.
Label label_of_file(std::string_view text, Slice head, Slice inside) {
    const std::string_view phrase = last_words(text, head).of(text);
    const std::size_t joint = std::min(phrase.find(" of "), phrase.find(" for "));
    const std::string_view before = joint == npos ? std::string_view() : phrase.substr(0, joint);
    const std::string_view behind =
        inside.size() < 2 ? std::string_view() : Slice{inside.begin + 1, inside.end - 1}.of(text);
    for (const std::string_view words : {behind, before}) {
        const LabelWords label(words.substr(0, longest_label));
        // "Certificate of employment.lnk" is the name of a file.
        if (!label.has(words_for_digests) || words.size() > longest_label) continue;
        const DigestLabel says = heading_label(label);
        if (says != DigestLabel::None) return {std::string(words), says};
    }
    return {};
}

/// What words say before which no mark stands, or behind a dot: only a word for a digest counts.
Label bare_label(std::string_view text, std::size_t begin, Slice words, bool dotted) {
    const std::string_view label = words.of(text);
    const std::string_view word = last_word(label);
    if (!is_digest_word(word) && !is_numbered_digest(word)) return {{}, bare_digest_label(label)};
    const DigestLabel says = dotted ? digest_label(word) : bare_digest_label(label);
    if (word.size() == label.size()) return in_list(text, begin, words, says);
    return {std::string(word), says};
}

/// Without a "0x" or an escape that is glued to the hash behind it.
Slice without_prefix(std::string_view text, Slice before) noexcept {
    if (before.size() < 2) return before;
    const std::size_t at = before.end - 2;
    if (escape_at(text, at) || begins_with(text, at, "0x")) before.end = at;
    return before;
}

/// What a label at `label` that ends in `:` or `=` says, with the words `inside` parentheses
/// behind it, if they explain it.
Label marked_label(std::string_view text, std::size_t begin, Slice label, Slice inside) {
    const bool explained = !inside.empty() && explains_label(text, inside);
    const Slice all{label.begin, explained ? inside.end : label.end};
    Label found = in_list(text, begin, label, digest_label(all.of(text)));
    found.marked = true;
    return found;
}

}  // namespace

Words<Platform> platform_words(std::string_view text, Slice within) {
    Words<Platform> words;
    if (text.empty()) return words;
    const Slice all = within;
    while (within.begin < within.end) {
        within.begin = find_first_pair(text, within);
        if (within.begin == within.end) break;
        const PlatformWord* const row = platform_at(text, all, within.begin);
        if (row) words.add(row->platform);
        within.begin += row ? row->word.size() : 1;
    }
    return words;
}

std::optional<Platform> platform_named_shortly(std::string_view words) noexcept {
    for (const auto& row : short_names) {
        const bool named = words.size() == row.word.size() && begins_with(words, 0, row.word);
        if (named && words != "MAC") return row.platform;
    }
    return std::nullopt;
}

Words<Slice> file_names(std::string_view text, Slice within) {
    Words<Slice> names;
    std::size_t i = within.begin;
    while (escape_at(text, i)) i += 2;  // its letter is not the first one of a name
    while (i < within.end) {
        const auto [word, dotted] = word_at(text, {i, within.end});
        const auto name = dotted ? file_name_in(text, word) : std::nullopt;
        const bool follows = name && name->begin > within.begin && text[name->begin - 1] == ' ';
        if (name && !is_of_other(text, within, *name))
            names.add(follows ? with_blanks(text, within, *name) : *name);
        i = word.end + 1;
        if (word.end < within.end && text[word.end] == ']') i = skip_target(text, {i, within.end});
    }
    return names;
}

std::string without_escapes(std::string_view words) {
    std::string plain(words.substr(0, words.find('\\')));
    for (std::size_t i = plain.size(); i < words.size(); ++i) {
        if (words[i] == '\\') {
            const bool escape = i + 1 < words.size() && is_punctuation(words[i + 1]) &&
                                (i == 0 || words[i - 1] != ':' || words[i + 1] == '\\');
            if (!escape) return std::string(words);
            ++i;
        }
        plain += words[i];
    }
    return plain;
}

std::optional<Slice> checksum_file_name(std::string_view text, Slice before, Slice after) {
    if (before.of(text).find_first_not_of(" \t-*") != npos) return std::nullopt;
    const std::string_view rest = after.of(text);
    const bool starred = rest.starts_with(" *");
    if (!starred && !rest.starts_with("  ")) return std::nullopt;
    Slice name{after.begin + 2, after.end};
    while (name.size() > 0 && is_blank(text[name.end - 1])) --name.end;
    const std::size_t folders = name.of(text).find_last_of("/\\");
    if (folders != npos) name.begin += folders + 1;

    const std::string_view words = name.of(text);
    const bool bare = starred && words.find_first_of(" *") == npos;
    const bool named = !words.empty() && words.size() <= longest_name && (bare || type_of(words));
    const bool one_column = !words.starts_with(' ') && words.find("  ") == npos;
    const bool comment = std::ranges::any_of(
        std::array<std::string_view, 4>{"# ", "// ", "; ", "- "},
        [&](std::string_view mark) { return rest.substr(2).starts_with(mark); });
    if (comment && !starred) return std::nullopt;
    if (!named || !one_column || !is_plain(words) || holds_digest(words)) return std::nullopt;
    return name;
}

std::optional<std::string_view> composite_value(std::string_view text, Slice before,
                                                Slice after) noexcept {
    const std::string_view words = before.of(text);
    if (!words.ends_with('|') || !after.of(text).starts_with('"')) return std::nullopt;
    const std::size_t quote = words.rfind('"');
    if (quote == npos || words.size() - quote > longest_name + 2) return std::nullopt;
    return words.substr(quote + 1, words.size() - quote - 2);
}

std::string_view second_type(std::string_view type) noexcept {
    constexpr std::string_view first = "filename|";
    return begins_with(type, 0, first) ? type.substr(first.size()) : type;
}

std::optional<Platform> platform_of_file(std::string_view name) noexcept {
    const FileType* type = type_of(name);
    return type ? type->platform : std::nullopt;
}

Label label_before(std::string_view text, Slice before) {
    before = without_prefix(text, before);
    bool marked = false;
    before.end = end_of_label(text, before, marked);
    if (before.size() == 0) return {};
    const std::size_t end = before.end;
    if (marked) before.end = open_parenthesis(text, before);
    const Slice inside{before.end, end};
    while (before.size() > 0 && is_blank(text[before.end - 1])) --before.end;
    const Slice words = last_words(text, before);
    const bool dotted = words.begin > before.begin && text[words.begin - 1] == '.';
    const Slice spoken_words = without_marks(text, words);
    const std::string_view label = spoken_words.of(text);
    if (label.empty() && !marked) return label_in_brackets(text, before);
    const bool spoken = std::any_of(label.begin(), label.end(),
                                    [](char c) { return is_letter(c) || !is_ascii(c); });
    if (!spoken) return {};
    const bool of_certificate = names_certificate(text.substr(0, words.begin));
    if (of_certificate) return {std::string(label), DigestLabel::Certificate};
    if (marked && !dotted) return marked_label(text, before.begin, spoken_words, inside);

    Label told = marked ? label_of_file(text, {before.begin, words.begin - 1}, inside)
                        : label_in_clause(text, {before.begin, end});
    if (told.says != DigestLabel::None) return told;
    return bare_label(text, before.begin, spoken_words, dotted);
}

bool is_digest_word(std::string_view word) noexcept {
    return digest_words.has(word);
}

bool holds_digest(std::string_view words) noexcept {
    return !next_digits(words, 0, shortest_digest).empty();
}

bool is_plain(std::string_view text) noexcept {
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] >= ' ' && text[i] <= '~') {
            ++i;
            continue;
        }
        const Character character = character_at(text, i);
        if (!in_categories(character, UTF8PROC_CATEGORY_LU, UTF8PROC_CATEGORY_ZS)) return false;
        i += character.bytes;
    }
    return true;
}

bool has_known_extension(std::string_view name) noexcept {
    return type_of(name) != nullptr;
}

std::size_t end_of_words(std::string_view text, Slice within) noexcept {
    std::size_t end = within.end;
    while (end > within.begin && is_name_byte(text[end - 1]) && is_name_byte(text[end])) --end;
    return end;
}

std::size_t begin_of_words(std::string_view text, Slice within) noexcept {
    std::size_t begin = within.begin;
    while (begin < within.end && is_name_byte(text[begin - 1]) && is_name_byte(text[begin])) {
        ++begin;
    }
    return begin;
}

}  // namespace libblock::detail
