#include "libblock/detail/context_siblings.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "libblock/detail/context_columns.hpp"
#include "libblock/detail/context_labels.hpp"

namespace libblock::detail {
namespace {

constexpr std::size_t npos = std::string_view::npos;
constexpr std::size_t most_elements = 4;  ///< of XML, on either side

constexpr std::string_view quotes = "\"'\\";
constexpr std::string_view marks = ":=";

/// Keys of hashes that other keys say the kind of.
constexpr auto value_words =
    "value val content hash digest checksum hex identifier indicator ioc observable data"_words;

/// How keys that say it end, and what else they may be made of: `hash_type`.
constexpr std::array<std::string_view, 6> kind_ends{"type", "alg",  "algorithm",
                                                    "algo", "kind", "method"};
constexpr auto words_of_kinds =
    "type kind alg algo algorithm method hash digest checksum fingerprint value data ioc indicator "
    "attribute observable rule"_words;

bool is_value_key(std::string_view key) noexcept {
    if (value_words.has(key)) return true;
    const LabelWords words(key);
    return words.has(value_words) && digest_label(words) == DigestLabel::None;
}

bool is_kind_key(std::string_view key) noexcept {
    const bool ends = std::any_of(kind_ends.begin(), kind_ends.end(), [&](auto end) {
        return !key.empty() && ascii_lower(key.back()) == end.back() &&
               ends_with(key, key.size(), end);
    });
    if (!ends) return false;
    const LabelWords words(key);
    return std::all_of(words.begin(), words.end(),
                       [](auto word) { return words_of_kinds.has(word); });
}

/// What several keys for the kind of one hash say.
class Kind {
public:
    /// Takes what stands behind a key; `whole` if that says all. An algorithm does not: it may be
    /// that of the fingerprint of a certificate.
    void add(std::string_view words, bool whole = false) {
        words = second_type(words);
        if (words.size() > longest_label) return;
        const bool usual = "sha256 sha-256"_words.has(words);
        const DigestLabel says = usual ? DigestLabel::Sha256 : heading_label(LabelWords(words));
        const bool stronger = label_.says == DigestLabel::None ||
                              label_.says == DigestLabel::OtherDigest ||
                              (label_.says == DigestLabel::Sha256 && is_no_file(says) &&
                               says != DigestLabel::OtherDigest);
        if (says == DigestLabel::None || !stronger || !is_plain(words)) return;
        label_ = {std::string(words), says};
        settled_ = whole;
    }

    /// Whether no other key can say more.
    bool settled() const noexcept { return settled_; }

    bool told() const noexcept { return label_.says != DigestLabel::None; }

