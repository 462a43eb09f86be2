#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/detail/context_words.hpp"
#include "libblock/detail/scan_text.hpp"
#include "libblock/platform.hpp"

/// Records: the hashes that share a line, or a part of one that an object, a table row or a list
/// item ends; and the words around them.
namespace libblock::detail {

/// How far from a hash words can belong to it, in bytes.
inline constexpr std::size_t context_reach = 512;

/// The line break at or after `from` and before `to`, or `to`.
std::size_t find_break(std::string_view text, std::size_t from, std::size_t to) noexcept;

/// Whether no record ends between two hashes, and words there are within the reach of both.
bool goes_on_through(std::string_view text, Slice between) noexcept;

/// Whether two neighbouring hashes share a record whose first hash is `first`. Those that do not
/// are parted by its end, or stand so far from each other that no word is within the reach of both,
/// or would make the record longer than 8 KiB.
bool in_one_record(std::string_view text, Slice first, Slice left, Slice right) noexcept;

/// The words of both kinds in a part of a text, read when someone asks for them.
class Gap {
public:
    Gap(std::string_view text, Slice where) noexcept : text_(text), where_(where) {}

    Slice where() const noexcept { return where_; }
    const Words<Slice>& names();
    const Words<Platform>& platforms();

private:
    std::string_view text_;
    Slice where_;
    std::optional<Words<Slice>> names_;
    std::optional<Words<Platform>> platforms_;
};

/// The words before, between and after the hashes of a record.
class Gaps {
public:
    /// `last` is where the hash before the record ends.
    Gaps(std::string_view text, std::size_t last, std::span<const Slice> hashes);

    /// Whether the record is seen to end behind its last hash.
    bool ends() const noexcept { return ends_; }

    /// The words before the hash `i`; `i + 1` has those after it.
    Slice where(std::size_t i) const noexcept { return all_[i].where(); }

    /// Whether the words of a kind stand before their hashes; found but once, and kept in `known`.
    bool names_come_first(std::optional<bool>& known);
    bool platforms_come_first(std::optional<bool>& known);

    /// Whether different names stand on both sides of the only hash, and neither beside it.
    bool are_unsure();

    /// The file name that the words around the hash `i` give; empty if they give none.
    std::string file_name(std::size_t i, bool names_first);

    /// The platform that the words around the hash `i` name.
    std::optional<Platform> platform(std::size_t i, bool platforms_first);

    /// Whether the words beside the hash `i` or its file name, in the same clause, name a platform.
    bool stands_near(std::size_t i, Platform platform);

    /// The platform that all words name, if they name one.
    std::optional<Platform> only_platform();

private:
    /// The words of one kind that a gap has.
    template <typename T>
    using WordsOf = const Words<T>& (Gap::*)();

    template <typename T>
    bool find_order(WordsOf<T> words, std::optional<bool>& known);
    template <typename T>
    std::optional<T> own_word(std::size_t i, WordsOf<T> words, bool words_come_first);
    bool are_beside(bool behind);
    std::optional<Slice> bound_name(std::size_t i);
    bool joins_hashes(std::size_t i);
    bool are_apart(std::size_t i, bool names_first);
    std::optional<Platform> find_only_platform();

    std::string_view text_;
    std::vector<Gap> all_;
    bool shared_ = false;  ///< whether another hash follows the last words in the same record
    bool ends_ = false;
    std::optional<std::optional<Platform>> only_;  ///< what `only_platform` found
};

}  // namespace libblock::detail
