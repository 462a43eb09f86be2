#include "libblock/detail/context_fields.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "libblock/detail/context_cells.hpp"
#include "libblock/detail/context_columns.hpp"
#include "libblock/detail/context_labels.hpp"
#include "libblock/detail/context_lines.hpp"
#include "libblock/detail/context_names.hpp"
#include "libblock/detail/context_words.hpp"

namespace libblock::detail {
namespace {

constexpr std::size_t most_lines = 24;  ///< of a block, on either side of the hash
constexpr std::size_t shortest_sha256 = Sha256::hex_count - 1;
constexpr std::size_t longest_sha256 = Sha256::hex_count + 1;

bool are_equal_digits(std::string_view left, std::string_view right) noexcept {
    return std::ranges::equal(left, right, {}, ascii_lower, ascii_lower);
}

/// Where the fields of a block begin on their lines.
struct Level {
    std::size_t indent = 0;
    bool item = false;  ///< whether they are items of a list
};

/// Whose the digits are that another line of a block has.
enum class Digits : std::uint8_t {
    None,     ///< there are none but those of the hash
    OfFile,   ///< of the same file: they are of another kind
    OfOther,  ///< of a file beside it: "DLL SHA-256"
    OfNext,   ///< of the next block
};

/// Whether a line is nothing but the name of a digest, or digits, as where keys and values have a
/// line each.
bool is_of_digest(std::string_view words) {
    constexpr auto names = "md5 sha1 sha-1 sha256 sha-256 sha512 sha-512"_words;
    constexpr std::string_view parters = " .:/\\";
    return names.has(words) || (find_one_of(words, parters) == words.size() && holds_digest(words));
}

/// The hash whose block is read, and its line up to that.
class OwnHash {
public:
    /// The line is `head`, then the digits.
    OwnHash(std::string_view head, std::string_view digits, DigestLabel says) noexcept
        : head_(head), digits_(digits), says_(says), key_(read_field(read_line(head).words).key) {
        const Line line = read_line({head.data(), head.size() + digits.size()});
        level_ = {line.indent, line.item};
    }

    /// The words of its key.
    const LabelWords& key() const noexcept { return key_; }
    const Level& level() const noexcept { return level_; }

    /// Whether a line is like that of the hash up to the digits, as in a list.
    bool is_like(std::string_view text) const noexcept {
        if (!text.starts_with(head_)) return false;
        const Slice digits = digits_at(text, head_.size());
        return digits.size() >= shortest_sha256 && digits.size() <= longest_sha256 &&
               !are_equal_digits(digits.of(text), digits_);
    }

    /// The same for a list of nothing but hashes: what has a name of its own is none of a list.
    bool is_listed(std::string_view text) const noexcept {
        return key_.size() == 0 && is_like(text);
    }

    /// Whether a line is that of the hash `digits` in the same list.
    bool is_listed(std::string_view text, std::string_view digits) const noexcept {
        return is_listed(text) && text.substr(head_.size()).starts_with(digits);
    }

    /// Whose digits a line has; behind a blank line (`parted`) those of another kind are of the
    /// next block, too.
    Digits digits_in(std::string_view text, bool parted) const {
        const Slice digits = other_digits(text);
        if (digits.empty()) return Digits::None;
        const Label label = label_before(text, {0, digits.begin});
        const bool alike = parted || label.says == says_ || label.says == DigestLabel::None;
        if (!alike) return Digits::OfFile;
        return are_apart(key_, LabelWords(label.text)) ? Digits::OfOther : Digits::OfNext;
    }

private:
    /// The first digits in a line that may be another SHA-256: links have that of the block.
    Slice other_digits(std::string_view text) const noexcept {
        Slice digits = next_digits(text, 0, shortest_sha256);
        while (digits.size() > longest_sha256 || are_equal_digits(digits.of(text), digits_)) {
            digits = next_digits(text, digits.end, shortest_sha256);
        }
        return digits;
    }

    std::string_view head_;
    std::string_view digits_;
    DigestLabel says_;
    LabelWords key_;
    Level level_;
};

/// What fields tell of the file of a hash, the nearest first.
struct Telling {
    ToldNames names;
    std::optional<Platform> platform;

    bool empty() const noexcept { return names.best().empty() && !platform; }