    Label label() const { return is_no_file(label_.says) ? label_ : Label(); }

private:
    Label label_;
    bool settled_ = false;
};

std::size_t skip_before(std::string_view text, std::size_t at, std::string_view set) noexcept {
    while (at > 0 && is_one_of(text[at - 1], set)) --at;
    return at;
}

bool is_key_byte(char c) noexcept {
    constexpr std::string_view joints = "-_";
    return is_word(c) || is_one_of(c, joints);
}

/// The text around a hash that is read.
struct Part {
    std::string_view text;
    Slice hash;
    bool has_begin = false;  ///< whether the whole text begins with it
    bool has_end = false;
};

/// A key with the quotes around it, and where its value begins.
struct Key {
    Slice name;
    std::string_view quote;  ///< as a JSON text in a string has it, too: `"`, `\"`
    std::size_t value = 0;
};

/// The key at `at`, with its quotes.
std::optional<Key> key_at(std::string_view text, std::size_t at) noexcept {
    Key key;
    const std::size_t begin = skip_all_of(text, quotes, at);
    key.name = {begin, begin};
    key.quote = Slice{at, begin}.of(text);
    while (key.name.end < text.size() && is_key_byte(text[key.name.end])) ++key.name.end;
    const std::size_t after = skip_all_of(text, quotes, key.name.end);
    const std::size_t mark = skip_blanks(text, after);
    const bool closed = Slice{key.name.end, after}.of(text) == key.quote;
    if (key.name.empty() || !closed || mark >= text.size() || !is_one_of(text[mark], marks)) {
        return std::nullopt;
    }
    key.value = mark + 1;
    return key;
}

/// The key directly before a hash; `head` ends where that begins.
std::optional<Key> key_before(std::string_view head) noexcept {
    const std::size_t value = skip_before(head, skip_before(head, head.size(), quotes), " \t");
    if (value == 0 || !is_one_of(head[value - 1], marks)) return std::nullopt;
    const std::size_t end = skip_before(head, skip_before(head, value - 1, " \t"), quotes);
    std::size_t begin = end;
    while (begin > 0 && is_key_byte(head[begin - 1])) --begin;
    return key_at(head, skip_before(head, begin, quotes));
}

/// The words of a value that begins at `at`.
std::string_view value_at(std::string_view text, std::size_t at) noexcept {
    const std::size_t before = skip_blanks(text, at);
    const std::size_t begin = skip_all_of(text, quotes, before);
    const bool quoted = begin > before;
    const std::size_t end = find_one_of(text, quoted ? "\"'\\\r\n" : ",}#\r\n", begin);
    std::string_view words = Slice{begin, end}.of(text);
    while (!words.empty() && is_blank(words.back())) words.remove_suffix(1);
    return words;
}

/// Adds what the key at `at` says if it is one for kinds, with the quotes that the hash's has.
void add_field(std::string_view text, std::size_t at, const Key& own, Kind& kind) {
    const auto key = key_at(text, at);
    if (!key || key->quote != own.quote) return;
    const std::string_view name = key->name.of(text);
    if (is_kind_key(name)) kind.add(value_at(text, key->value), name == "type");
}

/// What parts objects and their fields, as a table: it is looked up for each byte of an object.
constexpr std::array<bool, 256> make_parters() noexcept {
    std::array<bool, 256> parters{};
    for (const char c : std::string_view("{}[],")) parters[static_cast<unsigned char>(c)] = true;
    return parters;
}

constexpr std::array<bool, 256> parters = make_parters();

bool is_parter(char c) noexcept {
    return parters[static_cast<unsigned char>(c)];
}

/// Where the object in braces begins that `at` stands in; npos if that is not seen.
std::size_t begin_of_object(std::string_view text, std::size_t at) noexcept {
    std::size_t depth = 0;
    for (; at > 0; --at) {
        const char c = text[at - 1];
        if (!is_parter(c)) continue;
        if (c == '}') ++depth;
        if (c == '{' && depth-- == 0) return at;
    }
    return npos;
}

/// Gives the places behind the commas of a block to `take`, from `at` on, until that has enough;
/// those of the blocks in it, of which `depth` have begun before `at`, do not count. Where the
/// block ends.
template <typename Take>
std::size_t read_commas(std::string_view text, std::size_t at, std::size_t depth,
                        const Take& take) {
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (!is_parter(c)) continue;
        if (c == ',') {
            if (depth == 0 && !take(at + 1)) return at;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if (depth-- == 0) {
            return at + 1;
        }
    }
    return at;
}

/// Reads the keys of the object in braces around the hash. Those of objects in it do not count.
void read_object(std::string_view text, const Key& own, Kind& kind) {
    const std::size_t at = begin_of_object(text, own.name.begin);
    if (at == npos) return;
    const auto take = [&](std::size_t field) {
        add_field(text, skip_all_of(text, " \t\r\n", field), own, kind);
        return !kind.settled();
    };
    if (take(at)) read_commas(text, at, 0, take);
}

/// A line of a block: where its key begins behind blanks and the sign of a list.
struct FieldLine {
    std::size_t begin = 0;  ///< of the line
    std::size_t key = 0;
    std::size_t end = 0;
    bool item = false;

