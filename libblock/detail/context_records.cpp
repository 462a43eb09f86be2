#include "libblock/detail/context_records.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "libblock/detail/context_labels.hpp"
#include "libblock/detail/word_list.hpp"

namespace libblock::detail {
namespace {

/// How long a record can be from its first hash to its last.
constexpr std::size_t longest_record = 8192;

/// What ends a record.
constexpr std::array<std::string_view, 9> record_ends{"\n",  "\r",   "},{", "}, {", "</tr",
                                                      "<tr", "</li", "<br", "<h"};

constexpr std::string_view end_heads = "\n\r}<";

/// Bytes of the end of a record at `at`; 0 if there is none.
std::size_t record_end_at(std::string_view text, std::size_t at) noexcept {
    if (!is_one_of(text[at], end_heads)) return 0;
    for (const auto end : record_ends) {
        if (begins_with(text, at, end)) return end.size();
    }
    return 0;
}

/// The first `c` in `within`, or the end of `within`.
std::size_t find_byte(std::string_view text, Slice within, char c) noexcept {
    if (within.begin >= within.end) return within.end;
    const void* const at = std::memchr(text.data() + within.begin, c, within.size());
    return at == nullptr ? within.end
                         : static_cast<std::size_t>(static_cast<const char*>(at) - text.data());
}

/// The first end of a record in `within`, or the end of `within`.
std::size_t find_record_end(std::string_view text, Slice within) noexcept {
    for (const char head : end_heads) {
        for (Slice left = within;; ++left.begin) {
            left.begin = find_byte(text, left, head);
            if (left.begin == left.end) break;
            if (record_end_at(text, left.begin) > 0) within.end = left.end = left.begin;
        }
    }
    return within.end;
}

/// The words before a hash, back to `from` at most.
Slice words_before(std::string_view text, std::size_t from, Slice hash) noexcept {
    Slice words{from, hash.begin};
    if (words.size() > context_reach) {
        words.begin = hash.begin - context_reach;
        words.begin = begin_of_words(text, words);
    }
    for (std::size_t at = words.end; at > words.begin; --at) {
        const std::size_t bytes = record_end_at(text, at - 1);
        if (bytes > 0) return {std::min(at - 1 + bytes, words.end), words.end};
    }
    return words;
}

/// The first run of digits in `within` that is or may have been a SHA-256, or the end.
std::size_t find_hash(std::string_view text, Slice within) noexcept {
    constexpr std::size_t shortest = Sha256::hex_count - 1;
    const std::string_view head = text.substr(0, within.end + 2);
    return std::min(next_digits(head, within.begin, shortest).begin, within.end);
}

/// The words after the last hash of a record, up to where the next one may begin.
struct After {
    Slice words;
    bool shared = false;  ///< whether another hash follows in the same record
    bool ends = false;    ///< whether the record is seen to end
};

After words_after(std::string_view text, Slice hash) noexcept {
    Slice words{hash.end, text.size()};
    if (words.size() > context_reach) {
        words.end = hash.end + context_reach;
        words.end = end_of_words(text, words);
    }
    const std::size_t end = find_record_end(text, words);
    const bool ends = end < words.end;
    words.end = end;
    const std::size_t next = find_hash(text, words);
    const bool shared = next < words.end;
    return {{words.begin, next}, shared, ends && !shared};
}

/// The words around `place`, inside of `where`, that no comma, no parenthesis and no end of a
/// sentence parts from it. Marks directly beside the place part nothing.
Slice clause_in(std::string_view text, Slice where, Slice place) noexcept {
    constexpr std::string_view beside = " \t\"'`*_()[]:,;.|";
    const auto parts = [&](std::size_t at) {
        if (text[at] == '.') return at + 1 == where.end || is_blank(text[at + 1]);
        return is_one_of(text[at], ",;()|");
    };
    while (place.begin > where.begin && is_one_of(text[place.begin - 1], beside)) --place.begin;
    while (place.end < where.end && is_one_of(text[place.end], beside)) ++place.end;
    while (place.begin > where.begin && !parts(place.begin - 1)) --place.begin;
    while (place.end < where.end && !parts(place.end)) ++place.end;
    return place;
}

/// Words that may stand between a name and the hash that it is bound to.
constexpr auto binding_words =
    "sha 256 2 hash hashes digest checksum sum value file hex of the with and is"_words;

/// Words that may stand between the hashes of a list.
constexpr auto joining_words = "and or respectively"_words;

/// Whether what stands between a name and a hash binds the name to it: `name: `, `name (`,
/// `name (SHA256: `.
bool is_bound(std::string_view text, Slice between) noexcept {
    constexpr std::size_t longest = 64;
    constexpr std::string_view closers = " \t\"'`*_])>~";
    constexpr std::string_view binders = ":([=";
    std::string_view words = between.of(text);
    if (words.starts_with("](")) words.remove_prefix(std::min(words.find(')'), words.size()));
    if (words.size() > longest) return false;
    const std::size_t mark = skip_all_of(words, closers);
    if (mark == words.size() || !is_one_of(words[mark], binders)) return false;
    if (find_one_of(words, ",;|") < words.size()) return false;
    if (std::none_of(words.begin(), words.end(), is_word)) return true;
    const LabelWords label(words);
    return std::all_of(label.begin(), label.end(),
                       [](std::string_view word) { return binding_words.has(word); });
}

/// Words that may stand between a hash and its name, on either side.
constexpr auto words_beside_names =
    "md 5 sha 1 256 2 hash hashes digest checksum sum value file files hex of the with and is has "
    "its for name filename path source"_words;

/// Whether a name stands directly beside a hash, with nothing between but other digests and words
/// such as labels have.
bool is_beside(std::string_view text, Slice between) noexcept {
    constexpr std::size_t longest = 64;
    constexpr std::size_t shortest_digest = 32;
    const std::string_view head = text.substr(0, between.end);
    while (!between.empty()) {
        Slice digest = next_digits(head, between.begin, shortest_digest);
        const Slice label{between.begin, std::min(digest.begin, between.end)};
        if (label.size() > longest) return false;
        const LabelWords words(label.of(text));
        const auto fits = [](std::string_view word) { return words_beside_names.has(word); };
        if (!std::ranges::all_of(words, fits)) return false;
        between.begin = std::min(digest.end, between.end);
    }
    return true;
}

/// Whether a name ends a list of several that a colon parts from what they are the names of.
bool is_last_of_list(std::string_view text, Slice where, Slice name) noexcept {
    constexpr std::array<std::string_view, 4> joints{", ", "and ", "or ", "& "};
    const std::string_view behind = Slice{name.end, where.end}.of(text);
    if (find_one_of(behind, "([") < behind.size()) return false;
    const std::string_view before = Slice{where.begin, name.begin}.of(text);
    return std::ranges::any_of(joints, [&](auto joint) { return before.ends_with(joint); });
}

}  // namespace

std::size_t find_break(std::string_view text, std::size_t from, std::size_t to) noexcept {
    return find_byte(text, {from, find_byte(text, {from, to}, '\n')}, '\r');
}

bool goes_on_through(std::string_view text, Slice between) noexcept {
    return between.size() <= 2 * context_reach &&
           find_break(text, between.begin, between.end) == between.end &&  // soon tells most apart
           find_record_end(text, between) == between.end;
}

bool in_one_record(std::string_view text, Slice first, Slice left, Slice right) noexcept {
    return right.end - first.begin <= longest_record &&
           goes_on_through(text, {left.end, right.begin});
}

const Words<Slice>& Gap::names() {
    if (!names_) names_ = file_names(text_, where_);
    return *names_;
}

const Words<Platform>& Gap::platforms() {
    if (!platforms_) platforms_ = platform_words(text_, where_);
    return *platforms_;
}

Gaps::Gaps(std::string_view text, std::size_t last, std::span<const Slice> hashes) : text_(text) {
    all_.reserve(hashes.size() + 1);
    all_.emplace_back(text, words_before(text, last, hashes.front()));
    for (std::size_t i = 1; i < hashes.size(); ++i) {
        all_.emplace_back(text, Slice{hashes[i - 1].end, hashes[i].begin});
    }
    const After after = words_after(text, hashes.back());
    all_.emplace_back(text, after.words);
    shared_ = after.shared;
    ends_ = after.ends;
}

template <typename T>
bool Gaps::find_order(WordsOf<T> words, std::optional<bool>& known) {
    if (known) return *known;
    const bool before = (all_.front().*words)().first.has_value();
    known = before && (shared_ || !(all_.back().*words)().first);
    return *known;
}

/// The word of a kind that belongs to the hash between the gaps `i` and `i + 1`.
template <typename T>
std::optional<T> Gaps::own_word(std::size_t i, WordsOf<T> words, bool words_come_first) {
    if (words_come_first) {
        const Words<T>& before = (all_[i].*words)();
        if (before.last) return before.last;
        const Words<T>& after = (all_[i + 1].*words)();
        const bool free = i + 2 == all_.size() || after.several;
        return free ? after.first : std::nullopt;
    }
    const Words<T>& after = (all_[i + 1].*words)();
    if (after.first) return after.first;
    const Words<T>& before = (all_[i].*words)();
    const bool free = i == 0 || before.several;
    return free ? before.last : std::nullopt;
}

bool Gaps::names_come_first(std::optional<bool>& known) {
    const bool found = known.has_value();
    const bool first = find_order(&Gap::names, known);
    if (found || first || !all_.front().names().first || !all_.back().names().first) return first;
    // "a.exe <hash> drops b.exe"
    known = are_beside(false) && !are_beside(true);
    return *known;
}

/// Whether each hash has a name directly before it, or behind it.
bool Gaps::are_beside(bool behind) {
    for (std::size_t i = 0; i + 1 < all_.size(); ++i) {
        Gap& gap = all_[i + (behind ? 1 : 0)];
        const std::optional<Slice> name = behind ? gap.names().first : gap.names().last;
        if (!name) return false;
        const Slice where = gap.where();
        const Slice between =
            behind ? Slice{where.begin, name->begin} : Slice{name->end, where.end};
        if (!is_beside(text_, between)) return false;
    }
    return true;
}

bool Gaps::platforms_come_first(std::optional<bool>& known) {
    return find_order(&Gap::platforms, known);
}

/// The last name before the hash behind the gap `i`, if it is bound to that.
std::optional<Slice> Gaps::bound_name(std::size_t i) {
    if (i + 1 == all_.size()) return std::nullopt;
    const std::optional<Slice> name = all_[i].names().last;
    const bool bound = name && is_bound(text_, {name->end, all_[i].where().end});
    return bound ? name : std::nullopt;
}

/// Whether nothing but a comma or "and" stands in the gap `i`, between two hashes of a list.
bool Gaps::joins_hashes(std::size_t i) {
    constexpr std::size_t longest = 32;
    if (i == 0 || i + 1 >= all_.size()) return false;
    const std::string_view words = all_[i].where().of(text_);
    if (words.size() > longest) return false;
    const LabelWords spoken(words);
    return std::ranges::all_of(spoken, [](auto word) { return joining_words.has(word); });
}

/// Whether several names stand together on one side of the hash `i`, and on the other side of it
/// more hashes: which is whose is not said.
bool Gaps::are_apart(std::size_t i, bool names_first) {
    const std::size_t names = names_first ? i : i + 1;
    return joins_hashes(names_first ? i + 1 : i) && all_[names].names().several;
}

bool Gaps::are_unsure() {
    if (all_.size() != 2 || shared_) return false;
    const auto before = all_[0].names().last;
    const auto after = all_[1].names().first;
    if (!before || !after || before->of(text_) == after->of(text_)) return false;
    return !are_beside(false) && !are_beside(true);
}

std::string Gaps::file_name(std::size_t i, bool names_first) {
    std::optional<Slice> name;
    if (all_.size() == 2) name = checksum_file_name(text_, all_[0].where(), all_[1].where());
    if (!name) {
        name = bound_name(i);
        const bool shared = !name || is_last_of_list(text_, all_[i].where(), *name);
        if (shared && are_apart(i, name || names_first)) return {};
    }
    if (!name && are_unsure()) return {};
    if (!name) name = own_word(i, &Gap::names, names_first);
    if (name && name == bound_name(i + 1)) name.reset();  // it is that of the next hash
    return name ? without_escapes(name->of(text_)) : std::string();
}

std::optional<Platform> Gaps::platform(std::size_t i, bool platforms_first) {
    const std::optional<Platform> word = own_word(i, &Gap::platforms, platforms_first);
    const bool front = platforms_first && i == 0;
    const bool back = !platforms_first && i + 2 == all_.size() && !shared_;
    // Between two hashes the words may be of either; before the first and after the last not.
    if (front && all_.front().platforms().differ) return std::nullopt;
    if (back && all_.back().platforms().differ) return std::nullopt;
    return word;
}

bool Gaps::stands_near(std::size_t i, Platform platform) {
    const auto names_it = [&](Slice place) {
        const auto words = platform_words(text_, place);
        return words.first == platform || words.last == platform;
    };
    for (const bool behind : {false, true}) {
        Gap& gap = all_[i + (behind ? 1 : 0)];
        const Slice where = gap.where();
        for (const auto& name : {gap.names().first, gap.names().last}) {
            if (name && names_it(clause_in(text_, where, *name))) return true;
        }
        const std::size_t at = behind ? where.begin : where.end;
        if (names_it(clause_in(text_, where, {at, at}))) return true;
    }
    return false;
}

std::optional<Platform> Gaps::only_platform() {
    if (!only_) only_ = find_only_platform();
    return *only_;
}

std::optional<Platform> Gaps::find_only_platform() {
    std::optional<Platform> found;
    for (Gap& gap : all_) {
        const Words<Platform>& words = gap.platforms();
        if (!words.first) continue;
        if (words.differ || (found && found != words.first)) return std::nullopt;
        found = words.first;
    }
    return found;
}

}  // namespace libblock::detail