    /// Takes the value of a field that speaks of `role`; `own` are the words of the hash's key.
    void add(const LabelWords& own, const LabelWords& key, Role role, std::string_view value) {
        if (role == Role::Names) {
            names.add(own, key, value);
        } else if (role == Role::Os && !platform) {
            platform = platform_in_cell(value).platform;
        }
    }
};

/// A rule on the way up. The line over it may be the heading that it underlines; others are of
/// another block.
class Rule {
public:
    void pass(bool told_below) noexcept {
        if (lines_ > 0) return;
        lines_ = 1;
        apart_ = told_below;
    }

    void pass_line() noexcept {
        if (lines_ > 0) ++lines_;
    }

    /// Whether it parts what is told below from what is above.
    bool is_apart() const noexcept { return apart_; }

    /// Whether the line that has been passed is of another block.
    bool is_beyond() const noexcept { return lines_ > 2; }

private:
    std::size_t lines_ = 0;  ///< from the rule on
    bool apart_ = false;
};

/// A walk from the line of a hash up through its block.
class WalkUp {
public:
    explicit WalkUp(const OwnHash& hash) noexcept : hash_(hash), level_(hash.level()) {}

    /// Takes the next line, or says that the block ends there.
    bool take(std::string_view text) {
        if (in_list() && hash_.is_listed(text)) {
            pass_item();
            return true;
        }
        const Line line = read_line(text);
        if (line.words.empty()) return pass_blank();
        if (++lines_ > most_lines || is_above_item(line) || meets_hash(text, line)) return false;
        if (last_ == Last::Heading) {
            read_over_heading(line);
            return false;
        }
        const Opener opener = read_opener(line.words);
        if (!follows(opener)) return false;
        if (parts_blocks(line.words)) {
            rule_.pass(!told_.empty());
            return true;
        }
        rule_.pass_line();
        const bool nested = std::exchange(nested_, line.indent > level_.indent);
        if (nested_) return pass_nested(text);
        if (line.indent < level_.indent) return take_parent(line, opener);
        return take_beside(line, opener, nested);
    }

    /// Whether a hash of the same kind ended the block, or stands above in the same list.
    bool at_hash() const noexcept { return at_hash_; }

    /// Whether a key over the hash has been passed, under which a list may stand.
    bool is_opened() const noexcept { return opened_; }

    /// What the field over the heading tells at which the block ends.
    Role over_heading() const noexcept { return over_heading_; }

    /// The indentation of what the block has at least: that of an object that ended it.
    std::size_t floor() const noexcept { return floor_; }

    const Telling& told() const noexcept { return told_; }

private:
    /// What has been passed last, as far as it matters for what may come next.
    enum class Last : std::uint8_t {
        Hash,
        Item,     ///< of the list that ends with the hash: a key of digests has to come
        Blank,    ///< directly over these: the same, and it has to say so in full
        Key,      ///< one that does: a blank line may come
        Heading,  ///< one line more is looked at
        Other,
    };

    /// Whether nothing has been passed but what may be a list that ends with the hash.
    bool in_list() const noexcept { return last_ == Last::Hash || last_ == Last::Item; }

    void pass_item() noexcept {
        last_ = Last::Item;
        at_hash_ = true;
        told_.names.bind();  // a file has one hash
        ++lines_;
    }

    /// Blank lines around a key of digests do not end the block, as it belongs to the hash.
    bool pass_blank() noexcept {
        if (!in_list() && last_ != Last::Key) return false;
        last_ = last_ == Last::Key ? Last::Other : Last::Blank;
        parted_ = true;
        near_ = false;
        ++lines_;
        return true;
    }

    /// Whether a line is none of the list whose item begins with the hash.
    bool is_above_item(const Line& line) const noexcept {
        return level_.item && !line.item && line.indent == level_.indent;
    }

    /// Whether a line has a hash at which the block ends.
    bool meets_hash(std::string_view text, const Line& line) {
        if (line.indent > level_.indent) return false;
        const bool alike = !level_.item && hash_.is_like(text);
        const Digits digits = alike ? Digits::OfNext : hash_.digits_in(text, parted_);
        if (digits == Digits::OfOther) told_.names.bind();
        if (digits != Digits::OfNext) return false;
        const bool apart = parted_ || last_ == Last::Heading || rule_.is_apart();
        at_hash_ = at_hash_ || !apart;
        return true;
    }

    void read_over_heading(const Line& line) {
        if (line.indent != level_.indent) return;
        const Field field = read_field(line.words);
        if (!field.key.empty()) over_heading_ = role_of_key(field.key, LabelWords(field.key));
    }