    std::size_t indent() const noexcept { return key - begin; }
    bool blank() const noexcept { return key == end; }
};

FieldLine field_line(std::string_view text, Slice line) noexcept {
    constexpr std::string_view margin = " \t>";
    constexpr std::string_view bullets = "-*+";
    const std::string_view head = text.substr(0, line.end);
    FieldLine field{line.begin, skip_all_of(head, margin, line.begin), line.end, false};
    const bool sign = field.key + 1 < line.end && is_one_of(text[field.key], bullets) &&
                      is_blank(text[field.key + 1]);
    if (sign) field.key = skip_blanks(head, field.key + 1);
    field.item = sign;
    return field;
}

/// The lines around that of a hash, in one direction.
class Block {
public:
    Block(const Part& part, const FieldLine& line, const Key& own) noexcept
        : text_(part.text), part_(part), line_(line), own_(own) {}

    void read_up() {
        ends_ = line_.item;
        for (std::size_t at = line_.begin; !ends_;) {
            if (at == 0) {
                ends_ = part_.has_begin;
                return;
            }
            Slice line{at - line_break_before(text_, at), 0};
            line.end = line.begin;
            while (line.begin > 0 && !is_break(text_[line.begin - 1])) --line.begin;
            if (line.begin == 0 && !part_.has_begin) return;
            const FieldLine field = field_line(text_, line);
            take(field);
            ends_ = ends_ || (field.item && field.indent() <= line_.indent());
            at = line.begin;
        }
    }

    void read_down() {
        for (std::size_t at = end_of_line(part_.hash.end); !ends_ && at < text_.size();) {
            Slice line{at + line_break_at(text_, at), 0};
            line.end = end_of_line(line.begin);
            if (line.end == text_.size() && !part_.has_end) return;
            const FieldLine field = field_line(text_, line);
            if (field.item && field.indent() <= line_.indent()) return;
            take(field);
            at = line.end;
        }
    }

    /// Whether the block is seen to end.
    bool ends() const noexcept { return ends_; }

    /// Whether another hash with the same key is in it.
    bool repeats() const noexcept { return repeats_; }

    /// Whether the furthest key of both kinds is one for a kind.
    bool ends_with_kind() const noexcept { return last_is_kind_; }

    /// What is said between that other hash and this one.
    const Kind& kind() const noexcept { return kind_; }

private:
    std::size_t end_of_line(std::size_t at) const noexcept {
        while (at < text_.size() && !is_break(text_[at])) ++at;
        return at;
    }

    void take(const FieldLine& field) {
        if (field.blank() || field.indent() < line_.indent()) {
            ends_ = true;
            return;
        }
        if (field.indent() > line_.indent()) return;
        const std::string_view head = text_.substr(0, field.end);
        const auto key = key_at(head, field.key);
        if (!key || key->quote != own_.quote) return;
        const std::string_view name = key->name.of(text_);
        if (name == own_.name.of(text_)) {
            repeats_ = true;
            last_is_kind_ = false;
        } else if (is_kind_key(name)) {
            last_is_kind_ = true;
            if (!repeats_) kind_.add(value_at(head, key->value));
        }
    }

