#include "libblock/detail/context_elements.hpp"

#include <algorithm>
#include <cstdint>

#include "libblock/detail/context_cells.hpp"
#include "libblock/detail/context_columns.hpp"
#include "libblock/detail/context_labels.hpp"
#include "libblock/detail/context_names.hpp"
#include "libblock/detail/context_words.hpp"

namespace libblock::detail {
namespace {

constexpr std::size_t npos = std::string_view::npos;
constexpr std::size_t longest_key = 64;
constexpr std::size_t most_levels = 4;  ///< of elements around a hash that are of digests
constexpr std::size_t shortest_sha256 = Sha256::hex_count - 1;
constexpr std::size_t longest_sha256 = Sha256::hex_count + 1;

constexpr std::string_view blanks = " \t\r\n";

/// What a line of XML is.
enum class LineKind : std::uint8_t {
    Other,
    Begin,  ///< the tag that begins an element
    End,    ///< the one that ends it
    Whole,  ///< an element with words in it
    Empty,  ///< an element without any, a comment, or nothing
};

struct ElementLine {
    LineKind kind = LineKind::Other;
    std::string_view name;        ///< of the element, without its namespace
    std::string_view attributes;  ///< up to the end of the tag
    std::string_view words;
};

constexpr bool is_name_byte(char c) noexcept {
    constexpr std::string_view marks = "-_.:";
    return is_word(c) || is_one_of(c, marks) || !is_ascii(c);
}

/// The name at the head of `tag`, with its namespace.
std::string_view name_in(std::string_view tag) noexcept {
    const auto* const end = std::ranges::find_if_not(tag, is_name_byte);
    return tag.substr(0, static_cast<std::size_t>(end - tag.begin()));
}

std::string_view without_namespace(std::string_view name) noexcept {
    return name.substr(name.rfind(':') + 1);
}

ElementLine read_line(std::string_view line) noexcept {
    const std::size_t begin = skip_all_of(line, blanks);
    const std::size_t end = line.find_last_not_of(blanks) + 1;
    if (begin >= end) return {LineKind::Empty, {}, {}, {}};
    line = line.substr(begin, end - begin);
    if (!line.starts_with('<') || !line.ends_with('>')) return {};
    if (line.starts_with("<!") || line.starts_with("<?")) return {LineKind::Empty, {}, {}, {}};
    const bool ends = line.starts_with("</");
    const std::string_view name = name_in(line.substr(ends ? 2 : 1));
    const std::size_t close = line.find('>');
    if (name.empty()) return {};
    ElementLine element{LineKind::Other, without_namespace(name), {}, {}};
    if (ends) {
        if (close + 1 == line.size()) element.kind = LineKind::End;
        return element;
    }
    element.attributes = line.substr(1 + name.size(), close - 1 - name.size());
    if (close + 1 == line.size()) {
        const bool empty = element.attributes.ends_with('/');
        element.kind = empty ? LineKind::Empty : LineKind::Begin;
        return element;
    }
    const std::size_t open = line.rfind('<');
    const bool closed = open > close && line.substr(open).starts_with("</") &&
                        name_in(line.substr(open + 2)) == name;
    element.words = closed ? line.substr(close + 1, open - close - 1) : std::string_view();
    if (closed && element.words.find('<') == npos) element.kind = LineKind::Whole;
    return element;
}

/// Gives the name and the value of each attribute of a tag to `take`.
template <typename Take>
void read_attributes(std::string_view tag, const Take& take) {
    for (;;) {
        tag.remove_prefix(skip_all_of(tag, blanks));
        const std::string_view name = name_in(tag);
        tag.remove_prefix(name.size());
        if (name.empty() || tag.size() < 3 || tag[0] != '=' || !is_one_of(tag[1], "\"'")) return;
        const std::size_t end = tag.find(tag[1], 2);
        if (end == npos) return;
        take(without_namespace(name), tag.substr(2, end - 2));
        tag.remove_prefix(end + 1);
    }
}

/// What an element is called: `<Data Name="Image">` by its attribute.
std::string_view key_of(const ElementLine& element) {
    std::string_view key = element.name;
    read_attributes(element.attributes, [&](std::string_view name, std::string_view value) {
        if ("name key"_words.has(name) && !value.empty()) key = value;
    });
    return key.size() <= longest_key ? key : std::string_view();
}

bool holds_other_sha256(std::string_view words, std::string_view own) noexcept {
    for (Slice digits = next_digits(words, 0, shortest_sha256); !digits.empty();
         digits = next_digits(words, digits.end, shortest_sha256)) {
        if (digits.size() <= longest_sha256 && digits.of(words) != own) return true;
    }
    return false;
}

/// What is told of a file, the nearest first: names of other files only if there is none.
class Telling {
public:
    void add(std::string_view key, std::string_view value) {
        const LabelWords words(key);
        const Role role = role_of_key(key, words);
        if (role == Role::Os && !told_.platform) {
            told_.platform = platform_in_cell(cell_text(TableForm::Html, value)).platform;
        }
        if (role != Role::Names) return;
        const bool other = names_other_file(words);
        if (other && !words.has("path original internal"_words)) return;
        std::string& name = other ? other_name_ : told_.file_name;
        if (!name.empty()) return;
        const std::string told = cell_text(TableForm::Html, value);
        const bool surely = !other && names_surely(words);
        name = name_in_cell(told, surely);
        if (!surely && !has_known_extension(name)) name.clear();
    }

