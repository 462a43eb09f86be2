#include "libblock/detail/context_headings.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <utility>

#include "libblock/detail/context_cells.hpp"
#include "libblock/detail/context_columns.hpp"
#include "libblock/detail/context_labels.hpp"
#include "libblock/detail/context_names.hpp"
#include "libblock/detail/context_words.hpp"
#include "libblock/detail/word_list.hpp"

namespace libblock::detail {
namespace {

constexpr std::size_t longest_heading = 96;

/// The level of lines in bold letters, below those of headings.
constexpr std::size_t bold_level = 7;

/// The level of lines that are headings because they end with `:`, below those of mark-up.
constexpr std::size_t lowest_level = 8;

/// How long the words of a line in bold letters are that is a heading and no sentence.
constexpr std::size_t longest_bold = 48;

constexpr std::size_t npos = std::string_view::npos;

std::string_view without_blanks(std::string_view line) noexcept {
    while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
    return line.substr(skip_blanks(line, 0));
}

/// A line without the marks of a quoted mail.
std::string_view without_quote_marks(std::string_view line) noexcept {
    return line.starts_with('>') ? line.substr(skip_all_of(line, "> ")) : line;
}

/// The level of a heading of Markdown, AsciiDoc or Jira (`h2. `), 0 if the line is none.
std::size_t level_of(std::string_view line) noexcept {
    const char mark = line.front();
    const bool jira = mark == 'h' && line.size() > 4 && line[1] >= '1' && line[1] <= '6' &&
                      line.substr(2).starts_with(". ");
    if (jira) return static_cast<std::size_t>(line[1] - '0');
    if (mark != '#' && mark != '=') return 0;
    const std::size_t level = line.find_first_not_of(mark);
    return level < bold_level && is_blank(line[level]) ? level : 0;
}

/// A heading of HTML.
struct TaggedHeading {
    std::string words;
    std::size_t level = 0;  ///< 0: there is none
};

/// The last one that `text` has in full.
TaggedHeading last_tagged(std::string_view text) {
    constexpr std::size_t longest_tags = 512;  // with those inside of it
    if (text.find('<') == npos) return {};     // at once, unlike what is looked for backwards
    const std::size_t end = text.rfind("</h");
    if (end == npos || end + 3 >= text.size()) return {};
    const char digit = text[end + 3];
    if (digit < '1' || digit > '6') return {};
    const std::size_t floor = end - std::min(end, longest_tags);
    const std::size_t begin = text.substr(0, end).rfind("<h");
    if (begin == npos || begin < floor || begin + 2 >= end || text[begin + 2] != digit) return {};
    const std::size_t open = text.find('>', begin);
    if (open > end) return {};
    std::string words = cell_text(TableForm::Html, text.substr(open + 1, end - open - 1));
    if (words.size() > longest_heading) words.clear();
    return {std::move(words), static_cast<std::size_t>(digit - '0')};
}

/// Whether a line has nothing but tags.
bool has_tags_alone(std::string_view line) noexcept {
    while (line.starts_with('<')) {
        const std::size_t end = line.find('>');
        if (end == npos) return false;
        line.remove_prefix(skip_blanks(line, end + 1));
    }
    return line.empty();
}

/// Leaves out a pair of tags, one of `names`, around a line, and breaks behind it; whether there is
/// one.
bool strip_tags(std::string_view& line, std::span<const std::string_view> names) noexcept {
    for (const std::string_view name : names) {
        if (!line.starts_with('<') || !begins_with(line, 1, name)) continue;
        const std::size_t open = line.find('>');
        const std::size_t close = line.rfind("</");
        if (open == npos || close == npos || close <= open) continue;
        if (name.size() + 1 != open && !is_blank(line[name.size() + 1])) continue;
        const std::string_view tail = line.substr(close + 2);
        if (!begins_with(tail, 0, name) || tail.size() != name.size() + 1) continue;
        line = line.substr(open + 1, close - open - 1);
        return true;
    }
    return false;
}

/// The words of a line that are all in bold letters; empty if they are not.
std::string_view bold_words(std::string_view line) noexcept {
    constexpr std::array<std::string_view, 2> blocks{"p", "div"};
    constexpr std::array<std::string_view, 2> bold{"b", "strong"};
    constexpr std::array<std::string_view, 4> breaks{"<br>", "<br/>", "<br />", "\\"};
    constexpr std::array<std::string_view, 3> marks{"**", "__", "*"};
    constexpr std::string_view heads = "<*_";
    if (!is_one_of(line.front(), heads)) return {};
    if (line.front() == '<') {
        for (const std::string_view tag : breaks) {
            if (line.ends_with(tag)) line.remove_suffix(tag.size());
        }
        strip_tags(line, blocks);
        if (!strip_tags(line, bold) || line.find('<') != npos) return {};
        return line.size() <= longest_bold ? line : std::string_view();
    }
    for (const std::string_view mark : marks) {
        if (line.size() <= 2 * mark.size() || !line.starts_with(mark) || !line.ends_with(mark)) {
            continue;
        }
        line = line.substr(mark.size(), line.size() - 2 * mark.size());
        const bool one = line.find('*') == npos && line.find("__") == npos;
        return one && !is_blank(line.front()) && line.size() <= longest_bold ? line
                                                                             : std::string_view();
    }
    return {};
}

/// The words of a heading without the marks around them.
std::string_view words_of(std::string_view line) noexcept {
    if (line.front() == 'h' && level_of(line) > 0) line.remove_prefix(std::strlen("h1. "));
    constexpr std::string_view marks = " \t#=*_:-+>\"{[";
    const std::size_t begin = line.find_first_not_of(marks);
    if (begin == npos) return {};
    return line.substr(begin, line.find_last_not_of(marks) - begin + 1);
}

bool ends_with_colon(std::string_view line) noexcept {
    // Emphasis, what JSON opens, and how quoted-printable breaks a line.
    constexpr std::string_view openers = "*_ {[=";
    while (!line.empty() && is_one_of(line.back(), openers)) line.remove_suffix(1);
    return line.ends_with(':');
}

/// Whether a line is an item of a list or what parts and encloses blocks: it leaves a heading
/// above it in force.
bool is_item(std::string_view line) noexcept {
    constexpr std::string_view bullets = "-*+>";
    constexpr std::string_view fences = "`~-=.*_+";
    if (is_one_of(line.front(), bullets) && line.size() > 1 && is_blank(line[1])) return true;
    if (line.starts_with("\u2022") || line.starts_with("```") || line.starts_with("|==="))
        return true;
    if (line.find_first_not_of(fences) == npos || has_tags_alone(line)) return true;
    const std::size_t digits = line.find_first_not_of("0123456789");
    constexpr std::string_view ends = ".)";
    return digits > 0 && digits < line.size() && is_one_of(line[digits], ends);
}

/// The file of which a heading says that a digest follows: "SHA256 hash of setup.exe", as certutil
/// has it.
std::string name_of_digest(std::string_view words) {
    constexpr std::array<std::string_view, 4> marks{"hash of file ", "hash of ", "checksum of ",
                                                    "digest of "};
    for (const std::string_view mark : marks) {
        const std::size_t at = words.find(mark);
        if (at == npos) continue;
        const std::string_view name = words.substr(at + mark.size());
        const bool path = name.size() > 2 && (name.substr(1).starts_with(":\\") || name[0] == '/');
        if (name.find(' ') != npos && !path) return {};
        return has_known_extension(name) ? name_in_cell(name, false) : std::string();
    }
    return {};
}

/// Whether a line is nothing but the name of a digest, as in reports that give it a line above.
bool is_digest_name(std::string_view line) noexcept {
    if (line.size() > longest_label || line.find_first_of(" .<>") != npos) return false;
    return is_digest_word(line) || is_no_file(heading_label(LabelWords(line)));
}

/// Whether a line is such a name of several words, of digests that are no files': "Certificate
/// thumbprint", "Thumbprint (SHA-256)".
bool is_long_name(std::string_view line) noexcept {
    constexpr auto last_words =
        "hash hashes thumbprint thumbprints fingerprint fingerprints sha-256 sha256"_words;
    constexpr std::string_view last_letters = "hst6)";  // of these, to tell most lines at once
    if (!is_one_of(ascii_lower(line.back()), last_letters)) return false;
    const std::size_t blank = line.rfind(' ');
    if (line.size() > longest_label || blank == npos) return false;
    std::string_view last = line.substr(blank + 1);
    if (last.starts_with('(') && last.ends_with(')')) last = last.substr(1, last.size() - 2);
    if (!last_words.has(last)) return false;
    const bool one_column = line.find("  ") == npos && line.find_first_of("\t,;|:") == npos;
    const LabelWords words(line);
    return one_column && is_no_file(heading_label(words)) && !words.has("md"_words);
}

/// The words of a line that is a term of a list in HTML and names a digest; empty if it is none.
std::string_view digest_term(std::string_view line) noexcept {
    constexpr std::string_view end = "</dt>";
    if (!line.starts_with("<dt") || !line.ends_with(end)) return {};
    line.remove_suffix(end.size());
    line.remove_prefix(std::min(line.find('>'), line.size() - 1) + 1);
    return heading_label(LabelWords(line)) == DigestLabel::None ? std::string_view() : line;
}

/// Whether a line of a few words, without a mark, speaks of another operating system than
/// `platform`, as a heading may: "Linux samples".
bool names_other_platform(std::string_view line, Platform platform) {
    constexpr std::string_view no_heading = "|,;\t.:/\\=<>\"";
    if (line.size() > longest_bold || line.find_first_of(no_heading) != npos) return false;
    const auto named = platform_words(line, {0, line.size()});
    return named.first && !named.differ && *named.first != platform;
}

/// Words for operating systems, and what else may stand on a line that says but which one is meant.
constexpr auto system_words =
    "windows win macos macosx osx mac darwin linux gnu ubuntu debian fedora rhel red redhat centos "
    "almalinux suse opensuse sles archlinux gentoo raspbian os"_words;
constexpr auto words_beside_systems =
    "x bit bits amd arm aarch intel hat server desktop sample samples file files hash hashes "
    "binary binaries executable executables version versions variant variants build builds elf "
    "pe"_words;

/// The first two letters of these, to tell most lines at once.
constexpr std::string_view system_heads =
    "wi ma da li gn ub de fe rh re ce al su op sl ar ge ra os ";

constexpr std::size_t pair_index(char first, char second) noexcept {
    constexpr unsigned low = 0x1F;  // the same of a letter in either case
    return (static_cast<unsigned char>(first) & low) << 5U |
           (static_cast<unsigned char>(second) & low);
}

constexpr std::array<bool, 1024> make_system_pairs() noexcept {
    std::array<bool, 1024> pairs{};
    for (std::size_t i = 0; i < system_heads.size(); i += 3) {
        pairs[pair_index(system_heads[i], system_heads[i + 1])] = true;
    }
    return pairs;
}

constexpr std::array<bool, 1024> system_pairs = make_system_pairs();

/// The operating system of which a line is nothing but the name.
std::optional<Platform> platform_alone(std::string_view line) {
    constexpr std::string_view marks = " \t*_`-+>()[]:.0123456789";
    constexpr std::string_view others = ",;|<>=/\\{";
    if (line.size() > longest_bold) return {};
    const std::size_t begin = is_letter(line.front()) ? 0 : skip_all_of(line, marks);
    const std::string_view head = line.substr(begin);
    if (head.size() < 2 || !system_pairs[pair_index(head[0], head[1])]) return {};
    const auto* const end = std::ranges::find_if_not(head, is_letter);
    const std::string_view first = head.substr(0, static_cast<std::size_t>(end - head.begin()));
    if (!system_words.has(first) || line.find(": ") != npos) return {};  // it may be a field
    if (find_one_of(line, others) < line.size()) return {};
    const LabelWords words(line);
    const bool alone = std::ranges::all_of(words, [](std::string_view word) {
        return is_digit(word.front()) || system_words.has(word) || words_beside_systems.has(word);
    });
    if (!alone) return {};
    if (const auto named = platform_named_shortly(words_of(line))) return named;
    const auto named = platform_words(line, {0, line.size()});
    return named.differ ? std::nullopt : named.first;
}

/// Whether a line underlines the heading `over` directly above it, as in reStructuredText: it is as
/// long as that, or as wide.
bool underlines(std::string_view line, std::string_view over) noexcept {
    constexpr std::string_view rules = "=-~";
    constexpr std::size_t shortest = 3;
    if (line.size() < shortest || !is_one_of(line.front(), rules) || over.empty()) return false;
    if (line.find_first_not_of(line.front()) != npos) return false;
    const auto count = static_cast<std::size_t>(std::ranges::count_if(
        over, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
    const std::size_t widest = count == over.size() ? count : 2 * count;
    return line.size() + 2 >= count && line.size() <= widest + 2;
}

/// Whether a line may be a heading if the next one underlines it: it is no row, field or sentence.
bool may_be_underlined(std::string_view line) noexcept {
    constexpr std::string_view no_ends = ".,;";
    return line.size() <= longest_bold && find_one_of(line, "|:\t<>=") == line.size() &&
           line.find("  ") == npos && !is_one_of(line.back(), no_ends);
}

/// Whether the line of a hash, which stands behind `before`, has the sign of a list.
bool has_sign(std::string_view before) noexcept {
    const std::size_t begin = skip_blanks(before, 0);
    return begin < before.size() && is_item(before.substr(begin));
}

}  // namespace

void Headings::read_tags(std::string_view text) {
    const TaggedHeading heading = last_tagged(text);
    if (heading.level > 0) take(heading.words, heading.level, 0);
}

void Headings::read(std::string_view line) {
    const std::size_t indent = skip_blanks(line, 0);
    line = without_blanks(line);
    read_system(line, indent);
    if (underlines(line, over_)) return take_underlined(line.front());
    over_ = !line.empty() && may_be_underlined(line) ? line : std::string_view();
    if (!line.empty()) read_words(line, indent);
}

void Headings::read_words(std::string_view line, std::size_t indent) {
    if (const std::size_t level = level_of(line); level > 0) {
        if (line.size() <= longest_heading) {
            take(words_of(line), level, 0);
        } else {
            forget();
        }
    } else if (const auto tagged = last_tagged(line); tagged.level > 0) {
        take(tagged.words, tagged.level, 0);
    } else if (line.size() <= longest_heading && ends_with_colon(line)) {
        take(words_of(line), lowest_level, indent);
    } else if (const std::string_view bold = bold_words(line); !bold.empty()) {
        take(words_of(bold), bold_level, 0);
    } else if (is_digest_name(line)) {
        take(line, lowest_level, indent);
    } else if (is_long_name(line)) {
        take(words_of(line), lowest_level, indent);
        alone_ = true;
    } else if (const std::string_view term = digest_term(line); !term.empty()) {
        take(term, lowest_level, indent);
    } else if (platform_ && names_other_platform(line, *platform_)) {
        platform_.reset();
        forget_label();
    } else if (holds_words() && !is_item(line) && !holds_digest(line)) {
        pass_words(line, indent);
    }
}

/// Takes a line that is no heading. The fields of a certificate stand indented under its heading.
void Headings::pass_words(std::string_view line, std::size_t indent) {
    const bool is_field = line.find(':') != npos;
    indented_ = label_ == DigestLabel::Certificate && !marked_ && is_field && indent > indent_;
    if (!indented_) forget_label();
    if (name_level_ == lowest_level && !is_field) file_name_.clear();
}

/// Takes the line above for a heading that the rule of such a mark underlines.
void Headings::take_underlined(char mark) {
    const std::string over = std::exchange(over_, {});
    const std::string_view words = words_of(over);
    if (!words.empty()) take(words, mark == '=' ? 1 : 2, 0);
}

/// Takes a line for one over hashes if it is nothing but the name of an operating system. Where the
/// hashes come first, as in the cells of a table with a line each, it is over none.
void Headings::read_system(std::string_view line, std::size_t indent) {
    line = without_quote_marks(line);
    if (line.empty()) {
        if (system_) pass_blank();
        return;
    }
    if (system_ && holds_digest(line)) return;  // it is of the same file as the hash that comes
    const bool behind_hash = std::exchange(behind_hash_, false);
    const std::optional<Platform> platform = platform_alone(line);
    const bool listed = system_ && !system_->is_over;
    system_.reset();
    if (!platform || (behind_hash && !hash_is_told_)) return;
    system_ = {listed ? std::nullopt : platform, indent, is_item(line)};
}

/// Passes a blank line below that of an operating system. It ends what that is over, unless each
/// line is a paragraph, as a word processor has them.
void Headings::pass_blank() noexcept {
    if (system_->is_over && !system_->parted) {
        system_.reset();
    } else {
        system_->parted = true;
        behind_blank_ = true;
    }
}

std::optional<Platform> Headings::platform_over(std::string_view before) const noexcept {
    if (!system_) return std::nullopt;
    before = without_quote_marks(before);
    const std::size_t indent = skip_blanks(before, 0);
    const bool in_list = system_->item && has_sign(before);
    const bool below = indent > system_->indent || (indent == system_->indent && !in_list);
    return below ? system_->platform : std::nullopt;
}

void Headings::pass_hash(bool told) noexcept {
    over_.clear();
    behind_hash_ = true;
    hash_is_told_ = told;
    if (!told) {
        system_.reset();
    } else if (system_) {
        if (system_->is_over && !behind_blank_) system_->parted = false;
        system_->is_over = true;
    }
    behind_blank_ = false;
}

bool Headings::holds(std::string_view line) const noexcept {
    return marked_ || skip_blanks(line, 0) > indent_;
}

void Headings::take(std::string_view words, std::size_t level, std::size_t indent) {
    forget_label();
    take_name(words, level);
    const LabelWords parts(words);
    label_ = heading_label(parts);
    marked_ = level < lowest_level;
    if (marked_ && is_certificate_of_something(parts)) label_ = DigestLabel::Certificate;
    indent_ = indent;
    const bool fits = words.size() <= longest_label && is_plain(words);
    if (label_ != DigestLabel::None && fits) text_ = words;

    auto platforms = platform_words(words, {0, words.size()});
    if (const auto told = platform_named_shortly(words)) platforms.add(*told);
    // A heading below that of an operating system leaves it in force, as does one that is of
    // digests alone: "SHA-256:", not "Hashes for ESXi:".
    const bool of_digests = level >= bold_level && !has_subject(parts);
    if (!platforms.first && (level > platform_level_ || of_digests)) return;
    platform_ = platforms.differ ? std::nullopt : platforms.first;
    platform_level_ = level;
}

void Headings::take_name(std::string_view words, std::size_t level) {
    const bool path = words.size() > 3 && words.substr(1).starts_with(":\\");
    std::string name =
        path && has_known_extension(words) ? name_in_cell(words, false) : name_in_line(words);
    if (name.empty()) name = name_of_digest(words);
    if (name.empty() && level > name_level_) return;
    file_name_ = std::move(name);
    hashes_ = {};
    name_level_ = file_name_.empty() ? 0 : level;
}

bool Headings::holds_words() const noexcept {
    return label_ != DigestLabel::None || !file_name_.empty();
}

void Headings::forget_label() noexcept {
    label_ = DigestLabel::None;
    text_.clear();
    alone_ = false;
    indented_ = false;
}

}  // namespace libblock::detail