    std::string_view text_;
    const Part& part_;
    FieldLine line_;
    const Key& own_;
    Kind kind_;
    bool ends_ = false;
    bool repeats_ = false;
    bool last_is_kind_ = false;
};

/// Reads the lines around a hash that is alone with its key on its line.
void read_lines(const Part& part, const Key& own, Kind& kind) {
    constexpr std::string_view margin = " \t>-*+";
    const std::size_t begin = skip_before(part.text, own.name.begin - own.quote.size(), margin);
    if (begin == 0 ? !part.has_begin : !is_break(part.text[begin - 1])) return;
    const FieldLine line = field_line(part.text, {begin, own.name.end});
    if (line.key + own.quote.size() != own.name.begin) return;
    Block above(part, line, own);
    above.read_up();
    if (above.repeats() && !above.ends()) return;  // it may be of either hash
    const bool from_above = !above.repeats() || above.ends_with_kind();
    if (from_above && above.kind().told()) {
        kind = above.kind();
        return;
    }
    Block below(part, line, own);
    below.read_down();
    kind = below.kind();
}

/// The name of an element without its namespace.
std::string_view element_name(std::string_view tag) noexcept {
    tag = tag.substr(0, find_one_of(tag, " \t\r\n/>"));
    return tag.substr(tag.rfind(':') + 1);
}

/// Adds what the attributes of the tag of a hash say.
void add_attributes(std::string_view tag, Kind& kind) {
    for (std::size_t i = tag.find('='); i != npos; i = tag.find('=', i + 1)) {
        std::size_t begin = i;
        while (begin > 0 && is_key_byte(tag[begin - 1])) --begin;
        if (is_kind_key(Slice{begin, i}.of(tag))) kind.add(value_at(tag, i + 1));
    }
}

/// Reads the other attributes of a tag in which a hash is one.
void read_tag(const Part& part, const Key& own, Kind& kind) {
    const std::string_view head = part.text.substr(0, own.name.begin);
    const std::size_t open = head.rfind('<');
    if (open == npos || head.find('>', open) != npos) return;
    const std::size_t close = part.text.find('>', part.hash.end);
    if (close != npos) add_attributes(Slice{open + 1, close}.of(part.text), kind);
}

/// An element of XML that holds words alone.
struct Element {
    std::string_view name;
    std::string_view words;
};

/// The element in `text`, without its `<`: `Type>SHA3-256`.
Element element_in(std::string_view text) noexcept {
    const std::size_t end = std::min(text.find('>'), text.size() - 1);
    return {element_name(text), text.substr(end + 1)};
}

/// Takes `count` elements of XML at most at the end of `head`, the last one first.
template <typename Take>
void read_elements_before(std::string_view head, std::size_t count, Take take) {
    for (; count > 0; --count) {
        head = head.substr(0, skip_before(head, head.size(), " \t\r\n"));
        const std::size_t close = head.ends_with('>') ? head.rfind('<') : npos;
        if (close == npos || !head.substr(close).starts_with("</") || close == 0) return;
        const std::size_t open = head.rfind('<', close - 1);
        if (open == npos || head.substr(open).starts_with("</")) return;
        take(element_in(head.substr(open + 1, close - open - 1)));
        head = head.substr(0, open);
    }
}

/// Takes those that begin behind the end tag of the hash's.
template <typename Take>
void read_elements_behind(std::string_view rest, std::size_t count, Take take) {
    for (std::size_t left = count + 1; left > 0; --left) {
        const std::size_t close = find_one_of(rest, "<");
        if (!rest.substr(close).starts_with("</")) return;
        if (left <= count) take(element_in(rest.substr(0, close)));
        const std::size_t after = std::min(rest.find('>', close), rest.size() - 1) + 1;
        const std::size_t open = skip_all_of(rest, " \t\r\n", after);
        if (!rest.substr(open).starts_with('<') || rest.substr(open).starts_with("</")) return;
        rest.remove_prefix(open + 1);
    }
}

/// Reads the elements beside that of a hash, which begins behind `head`, whose names are keys.
void read_named_elements(const Part& part, std::string_view head, Kind& kind) {
    const auto take = [&](const Element& element) {
        if (is_kind_key(element.name)) kind.add(element.words);
    };
    read_elements_before(head, most_elements, take);
    if (kind.told()) return;
    read_elements_behind(part.text.substr(part.hash.end), most_elements, take);
}

/// Reads those of a property list, where keys are elements: `<key>RuleType</key>`.
void read_property_list(const Part& part, std::string_view head, Kind& kind) {
    bool first = true;
    bool of_value = false;  ///< whether the key of the hash is one that others say the kind of
    std::string_view words;
    read_elements_before(head, 2 * most_elements, [&](const Element& element) {
        const bool key = element.name == "key";
        if (std::exchange(first, false)) of_value = key && is_value_key(element.words);
        if (of_value && key && is_kind_key(element.words)) kind.add(words);
        words = key ? std::string_view() : element.words;
    });
    if (!of_value || kind.told()) return;
    std::string_view key;
    const std::string_view rest = part.text.substr(part.hash.end);
    read_elements_behind(rest, 2 * most_elements, [&](const Element& element) {
        if (is_kind_key(key) && element.name != "key") kind.add(element.words);
        key = element.name == "key" ? element.words : std::string_view();
    });
}

/// Whether a tag may end before `at`.
bool may_end_tag(std::string_view text, std::size_t at) noexcept {
    constexpr std::string_view ends = "> \t\r\n";
    return at > 0 && is_one_of(text[at - 1], ends);
}

/// Reads the tag of a hash and the elements beside it.
void read_xml(const Part& part, Kind& kind) {
    const std::size_t end = skip_before(part.text, part.hash.begin, " \t\r\n");
    if (end == 0 || part.text[end - 1] != '>') return;
    const std::string_view head = part.text.substr(0, end - 1);
    const std::size_t open = head.rfind('<');
    if (open == npos) return;
    const std::string_view tag = head.substr(open + 1);
    if (tag == "string") {
        read_property_list(part, head.substr(0, open), kind);
    } else if (is_value_key(element_name(tag))) {
        add_attributes(tag, kind);
        if (!kind.told()) read_named_elements(part, head.substr(0, open), kind);
    }
}

constexpr std::size_t most_parents = 4;

constexpr auto signer_words = "signer signers countersigner countersigners"_words;
constexpr auto words_beside_signers = "counter code info details list chain"_words;

/// What the key of an object or a list says of the digests in it.
DigestLabel label_of_parent(std::string_view key) {
    const LabelWords words(key);
    const DigestLabel says = heading_label(words);
    if (says == DigestLabel::Certificate || says == DigestLabel::Authentihash) return says;
    const bool signer = std::all_of(words.begin(), words.end(), [](auto word) {
        return signer_words.has(word) || words_beside_signers.has(word);
    });
    return signer && words.has(signer_words) ? DigestLabel::Certificate : DigestLabel::None;
}

/// Tells most keys of digests at once.
bool is_usual_digest_key(std::string_view key) noexcept {
    return "hashes hash digests checksums sha256 sha-256"_words.has(key);
}

bool is_digest_key(std::string_view key) {
    return is_usual_digest_key(key) ||
           (!key.empty() && role_of(key, LabelWords(key)) == Role::Digest);
}

/// What is known of a hash on the way up from its key.
class Parents {
public:
    /// Takes a field beside the hash, or beside the key of the object that has it; its value begins
    /// at `value`.
    void add_field(std::string_view text, std::string_view name, std::size_t value) {
        constexpr auto names = "file filename file_name"_words;
        if (settled()) return;
        if (ascii_lower(name.front()) == 'f') {
            of_file_ = names.has(name);
        } else if (name == "type" && value_at(text, value) == "x509-certificate") {  // of STIX
            says_ = DigestLabel::Certificate;
        }
    }