    /// The same for what an attribute of the element around a file says.
    void add_attribute(std::string_view key, std::string_view value) {
        if (has_known_extension(value) || role_of(key, LabelWords(key)) == Role::Os) {
            add(key, value);
        }
    }

    ToldInElements take() {
        if (told_.file_name.empty()) told_.file_name = std::move(other_name_);
        return std::move(told_);
    }

private:
    ToldInElements told_;
    std::string other_name_;
};

/// A walk from the element of a hash through those beside it, away from it.
class Walk {
public:
    Walk(Telling& telling, std::string_view own, std::string_view digits)
        : telling_(telling), own_(own), digits_(digits) {}

    /// Takes the next line, whose element begins or ends before the walk has come to it; whether
    /// it goes on.
    bool take(const ElementLine& element, std::string_view line, bool enters, bool leaves) {
        if (element.kind == LineKind::Other) return false;
        if (depth_ == 0 && !leaves) beside_ = element.name;
        if (enters) ++depth_;
        const bool own = depth_ > 0 || element.kind == LineKind::Whole;
        if (own && beside_ == own_ && holds_other_sha256(line, digits_)) {
            repeats_ = true;
            return false;
        }
        if (element.kind == LineKind::Whole && depth_ == 0) {
            telling_.add(key_of(element), element.words);
        }
        if (!leaves) return true;
        if (depth_ > 0) {
            --depth_;
            return true;
        }
        return leave(element);
    }

    /// Whether the element of another hash stands beside that of this one.
    bool repeats() const noexcept { return repeats_; }

    /// How many elements around have been left, all of digests.
    std::size_t levels() const noexcept { return levels_; }

    /// The attributes of the one that has not.
    std::string_view attributes() const noexcept { return attributes_; }

    void limit(std::size_t levels) noexcept { most_levels_ = levels; }

private:
    /// Goes on beside the element around if that is of digests.
    bool leave(const ElementLine& element) {
        const bool of_digests = names_digest(LabelWords(element.name));
        if (!of_digests || levels_ == most_levels_) {
            attributes_ = element.attributes;
            return false;
        }
        own_ = element.name;
        ++levels_;
        return true;
    }

    Telling& telling_;
    std::string_view own_;  ///< the element of the hash, or the one around that has been left
    std::string_view digits_;
    std::string_view beside_;  ///< the element beside it that the walk is in
    std::string_view attributes_;
    std::size_t depth_ = 0;
    std::size_t levels_ = 0;
    std::size_t most_levels_ = most_levels;
    bool repeats_ = false;
};

void walk_up(std::string_view text, std::size_t from, Walk& walk) {
    const std::size_t floor = from - std::min(from, elements_above);
    for (std::size_t end = from; end > floor;) {
        --end;  // a line break, of two bytes with an empty line between
        std::size_t begin = end;
        while (begin > floor && !is_break(text[begin - 1])) --begin;
        if (begin == floor && floor > 0) return;
        const std::string_view line = Slice{begin, end}.of(text);
        const ElementLine element = read_line(line);
        const bool enters = element.kind == LineKind::End;
        if (!walk.take(element, line, enters, element.kind == LineKind::Begin)) return;
        end = begin;
    }
}

void walk_down(std::string_view text, std::size_t from, Walk& walk) {
    const std::size_t limit = std::min(text.size(), from + elements_below);
    for (std::size_t begin = from; begin < limit;) {
        ++begin;
        std::size_t end = begin;
        while (end < limit && !is_break(text[end])) ++end;
        if (end == limit && limit < text.size()) return;
        const std::string_view line = Slice{begin, end}.of(text);
        const ElementLine element = read_line(line);
        const bool enters = element.kind == LineKind::Begin;
        if (!walk.take(element, line, enters, element.kind == LineKind::End)) return;
        begin = end;
    }
}

}  // namespace

ToldInElements read_elements(std::string_view text, Slice line, Slice hash) {
    if (hash.begin == line.begin || hash.end >= line.end) return {};
    if (text[skip_blanks(text, line.begin)] != '<' || !is_one_of(text[line.end - 1], "> \t")) {
        return {};
    }
    const ElementLine own = read_line(line.of(text));
    if (own.kind != LineKind::Whole) return {};
    Telling telling;
    Walk up(telling, own.name, hash.of(text));
    walk_up(text, line.begin, up);
    Walk down(telling, own.name, hash.of(text));
    down.limit(up.levels());
    walk_down(text, line.end, down);
    if (up.repeats() || down.repeats()) return {};
    read_attributes(up.attributes(), [&](std::string_view name, std::string_view value) {
        telling.add_attribute(name, value);
    });
    return telling.take();
}

}  // namespace libblock::detail
