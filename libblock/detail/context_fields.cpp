#include "libblock/detail/context_fields.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>
#include <vector>

#include "libblock/detail/context_cells.hpp"
#include "libblock/detail/context_columns.hpp"
#include "libblock/detail/context_labels.hpp"
#include "libblock/detail/context_words.hpp"

namespace libblock::detail {
namespace {

constexpr std::size_t npos = std::string_view::npos;
constexpr std::size_t longest_key = 40;
constexpr std::size_t longest_line = 512;
constexpr std::size_t most_lines = 24;  ///< of a block, on either side of the hash
constexpr std::size_t shortest_sha256 = Sha256::hex_count - 1;
constexpr std::size_t longest_sha256 = Sha256::hex_count + 1;

constexpr std::string_view blanks = " \t";
constexpr std::string_view openers = "\"'`*_|^#[";  ///< before a key or a value
constexpr std::string_view closers = "\"'`*_|^,;]";
constexpr std::string_view parters = ":=|^\t";  ///< between a key and its value

/// A line with the sign of a list, if it has one, and where its words begin.
struct Line {
    std::string_view words;
    std::size_t indent = 0;  ///< of the words
    bool item = false;       ///< whether it begins an item of a list
};

/// Bytes of the sign of a list at the begin of `words`, with the blank after it.
std::size_t item_sign(std::string_view words) noexcept {
    constexpr std::string_view bullets = "-*+";
    constexpr std::string_view bullet = "\u2022";
    constexpr std::string_view ends = ".)";
    std::size_t size = skip_all_of(words, "0123456789");
    if (size > 0) {
        size = size < words.size() && size <= 3 && is_one_of(words[size], ends) ? size + 1 : 0;
    } else if (!words.empty() && is_one_of(words.front(), bullets)) {
        size = 1;
    } else if (words.starts_with(bullet)) {
        size = bullet.size();
    }
    return size > 0 && size < words.size() && is_blank(words[size]) ? size + 1 : 0;
}

/// Bytes of a sign in brackets at the begin of `words`, as tools have it before what they report:
/// `[+] `; it is none of a list.
std::size_t report_sign(std::string_view words) noexcept {
    constexpr std::string_view signs = "+-*!";
    const bool sign = words.size() > 4 && words[0] == '[' && is_one_of(words[1], signs) &&
                      words[2] == ']' && is_blank(words[3]);
    return sign ? skip_all_of(words, blanks, 3) : 0;
}

Line read_line(std::string_view text) noexcept {
    constexpr std::string_view margin = " \t>";  // mail quotes with `>`
    Line line;
    line.indent = skip_all_of(text, margin);
    line.words = text.substr(line.indent);
    while (!line.words.empty() && is_one_of(line.words.back(), " \t\r")) {
        line.words.remove_suffix(1);
    }
    if (const std::size_t sign = item_sign(line.words)) {
        const std::size_t begin = skip_all_of(line.words, blanks, sign);
        line.words = line.words.substr(begin);
        line.indent += begin;
        line.item = true;
    }
    line.words.remove_prefix(report_sign(line.words));
    return line;
}

std::string_view without(std::string_view words, std::string_view before,
                         std::string_view after) noexcept {
    while (!words.empty() && (is_blank(words.front()) || is_one_of(words.front(), before))) {
        words.remove_prefix(1);
    }
    while (!words.empty() && (is_blank(words.back()) || is_one_of(words.back(), after))) {
        words.remove_suffix(1);
    }
    return words;
}

/// The key of a field and its value.
struct Field {
    std::string_view key;  ///< empty if the line is no field
    std::string_view value;
};

Field read_field(std::string_view words) noexcept {
    constexpr std::string_view in_keys = " _-()/";
    words = without(words, openers, {});
    std::size_t end = 0;
    while (end < words.size() && end <= longest_key &&
           (is_word(words[end]) || !is_ascii(words[end]) || is_one_of(words[end], in_keys))) {
        ++end;
    }
    const std::size_t mark = skip_all_of(words, " \"'`*_", end);
    if (end == 0 || end > longest_key || mark == words.size() || !is_one_of(words[mark], parters)) {
        return {};
    }
    const std::string_view key = without(words.substr(0, end), {}, "_-");
    std::string_view value = words.substr(mark + 1);
    if (key.size() == 1 && value.starts_with('\\')) return {};  // a drive
    constexpr std::string_view second_marks = "=>:";            // `:=`, `=>`, `::`
    const bool assigned = !value.empty() && is_one_of(value.front(), second_marks);
    if (assigned) value.remove_prefix(1);
    return {key, without(value, "\"'`*_|^[", closers)};
}

/// Whether a key may be that of a file name or an operating system.
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

/// Whether a key is that of a file's path in the events of Sysmon: "Image", "ImageLoaded".
bool names_image(const LabelWords& key) noexcept {
    return key.is(0, "image"_words) &&
           (key.size() == 1 || (key.size() == 2 && key.is(1, "loaded"_words)));
}

Role role_of_key(std::string_view key, const LabelWords& words) {
    return names_image(words) ? Role::Names : role_of(key, words);
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

/// Whether a line begins or ends an object and holds nothing else.
bool is_brace(std::string_view words) noexcept {
    return words.find_first_not_of("{}[], ") == npos;
}

/// Whether a line is a rule, or where a document of YAML ends.
bool parts_blocks(std::string_view words) noexcept {
    return words.size() >= 3 && words.find_first_not_of("-=*_~#") == npos;
}

/// A key or a heading over what stands below it, with its `:`; empty if a line is none.
std::string_view opener_in(std::string_view words) noexcept {
    constexpr std::string_view marks = "{[ *_";
    while (!words.empty() && is_one_of(words.back(), marks)) words.remove_suffix(1);
    return words.ends_with(':') ? words : std::string_view();
}

/// Whether a key is that of the digests of the file that is spoken of, and of no other one.
bool opens_digests(std::string_view key) {
    if (key.empty() || key.size() > longest_key) return false;
    const LabelWords words(key);
    return role_of(key, words) == Role::Digest && !names_other_file(words);
}

/// Words of keys over what is said of a file, beside those of digests.
constexpr auto holder_words =
    "file sample binary executable object info information details properties attributes meta "
    "metadata data"_words;

/// Whether what is told beside a key is of the same file as the digests under it. The items of a
/// list that have keys are files of their own, unless it is one of digests.
bool opens_same_file(std::string_view key, bool of_items) {
    if (key.empty() || key.size() > longest_key) return false;
    const LabelWords words(key);
    if (opens_digests(key)) return !of_items || names_digest(words);
    const auto is_holder = [](std::string_view word) { return holder_words.has(word); };
    return !of_items && words.size() > 0 && std::all_of(words.begin(), words.end(), is_holder);
}

/// Whether a key is that of a path that may be a folder: what is called a file goes before it.
bool may_be_folder(std::string_view name, const LabelWords& key) {
    return key.has("path"_words) && !has_known_extension(name);
}

bool are_equal_digits(std::string_view left, std::string_view right) noexcept {
    return std::ranges::equal(left, right, {}, ascii_lower, ascii_lower);
}

/// Whether two keys are about different things: "Installer SHA-256", "DLL name".
bool are_apart(const LabelWords& left, const LabelWords& right) noexcept {
    return has_subject(left) && has_subject(right) && !share_subject(left, right);
}

/// A walk from the line of a hash through its block, away from it.
class Walk {
public:
    /// The line of the hash is `head`, then its digits.
    Walk(std::string_view head, std::string_view digits, DigestLabel says) noexcept
        : head_(head), digits_(digits), says_(says), own_(read_field(read_line(head).words).key) {
        const Line line = read_line({head.data(), head.size() + digits.size()});
        level_ = line.indent;
        item_ = line.item;
    }

    /// Takes a line above, or says that the block ends there.
    bool take_above(std::string_view text) {
        if (goes_on_list(text)) return lines_ < most_lines;
        if (read_line(text).words.empty()) return pass_blank();
        const bool begun = begin_line(text);
        const bool other_item = item_ && !line_.item && line_.indent == level_;
        if (other_item) at_hash_ = false;  // it is no part of a chain of blocks
        if (!begun || other_item || is_over_heading() || !take_opener()) return false;
        if (parts_blocks(line_.words)) return pass_rule();
        if (over_rule_ > 0) ++over_rule_;
        if (line_.indent > level_) return pass();
        if (line_.indent < level_) return take_parent();
        if (is_one_of(line_.words.front(), "{[")) return false;
        if (is_one_of(line_.words.front(), "}]")) return pass();
        if (!opener_.empty()) return pass_opener();
        take_field();
        const bool first = line_.item && !item_;
        return !first;
    }

    /// The same for a line below, of what is indented by `floor` at least.
    bool take_below(std::string_view text, std::size_t floor) {
        near_ = false;  // names without a key stand above
        if (!begin_line(text) || line_.indent < floor || parts_blocks(line_.words)) return false;
        if (line_.indent > level_) return pass();
        const bool ends_object = line_.words.starts_with('}');
        if (line_.indent < level_) {
            if (!ends_object && (line_.item || line_.indent == 0)) return false;
            level_ = line_.indent;
            item_ = false;
            if (ends_object) return pass();
        }
        if (line_.item) {
            if (!item_ || object_) return false;
            other_item_ = true;
            before_item_ = {name_, platform_};
        } else if (other_item_) {
            return drop_item();
        } else {
            object_ = item_;
        }
        headed_ = !opener_in(line_.words).empty();
        if (headed_ || is_one_of(line_.words.front(), "{}[]")) return false;
        take_field();
        return true;
    }

    /// Whether a hash of the same kind ended the block, or stands above in the same list.
    bool at_hash() const noexcept {
        return (at_hash_ && !parted_ && !headed_ && !apart_) || items_ > 0;
    }

    /// Whether a key over the hash has been passed, under which a list may stand.
    bool is_opened() const noexcept { return passed_opener_; }

    /// Whether the block ends at a heading, and what the field over that tells.
    bool is_headed() const noexcept { return headed_; }
    Role over_heading() const noexcept { return over_heading_; }

    /// The indentation of what the block has at least: that of an object that ended it.
    std::size_t floor() const noexcept { return closed_ ? level_ : 0; }

    /// Whether a line is like that of the hash up to the digits, as in a list.
    bool is_like(std::string_view text) const noexcept {
        if (!text.starts_with(head_)) return false;
        const Slice digits = digits_at(text, head_.size());
        return digits.size() >= shortest_sha256 && digits.size() <= longest_sha256 &&
               !are_equal_digits(digits.of(text), digits_);
    }

    /// Whether a line is an item of the list of the hash, and has the hash `digits`.
    bool is_item(std::string_view text, std::string_view digits) const noexcept {
        return own_.size() == 0 && is_like(text) && text.substr(head_.size()).starts_with(digits);
    }

    const std::string& name() const noexcept { return name_; }
    std::optional<Platform> platform() const noexcept { return platform_; }

private:
    bool begin_line(std::string_view text) {
        if (++lines_ > most_lines) return false;
        at_hash_ = !item_ && !left_ && is_like(text);
        if (at_hash_) return false;
        line_ = read_line(text);
        if (line_.words.empty()) return false;
        if (line_.indent > level_) return true;
        const Slice digits = other_digits(text);
        if (digits.empty()) return true;
        if (other_item_ && !line_.item) return drop_item();
        const Label label = label_before(text, {0, digits.begin});
        const bool alike = parted_ || label.says == says_ || label.says == DigestLabel::None;
        const bool of_other = alike && are_apart(own_, LabelWords(label.text));
        strict_ = strict_ || of_other;
        at_hash_ = alike && !of_other;
        return !at_hash_;
    }

    /// The first digits in a line that may be another SHA-256: links have that of the block.
    Slice other_digits(std::string_view text) const noexcept {
        Slice digits = next_digits(text, 0, shortest_sha256);
        while (digits.size() > longest_sha256 || are_equal_digits(digits.of(text), digits_)) {
            digits = next_digits(text, digits.end, shortest_sha256);
        }
        return digits;
    }

    /// Takes a line of a list directly above; what has a name of its own is none of a list.
    bool goes_on_list(std::string_view text) noexcept {
        if (lines_ > items_ || own_.size() > 0 || !is_like(text)) return false;
        ++lines_;
        ++items_;
        strict_ = true;  // a file has one hash
        awaits_opener_ = true;
        return true;
    }

    /// Blank lines around a key of digests do not end the block, as it belongs to the hash.
    bool pass_blank() noexcept {
        const bool pass = lines_ == items_ || opened_;
        awaits_opener_ = !opened_;
        opened_ = false;
        parted_ = true;
        near_ = false;
        ++lines_;
        return pass;
    }

    /// Reads what a line opens; whether that is enough to go on.
    bool take_opener() {
        opener_ = opener_in(line_.words);
        opens_ = opens_digests(opener_);
        opened_ = opens_ && names_digest(LabelWords(opener_));
        return !std::exchange(awaits_opener_, false) || (parted_ ? opened_ : opens_);
    }

    /// What stood on the last item of a list belongs to an object that begins there.
    bool drop_item() noexcept {
        std::tie(name_, platform_) = std::move(before_item_);
        return false;
    }

    bool take_parent() {
        const bool brace = is_brace(line_.words) || line_.words.starts_with('}');
        const bool of_items = item_ && own_.size() > 0;
        closed_ = brace || (!opener_.empty() && !opens_same_file(opener_, of_items));
        if (brace) return false;
        near_ = !parted_;
        left_ = true;
        take_field();
        if (closed_) return false;
        level_ = line_.indent;
        item_ = false;
        passed_opener_ = passed_opener_ || opens_;
        return !line_.item;
    }

    /// The line over a rule may be the heading that it underlines; others are of another block.
    bool pass_rule() noexcept {
        if (over_rule_ == 0) apart_ = !name_.empty() || platform_;
        over_rule_ = std::max(over_rule_, std::size_t{1});
        return true;
    }

    /// A line that belongs to none of the fields.
    bool pass() noexcept {
        nested_ = line_.indent > level_;
        return true;
    }

    /// A key is passed with what is indented below it, and one of the same file; a heading ends the
    /// block.
    bool pass_opener() {
        if (std::exchange(nested_, false)) return true;
        headed_ = !opens_same_file(opener_, false);
        passed_opener_ = passed_opener_ || !headed_;
        return true;
    }

    /// Whether a heading has ended the block; sees what the field over it tells.
    bool is_over_heading() {
        if (!headed_ || line_.indent != level_) return headed_;
        const Field field = read_field(line_.words);
        if (!field.key.empty()) over_heading_ = role_of_key(field.key, LabelWords(field.key));
        return true;
    }

    void take_field() {
        nested_ = false;
        if (over_rule_ > 2) return;
        const Field field = read_field(line_.words);
        if (field.key.empty()) {
            if (near_ && !strict_ && name_.empty()) name_ = bare_name(line_.words);
            near_ = false;
            return;
        }
        if (!near_ && !may_tell(field.key)) return;
        const LabelWords words(field.key);
        const Role role = role_of_key(field.key, words);
        near_ = near_ && (role == Role::Digest || role == Role::Type);
        if (role == Role::Names) {
            take_name(field.value, words);
        } else if (role == Role::Os && !platform_) {
            platform_ = platform_in_cell(field.value).platform;
        }
    }

    /// Keeps the nearest name, but one of another file, such as a PDB, only as long as no other
    /// comes, and any only until one whose key is about the same as that of the hash.
    void take_name(std::string_view value, const LabelWords& key) {
        const bool bound = share_subject(own_, key);
        if (bound_ || (!bound && (strict_ || are_apart(own_, key)))) return;
        if (!bound && !name_.empty() && !of_other_) return;
        std::string name = name_in_field(value, key);
        const bool of_other = !bound && (names_other_file(key) || may_be_folder(name, key));
        if (name.empty() || (of_other && !name_.empty())) return;
        name_ = std::move(name);
        of_other_ = of_other;
        bound_ = bound;
    }

    std::string_view head_;
    std::string_view digits_;
    DigestLabel says_;
    LabelWords own_;         ///< the words of the key of the hash
    std::size_t level_ = 0;  ///< the indentation of the fields
    bool item_ = false;      ///< whether they are items of a list
    Line line_;
    std::size_t lines_ = 0;
    std::size_t items_ = 0;            ///< of them, those of a list to which the hash belongs
    std::size_t over_rule_ = 0;        ///< lines from a rule on
    bool apart_ = false;               ///< whether anything is told below that
    std::string_view opener_;          ///< in the line, with its `:`
    bool opens_ = false;               ///< whether that is a key of digests
    bool opened_ = false;              ///< the same, of the line before, if it says so in full
    bool passed_opener_ = false;       ///< whether one has been passed
    bool awaits_opener_ = false;       ///< whether the block ends unless one is next
    bool parted_ = false;              ///< whether a blank line has been passed
    bool headed_ = false;              ///< whether a heading ends it
    Role over_heading_ = Role::Other;  ///< of the field over that
    bool closed_ = false;              ///< whether the object of another file ended the block
    bool left_ = false;    ///< whether the walk has left the lines with the indentation of the hash
    bool nested_ = false;  ///< whether the line before was indented further
    bool near_ = true;     ///< whether nothing but digests stands between
    bool at_hash_ = false;
    bool object_ = false;      ///< whether the item of the hash has other lines below
    bool other_item_ = false;  ///< whether an item below that of the hash has begun
    std::pair<std::string, std::optional<Platform>> before_item_;  ///< what was told before that
    std::string name_;
    bool of_other_ = false;  ///< whether that is the name of another file
    bool bound_ = false;     ///< whether its key is about the same as that of the hash
    bool strict_ = false;    ///< whether only such names are taken: the hash of another file parts
    std::optional<Platform> platform_;
};

/// Whether a hash between `before` and `after` is the value of a key of JSON.
bool is_json_value(std::string_view text, Slice before, Slice after) noexcept {
    if (!before.of(text).ends_with('"') || !after.of(text).starts_with('"')) return false;
    std::size_t end = before.end - 1;
    while (end > before.begin && is_blank(text[end - 1])) --end;
    return before.of(text).substr(0, end - before.begin).ends_with("\":");
}

/// The key of the value that stands behind `before`.
std::string_view key_of_value(std::string_view text, Slice before) noexcept {
    const std::string_view words = before.of(text);
    const std::size_t end = words.rfind("\":");
    const std::size_t begin = end == npos || end == 0 ? npos : words.rfind('"', end - 1);
    return begin == npos ? std::string_view() : words.substr(begin + 1, end - begin - 1);
}

/// The fields of an object of JSON on a line, read on one side of a hash that is a value in it.
class ObjectFields {
public:
    /// Reads up to the hash: fields of its object and of those around it are kept.
    void read_before(std::string_view text, Slice where) {
        own_ = where;
        for (std::size_t i = where.begin; i < where.end; ++i) {
            if (take_string(text, where, i)) continue;
            if (is_one_of(text[i], "{[")) {
                begin_object(text, i);
            } else if (is_one_of(text[i], "}]")) {
                end_object(text[i] == ']');
            }
        }
        // Beyond the object itself only that is of the same file of which it is the digests.
        while (!begun_.empty() && begun_.back().same_file) {
            if (!begun_.back().list) ++levels_;
            begun_.pop_back();
        }
        if (begun_.empty()) return;
        own_.begin = begun_.back().at;
        const auto first = fields_.begin() + static_cast<std::ptrdiff_t>(begun_.back().fields);
        named_around_ = std::any_of(fields_.begin(), first, is_name);
        fields_.erase(fields_.begin(), first);
    }

    /// Reads on behind the hash, `levels` objects up.
    void read_after(std::string_view text, Slice where, std::size_t levels) {
        std::size_t depth = levels + 1;
        std::size_t own = npos;  // how many fields are no others' around it
        own_ = where;
        for (std::size_t i = where.begin; i < where.end; ++i) {
            if (take_string(text, where, i)) continue;
            if (text[i] == '{') {
                begun_.push_back({i, fields_.size()});
                key_ = {};
            } else if (text[i] == '}' && !begun_.empty()) {
                fields_.resize(begun_.back().fields);
                begun_.pop_back();
            } else if (text[i] == '}' && depth > 0 && --depth == 0) {
                own = fields_.size();
                own_.end = i;
            }
        }
        if (!begun_.empty()) fields_.resize(begun_.front().fields);
        if (own >= fields_.size()) return;
        const auto end = fields_.begin() + static_cast<std::ptrdiff_t>(own);
        named_around_ = std::any_of(end, fields_.end(), is_name);
        fields_.erase(end, fields_.end());
    }

    /// Whether objects around, which are of other files, have names.
    bool named_around() const noexcept { return named_around_; }

    /// What has been read without them.
    Slice own() const noexcept { return own_; }

    /// How many objects up the same file is spoken of.
    std::size_t levels() const noexcept { return levels_; }
    const std::vector<Field>& fields() const noexcept { return fields_; }

private:
    /// An object or a list.
    struct Begin {
        std::size_t at = 0;      ///< where its key begins, if it has one
        std::size_t fields = 0;  ///< before it
        bool same_file = false;  ///< whether its key says that it is of the same file
        bool list = false;
    };

    static bool is_name(const Field& field) {
        return role_of_key(field.key, LabelWords(field.key)) == Role::Names;
    }

    void begin_object(std::string_view text, std::size_t at) {
        const bool list = text[at] == '[';
        const std::string_view key = std::exchange(key_, {});
        if (!key.empty()) at = static_cast<std::size_t>(key.data() - text.data());
        const bool item = !list && !begun_.empty() && begun_.back().list;
        const bool same_file = item ? begun_.back().same_file : opens_same_file(key, list);
        begun_.push_back({at, fields_.size(), same_file, list});
    }

    /// Ends the last one that has begun, with all lists in it that do not end.
    void end_object(bool list) {
        while (!begun_.empty()) {
            const Begin begin = begun_.back();
            if (list && !begin.list) return;
            begun_.pop_back();
            fields_.resize(begin.fields);
            if (begin.list == list) return;
        }
        if (!list) fields_.clear();
    }

    /// Takes the string that begins at `i` and sets that to its end; whether there is one.
    bool take_string(std::string_view text, Slice where, std::size_t& i) {
        constexpr std::string_view before_strings = "{[,:";
        if (text[i] != '"') return false;
        std::size_t before = i;
        while (before > where.begin && is_blank(text[before - 1])) --before;
        if (before > 0 && !is_one_of(text[before - 1], before_strings)) return false;
        const std::size_t begin = i + 1;
        for (++i; i < where.end && text[i] != '"'; ++i) {
            if (text[i] == '\\') ++i;
        }
        if (i >= where.end) return true;
        const std::string_view words = text.substr(begin, i - begin);
        std::size_t after = i + 1;
        while (after < where.end && is_blank(text[after])) ++after;
        if (after < where.end && text[after] == ':') {
            key_ = words;
        } else if (!key_.empty()) {
            const Field field{std::exchange(key_, {}), words};
            if (field.key.size() <= longest_key && may_tell(field.key)) fields_.push_back(field);
        }
        return true;
    }

    std::vector<Field> fields_;
    std::vector<Begin> begun_;
    std::string_view key_;  ///< whose value comes
    std::size_t levels_ = 0;
    bool named_around_ = false;
    Slice own_;
};

/// What fields say of a file, the first of them first; names of other files only if there is none,
/// and first of all those whose keys are about the same as that of the hash.
class Telling {
public:
    explicit Telling(std::string_view own) noexcept : key_(own) {}

    void add(const Field& field) {
        const LabelWords words(field.key);
        const Role role = role_of_key(field.key, words);
        if (role == Role::Names) {
            if (are_apart(key_, words)) {
                other_.named = true;
                return;
            }
            std::string name = name_in_field(field.value, words);
            const bool of_other = names_other_file(words) || may_be_folder(name, words);
            const bool bound = share_subject(key_, words);
            ToldName& told = bound ? bound_ : of_other ? other_ : own_;
            if (!told.name.empty()) return;
            told.name = std::move(name);
            told.named = told.named || !told.name.empty() || has_known_extension(field.value);
        } else if (role == Role::Os && !told_.has_platform) {
            const CellPlatform platform = platform_in_cell(field.value);
            told_.has_platform = platform.told;
            told_.platform = platform.platform;
        }
    }

    ToldInObject take() {
        ToldName& own = own_.name.empty() ? other_ : own_;
        ToldName& told = bound_.name.empty() ? own : bound_;
        told_.named = bound_.named || own_.named || other_.named;
        told_.file_name = std::move(told.name);
        return std::move(told_);
    }

private:
    struct ToldName {
        std::string name;
        bool named = false;
    };
    LabelWords key_;  ///< the words of the key of the hash
    ToldName bound_;
    ToldName own_;
    ToldName other_;
    ToldInObject told_;
};

constexpr bool is_break(char c) noexcept {
    return c == '\n' || c == '\r';
}

/// The line that ends before the line break at `end`, without it.
Slice line_before(std::string_view text, std::size_t end) noexcept {
    Slice line{end, end};
    const std::size_t floor = end > longest_line ? end - longest_line : 0;
    while (line.begin > floor && !is_break(text[line.begin - 1])) --line.begin;
    return line;
}

bool begins_line(std::string_view text, std::size_t at) noexcept {
    return at == 0 || is_break(text[at - 1]);
}

void walk_up(std::string_view text, std::size_t from, Walk& walk) {
    const std::size_t floor = from > Fields::reach_up ? from - Fields::reach_up : 0;
    std::size_t at = from;
    while (at > floor) {
        const Slice line = line_before(text, at - line_break_before(text, at));
        if (line.begin < floor || !begins_line(text, line.begin)) return;
        if (!walk.take_above(line.of(text))) return;
        at = line.begin;
    }
}

/// Whether the line above has the hash `digits` in the same list.
bool goes_on_list(std::string_view text, std::size_t from, std::string_view digits,
                  const Walk& walk) {
    if (from == 0 || digits.empty()) return false;
    const Slice line = line_before(text, from - line_break_before(text, from));
    return begins_line(text, line.begin) && walk.is_item(line.of(text), digits);
}

/// Gives the lines below to `take`, as long as it goes on.
template <typename Take>
void walk_down(std::string_view text, std::size_t from, const Take& take) {
    const std::size_t limit = std::min(text.size(), from + Fields::reach_down);
    const std::string_view head = text.substr(0, limit);
    std::size_t at = from;
    while (at < limit) {
        at += line_break_at(head, at);
        std::size_t end = at;
        while (end < limit && !is_break(head[end])) ++end;
        if (end == limit && limit < text.size()) return;
        if (!take(Slice{at, end}.of(text))) return;
        at = end;
    }
}

/// Whether the next line with words is another one of a list with that of the hash.
bool has_list_below(std::string_view text, std::size_t from, const Walk& walk) {
    bool listed = false;
    walk_down(text, from, [&](std::string_view line) {
        listed = walk.is_like(line);
        return read_line(line).words.empty();
    });
    return listed;
}

}  // namespace

std::string name_in_line(std::string_view line) {
    std::string name = bare_name(line);
    if (!name.empty()) return name;
    const Field field = read_field(line);
    if (field.key.empty()) return {};
    const LabelWords words(field.key);
    if (role_of(field.key, words) != Role::Names) return {};
    return name_in_field(without(field.value, {}, "#:"), words);
}

ToldInObject read_object(std::string_view text, Slice before, Slice after) {
    if (const auto value = composite_value(text, before, after)) {
        return {true, name_in_cell(*value, true), false, std::nullopt};
    }
    if (!is_json_value(text, before, after)) return {};
    ObjectFields above;
    above.read_before(text, before);
    ObjectFields below;
    below.read_after(text, after, above.levels());
    Telling telling(key_of_value(text, before));
    const std::vector<Field>& fields = above.fields();
    std::for_each(fields.rbegin(), fields.rend(), [&](const Field& field) { telling.add(field); });
    for (const Field& field : below.fields()) telling.add(field);
    ToldInObject told = telling.take();
    if (told.named || !(above.named_around() || below.named_around())) return told;
    told.named = true;
    std::optional<Slice> name = file_names(text, above.own()).last;
    if (!name) name = file_names(text, below.own()).first;
    if (name) told.file_name = without_escapes(name->of(text));
    return told;
}

Fields::Told Fields::read(std::string_view text, Slice line, Slice hash, DigestLabel says) {
    const std::string_view head = Slice{line.begin, hash.begin}.of(text);
    Walk above(head, hash.of(text), says);
    std::optional<Platform> platform = list_platform_;
    if (!goes_on_list(text, line.begin, last_, above)) {
        walk_up(text, line.begin, above);
        platform = above.platform();
        list_platform_ = above.is_opened() ? platform : std::nullopt;
        if (!above.at_hash()) {
            names_first_ = !above.name().empty();
            platforms_first_ = platform.has_value();
        }
    }
    last_ = hash.of(text);
    Told told;
    // A file has one hash, so a name over a list of them is that of none.
    const bool sole = !above.is_opened() || !has_list_below(text, line.end, above);
    if (names_first_ && sole) told.file_name = above.name();
    if (platforms_first_) told.platform = platform;
    if (names_first_ && platforms_first_) return told;
    Walk below(head, hash.of(text), says);
    walk_down(text, line.end,
              [&](std::string_view words) { return below.take_below(words, above.floor()); });
    // Where a field stands over a heading, the same below is over the next one.
    const auto is_of_next = [&](Role role) {
        return below.is_headed() && above.over_heading() == role;
    };
    if (!names_first_ && !is_of_next(Role::Names)) told.file_name = below.name();
    if (!platforms_first_ && !is_of_next(Role::Os)) told.platform = below.platform();
    return told;
}

}  // namespace libblock::detail