    /// Whether a line may stand over what has been passed last.
    bool follows(const Opener& opener) noexcept {
        const Last last = std::exchange(last_, opener.names_digest ? Last::Key : Last::Other);
        if (last == Last::Item) return opener.of_digests;
        return last != Last::Blank || opener.names_digest;
    }

    /// What has another hash under it is of that one's file.
    bool pass_nested(std::string_view text) {
        if (hash_.digits_in(text, false) != Digits::OfNext) return true;
        near_ = false;
        owned_ = true;
        return true;
    }

    /// Takes a line under which the hash is indented.
    bool take_parent(const Line& line, const Opener& opener) {
        const bool brace = is_brace(line.words) || line.words.starts_with('}');
        const bool of_items = level_.item && hash_.key().size() > 0;
        const bool ends = brace || (!opener.key.empty() && !opens_same_file(opener.key, of_items));
        if (ends) floor_ = level_.indent;
        if (brace) return false;
        near_ = !parted_;
        take_field(line);
        if (ends) return false;
        level_ = {line.indent, false};
        opened_ = opened_ || opener.of_digests;
        return !line.item;
    }

    /// Takes a line with the indentation of the fields; `nested` if what was passed last stands
    /// under it.
    bool take_beside(const Line& line, const Opener& opener, bool nested) {
        if (is_one_of(line.words.front(), "{[")) return false;
        if (is_one_of(line.words.front(), "}]")) return true;
        const bool owned = std::exchange(owned_, false);
        if (!opener.key.empty()) {
            if (!nested) take_opener(opener);
            return true;
        }
        if (!owned || !line.item) take_field(line);
        return level_.item || !line.item;
    }

    /// A key of the same file is passed; a heading ends the block.
    void take_opener(const Opener& opener) {
        if (opens_same_file(opener.key, false)) {
            opened_ = true;
        } else {
            last_ = Last::Heading;
        }
    }

    void take_field(const Line& line) {
        if (rule_.is_beyond()) return;
        const Field field = read_field(line.words);
        if (field.key.empty()) {
            take_line(line.words);
            return;
        }
        if (!near_ && !may_tell(field.key)) return;
        const LabelWords words(field.key);
        const Role role = role_of_key(field.key, words);
        near_ = near_ && (role == Role::Digest || role == Role::Type);
        told_.add(hash_.key(), words, role, field.value);
    }

    /// Takes a line without a key: a name if nothing but digests stands below it, and their names.
    /// Over one that those part from the hash stands its key, if any.
    void take_line(std::string_view words) {
        if (std::exchange(below_key_, false)) {
            const LabelWords key(words);
            const bool named = role_of_key(words, key) == Role::Names && !names_other_file(key);
            if (!named) told_.names.drop_line();
        }
        if (!near_) return;
        const bool first = told_.names.best().empty();
        told_.names.add_line(words);
        near_ = is_of_digest(words);
        below_key_ = keyed_ && first && !told_.names.best().empty();
        keyed_ = keyed_ || near_;
    }

    const OwnHash& hash_;
    Level level_;
    Telling told_;
    Last last_ = Last::Hash;
    Rule rule_;
    std::size_t lines_ = 0;
    bool near_ = true;        ///< whether nothing but digests stands between
    bool nested_ = false;     ///< whether the line before was indented further
    bool owned_ = false;      ///< whether lines before that were had a hash
    bool keyed_ = false;      ///< whether the name of a digest has a line
    bool below_key_ = false;  ///< whether the line before may be the value of one above
    bool parted_ = false;     ///< whether a blank line has been passed
    bool opened_ = false;     ///< whether a key has been passed that the hash stands under
    bool at_hash_ = false;
    std::size_t floor_ = 0;
    Role over_heading_ = Role::Other;
};

/// A walk down. Names without a key stand above only.
class WalkDown {
public:
    /// The block has what is indented by `floor` at least.
    WalkDown(const OwnHash& hash, std::size_t floor) noexcept
        : hash_(hash), level_(hash.level()), floor_(floor) {}

    /// Takes the next line, or says that the block ends there.
    bool take(std::string_view text) {
        if (++lines_ > most_lines || (!level_.item && hash_.is_like(text))) return false;
        const Line line = read_line(text);
        if (line.words.empty() || meets_hash(text, line)) return false;
        if (line.indent < floor_ || parts_blocks(line.words)) return false;
        if (line.indent > level_.indent) return true;
        if (line.indent < level_.indent) {
            const bool ends_object = line.words.starts_with('}');
            if (!ends_object && (line.item || line.indent == 0)) return false;
            level_ = {line.indent, false};
            if (ends_object) return true;
        }
        return take_beside(line);
    }