    /// Takes the key of what holds the hash; whether to go on to what holds that.
    bool add_parent(std::string_view key) {
        if (settled() || ++parents_ > most_parents) return false;
        if (is_usual_digest_key(key)) return true;
        says_ = label_of_parent(key);
        return !told() && is_digest_key(key);
    }

    /// Whether nothing else can say more.
    bool settled() const noexcept { return told() || of_file_; }

    DigestLabel says() const noexcept { return says_; }

private:
    bool told() const noexcept { return says_ != DigestLabel::None; }

    std::size_t parents_ = 0;
    bool of_file_ = false;  ///< whether a file is named beside it
    DigestLabel says_ = DigestLabel::None;
};

/// Where the object or the list begins that `at` stands in; npos if that is not behind `floor`.
std::size_t begin_of_block(std::string_view text, std::size_t at, std::size_t floor) noexcept {
    std::size_t depth = 0;
    for (; at > floor; --at) {
        const char c = text[at - 1];
        if (!is_parter(c)) continue;
        if (c == '}' || c == ']') ++depth;
        if ((c == '{' || c == '[') && depth-- == 0) return at;
    }
    return npos;
}

/// What has been read of the blocks around a hash, from the inside out, so that no byte is read for
/// each of them: from the key of the hash, or of the block around it, on.
struct Inside {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t lists = 0;  ///< of them, lists that may end behind
};

/// Adds the fields of the object that begins at `at`, before what has been read of it and behind.
void add_fields(std::string_view text, std::size_t at, const Key& own, Inside& inside,
                Parents& parents) {
    const auto take = [&](std::size_t field) {
        const auto key = key_at(text, skip_all_of(text, " \t\r\n", field));
        if (key && key->quote == own.quote) {
            parents.add_field(text, key->name.of(text), key->value);
        }
        return !parents.settled();
    };
    if (!take(at)) return;
    read_commas(text.substr(0, inside.begin), at, 0, take);
    if (parents.settled()) return;
    inside.end = read_commas(text, inside.end, std::exchange(inside.lists, 0), take);
}

/// How far before a hash the beginning of a list around it is looked for: lists are long, and the
/// hash of each item reads back.
constexpr std::size_t list_reach = 512;

/// Reads the objects and lists in braces around the key of a hash.
void read_blocks(std::string_view text, const Key& own, Parents& parents) {
    Inside inside{own.name.begin, own.name.begin};
    std::size_t at = begin_of_block(text, inside.begin, 0);
    while (at != npos) {
        if (text[at - 1] == '{') {
            add_fields(text, at, own, inside, parents);
        } else {
            ++inside.lists;
        }
        if (parents.settled()) return;
        const std::string_view head = text.substr(0, skip_before(text, at - 1, " \t\r\n"));
        const auto key = key_before(head);
        const bool named = key && key->quote == own.quote;
        const bool listed = !key && !head.empty() && is_one_of(head.back(), "[,");
        if (!listed && !(named && parents.add_parent(key->name.of(text)))) return;
        inside.begin = named ? key->name.begin : at - 1;
        const std::size_t reach = named ? own.name.begin : std::min(own.name.begin, list_reach);
        at = begin_of_block(text, inside.begin, own.name.begin - reach);
    }
}

/// Reads the lines above that of a hash, of which it is the indented part.
class Indents {
public:
    explicit Indents(const Key& own) noexcept : own_(own) {}

