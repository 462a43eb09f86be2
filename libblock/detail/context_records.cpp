#include "libblock/detail/context_records.hpp"

#include <array>
#include <optional>
#include <vector>

#include "libblock/detail/context_words.hpp"

namespace libblock::detail {
namespace {

/// How far from a hash words can belong to it.
constexpr std::size_t reach = 512;

/// What ends a record.
constexpr std::array<std::string_view, 7> record_ends{"\n",   "\r",   "},{", "}, {",
                                                      "</tr", "</li", "<br"};

/// Bytes of the end of a record at `at`; 0 if there is none.
std::size_t record_end_at(std::string_view text, std::size_t at) noexcept {
    constexpr std::string_view heads = "\n\r}<";
    if (!is_one_of(text[at], heads)) return 0;
    for (const auto end : record_ends) {
        if (begins_with(text, at, end)) return end.size();
    }
    return 0;
}

/// The first end of a record in `within`, or the end of `within`.
std::size_t find_record_end(std::string_view text, Slice within) noexcept {
    std::size_t at = within.begin;
    while (at < within.end && record_end_at(text, at) == 0) ++at;
    return at;
}

/// The words of a record before its first hash.
Slice words_before(std::string_view text, Slice hash) noexcept {
    Slice words{0, hash.begin};
    if (words.size() > reach) {
        words.begin = hash.begin - reach;
        words.begin = begin_of_words(text, words);
    }
    for (std::size_t at = words.end; at > words.begin; --at) {
        const std::size_t bytes = record_end_at(text, at - 1);
        if (bytes > 0) return {at - 1 + bytes, words.end};
    }
    return words;
}

/// The words of a record after its last hash.
Slice words_after(std::string_view text, Slice hash) noexcept {
    Slice words{hash.end, text.size()};
    if (words.size() > reach) {
        words.end = hash.end + reach;
        words.end = end_of_words(text, words);
    }
    return {words.begin, find_record_end(text, words)};
}

/// Whether two hashes share a record. Those that do not are parted by its end or stand so far
/// from each other that no word is within the reach of both.
bool in_one_record(std::string_view text, Slice left, Slice right) noexcept {
    const Slice between{left.end, right.begin};
    return between.size() <= 2 * reach && find_record_end(text, between) == between.end;
}

/// The words before the first hash of a record, between two, or after the last.
struct Gap {
    Slice where;
    Words<Slice> names;
    Words<Platform> platforms;
};

Gap read_gap(std::string_view text, Slice where) {
    return {where, file_names(text, where), platform_words(text, where)};
}

/// The word of one kind that belongs to the hash between the gaps `i` and `i + 1`.
template <typename T>
std::optional<T> own_word(std::span<const Gap> gaps, std::size_t i, Words<T> Gap::*kind) {
    const Words<T>& before = gaps[i].*kind;
    const Words<T>& after = gaps[i + 1].*kind;
    const bool words_come_first = (gaps.front().*kind).first && !(gaps.back().*kind).first;
    if (words_come_first) {
        if (before.last) return before.last;
        const bool free = i + 2 == gaps.size() || after.several;
        return free ? after.first : std::nullopt;
    }
    if (after.first) return after.first;
    const bool free = i == 0 || before.several;
    return free ? before.last : std::nullopt;
}

/// The platform that all words of a record name, if they name one.
std::optional<Platform> only_platform(std::span<const Gap> gaps) {
    std::optional<Platform> only;
    for (const Gap& gap : gaps) {
        const Words<Platform>& words = gap.platforms;
        if (!words.first) continue;
        if (words.differ || (only && only != words.first)) return std::nullopt;
        only = words.first;
    }
    return only;
}

std::vector<Gap> read_gaps(std::string_view text, std::span<const Anchor> record) {
    std::vector<Gap> gaps;
    gaps.reserve(record.size() + 1);
    gaps.push_back(read_gap(text, words_before(text, record.front().where)));
    for (std::size_t i = 1; i < record.size(); ++i) {
        gaps.push_back(read_gap(text, {record[i - 1].where.end, record[i].where.begin}));
    }
    gaps.push_back(read_gap(text, words_after(text, record.back().where)));
    return gaps;
}

void read_record(std::string_view text, std::span<const Anchor> record, std::span<const Gap> gaps,
                 std::span<Candidate> candidates) {
    const std::optional<Platform> only = only_platform(gaps);
    for (std::size_t i = 0; i < record.size(); ++i) {
        if (record[i].candidate == Anchor::no_candidate) continue;
        HashContext& context = candidates[record[i].candidate].context;
        std::optional<Slice> name;
        if (record.size() == 1) name = checksum_file_name(text, gaps[0].where, gaps[1].where);
        if (!name) name = own_word(gaps, i, &Gap::names);
        if (name) context.file_name = name->of(text);
        context.platform = own_word(gaps, i, &Gap::platforms);
        if (!context.platform) context.platform = platform_of_file(context.file_name);
        if (!context.platform) context.platform = only;
        context.label = label_before(text, gaps[i].where);
    }
}

}  // namespace

void read_contexts(std::string_view text, std::span<const Anchor> anchors,
                   std::span<Candidate> candidates) {
    while (!anchors.empty()) {
        std::size_t count = 1;
        while (count < anchors.size() &&
               in_one_record(text, anchors[count - 1].where, anchors[count].where)) {
            ++count;
        }
        const auto record = anchors.first(count);
        read_record(text, record, read_gaps(text, record), candidates);
        anchors = anchors.subspan(count);
    }
}

}  // namespace libblock::detail