    /// Whether the block ends at a heading.
    bool is_headed() const noexcept { return headed_; }

    const Telling& told() const noexcept { return told_; }

private:
    /// Whether a line has a hash at which the block ends.
    bool meets_hash(std::string_view text, const Line& line) {
        if (line.indent > level_.indent) return false;
        const Digits digits = hash_.digits_in(text, false);
        if (digits == Digits::None) return false;
        if (leaves_items(line)) return true;
        if (digits == Digits::OfOther) told_.names.bind();
        return digits == Digits::OfNext;
    }

    /// Whether an object begins behind items of a list; what stood on the last item belongs to it.
    bool leaves_items(const Line& line) {
        if (!before_item_ || line.item) return false;
        told_ = *before_item_;
        return true;
    }

    /// Takes a line with the indentation of the fields.
    bool take_beside(const Line& line) {
        if (leaves_items(line)) return false;
        if (line.item) {
            if (!level_.item || object_) return false;
            before_item_ = told_;
        } else {
            object_ = level_.item;
        }
        headed_ = !read_opener(line.words).key.empty();
        if (headed_ || is_one_of(line.words.front(), "{}[]")) return false;
        take_field(line);
        return true;
    }

    void take_field(const Line& line) {
        const Field field = read_field(line.words);
        if (field.key.empty() || !may_tell(field.key)) return;
        const LabelWords words(field.key);
        told_.add(hash_.key(), words, role_of_key(field.key, words), field.value);
    }

    const OwnHash& hash_;
    Level level_;
    std::size_t floor_;
    Telling told_;
    std::optional<Telling> before_item_;  ///< what had been told before the last item below began
    std::size_t lines_ = 0;
    bool object_ = false;  ///< whether the item of the hash has other lines below
    bool headed_ = false;
};

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

void walk_up(std::string_view text, std::size_t from, WalkUp& walk) {
    const std::size_t floor = from > Fields::reach_up ? from - Fields::reach_up : 0;
    std::size_t at = from;
    while (at > floor) {
        const Slice line = line_before(text, at - line_break_before(text, at));
        if (line.begin < floor || !begins_line(text, line.begin)) return;
        if (!walk.take(line.of(text))) return;
        at = line.begin;
    }
}

/// Whether the line above has the hash `digits` in the same list.
bool goes_on_list(std::string_view text, std::size_t from, std::string_view digits,
                  const OwnHash& own) {
    if (from == 0 || digits.empty()) return false;
    const Slice line = line_before(text, from - line_break_before(text, from));
    return begins_line(text, line.begin) && own.is_listed(line.of(text), digits);
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
bool has_list_below(std::string_view text, std::size_t from, const OwnHash& own) {
    bool listed = false;
    walk_down(text, from, [&](std::string_view line) {
        listed = own.is_like(line);
        return read_line(line).words.empty();
    });
    return listed;
}

}  // namespace

Fields::Told Fields::read(std::string_view text, Slice line, Slice hash, DigestLabel says) {
    const OwnHash own(Slice{line.begin, hash.begin}.of(text), hash.of(text), says);
    WalkUp above(own);
    std::optional<Platform> platform = list_platform_;
    if (!goes_on_list(text, line.begin, last_, own)) {
        walk_up(text, line.begin, above);
        platform = above.told().platform;
        list_platform_ = above.is_opened() ? platform : std::nullopt;
        if (!above.at_hash()) {
            names_first_ = !above.told().names.best().empty();
            platforms_first_ = platform.has_value();
        }
    }
    last_ = hash.of(text);
    Told told;
    // A file has one hash, so a name over a list of them is that of none.
    const bool sole = !above.is_opened() || !has_list_below(text, line.end, own);
    if (names_first_ && sole) told.file_name = above.told().names.best();
    if (platforms_first_) told.platform = platform;
    if (names_first_ && platforms_first_) return told;
    WalkDown below(own, above.floor());
    walk_down(text, line.end, [&](std::string_view words) { return below.take(words); });
    // Where a field stands over a heading, the same below is over the next one.
    const auto is_of_next = [&](Role role) {
        return below.is_headed() && above.over_heading() == role;
    };
    if (!names_first_ && !is_of_next(Role::Names)) told.file_name = below.told().names.best();
    if (!platforms_first_ && !is_of_next(Role::Os)) told.platform = below.told().platform;
    return told;
}

}  // namespace libblock::detail