    /// Takes the line of the hash.
    void begin(std::string_view text, const FieldLine& line) { enter(text, line); }

    /// Whether what has been read up to is an item of a list.
    bool in_list() const noexcept { return in_item_; }

    /// Takes a line above; whether to go on.
    bool take(std::string_view text, const FieldLine& line, Parents& parents) {
        if (line.blank() || line.indent() > level_) return true;
        const auto key = key_at(text.substr(0, line.end), line.key);
        const bool named = key && key->quote == own_.quote;
        const bool opens = named && skip_blanks(text, key->value) >= line.end;
        const bool beside = line.indent() == level_;
        if (beside && (!in_item_ || !opens || line.item)) {
            if (named && !in_item_) {
                parents.add_field(text, key->name.of(text), key->value);
            }
            if (line.item && !in_item_) enter(text, line);
            return true;
        }
        if (!opens || !parents.add_parent(key->name.of(text))) return false;
        enter(text, line);
        return true;
    }

private:
    void enter(std::string_view text, const FieldLine& line) noexcept {
        level_ = line.item ? skip_all_of(text, " \t>", line.begin) - line.begin : line.indent();
        in_item_ = line.item;
    }

    const Key& own_;
    std::size_t level_ = 0;  ///< the indentation of the fields, or of the sign of the item
    bool in_item_ = false;   ///< whether what begins there is an item of a list
};

/// Reads the lines above the one that begins at `at`, with the key of the hash.
void read_indents(const Part& part, const Key& own, std::size_t at, Parents& parents) {
    const std::string_view text = part.text;
    Indents indents(own);
    indents.begin(text, field_line(text, {at, own.name.end}));
    while (at > 0) {
        Slice line{at - line_break_before(text, at), 0};
        line.end = line.begin;
        while (line.begin > 0 && !is_break(text[line.begin - 1])) --line.begin;
        if (line.begin == 0 && !part.has_begin) return;
        if (!indents.take(text, field_line(text, line), parents)) return;
        at = line.begin;
        if (indents.in_list() && own.name.begin - at > list_reach) return;
    }
}

/// Reads the elements of XML around that of a hash.
void read_elements_around(std::string_view head, Parents& parents) {
    constexpr std::size_t most_tags = 32;
    std::size_t depth = 0;
    std::size_t at = head.rfind('<');
    if (at == npos || !is_digest_key(element_name(head.substr(at + 1)))) return;
    for (std::size_t left = most_tags; left > 0 && at > 0; --left) {
        const std::size_t end = at;
        at = head.rfind('<', end - 1);
        if (at == npos) return;
        const std::string_view tag = head.substr(at + 1, end - at - 1);
        const std::string_view inside = tag.substr(0, tag.find('>'));
        if (inside.starts_with('/')) {
            ++depth;
        } else if (!inside.ends_with('/') && depth > 0) {
            --depth;
        } else if (!inside.ends_with('/') && !parents.add_parent(element_name(inside))) {
            return;
        }
    }
}

}  // namespace

Label sibling_label(std::string_view text, Slice hash, const Label& label) {
    const Slice behind{hash.end, std::min(hash.end + 1, text.size())};
    const Slice string{hash.begin - std::min(hash.begin, longest_name + 2), hash.begin};
    const auto value = composite_value(text, string, behind);
    if (value) hash.begin = static_cast<std::size_t>(value->data() - text.data());
    const bool marked = label.marked || value;
    if (!marked && (!label.text.empty() || !may_end_tag(text, hash.begin))) return {};
    const std::size_t before = std::min(hash.begin, sibling_reach);
    const Slice reach{hash.begin - before, std::min(text.size(), hash.end + sibling_reach)};
    const Part part{
        reach.of(text), {before, before + hash.size()}, reach.begin == 0, reach.end == text.size()};
    Kind kind;
    if (!marked) {
        read_xml(part, kind);
        return kind.label();
    }
    const auto own = key_before(part.text.substr(0, before));
    if (!own || !is_value_key(own->name.of(part.text))) return {};
    read_lines(part, *own, kind);
    if (!kind.told()) read_object(part.text, *own, kind);
    if (!kind.told()) read_tag(part, *own, kind);
    return kind.label();
}

bool is_beside_flat_hash(std::string_view text, Slice hash) noexcept {
    constexpr std::string_view introducers = " \t:=\"'>";
    const std::size_t end = skip_before(text, hash.begin, introducers);
    const std::string_view head = text.substr(0, end);
    if (!head.ends_with("SHA256 Hash") && !head.ends_with("SHA256Hash")) return false;
    std::string_view behind = text.substr(hash.end, sibling_reach);
    const Slice next = next_digits(behind, 0, Sha256::hex_count);
    behind = behind.substr(0, std::min({next.begin, behind.find("\n\n"), behind.find("\r\n\r\n")}));
    return behind.find("SHA256 Flat Hash") != npos || behind.find("SHA256FlatHash") != npos;
}

DigestLabel parent_label(std::string_view text, Slice hash, const Label& label) {
    constexpr std::string_view blanks = " \t\r\n";
    if (!label.marked && !may_end_tag(text, hash.begin)) return DigestLabel::None;
    const std::size_t before = std::min(hash.begin, parent_reach);
    const Slice reach{hash.begin - before, std::min(text.size(), hash.end + parent_reach)};
    const Part part{
        reach.of(text), {before, before + hash.size()}, reach.begin == 0, reach.end == text.size()};
    const std::string_view head = part.text.substr(0, before);
    Parents parents;
    if (!label.marked) {
        const std::size_t end = skip_before(head, before, blanks);
        if (end > 0 && head[end - 1] == '>') read_elements_around(head.substr(0, end), parents);
        return parents.says();
    }
    const auto own = key_before(head);
    if (!own || !is_digest_key(own->name.of(part.text))) return DigestLabel::None;
    const std::size_t line = skip_before(head, own->name.begin - own->quote.size(), " \t>-*+");
    const bool first = line == 0 ? part.has_begin : is_break(head[line - 1]);
    // JSON has its keys in quotes.
    if (!first || !own->quote.empty()) read_blocks(part.text, *own, parents);
    if (first && parents.says() == DigestLabel::None) read_indents(part, *own, line, parents);
    return parents.says();
}

}  // namespace libblock::detail
