#include "libblock/detail/repeats.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "libblock/detail/digest_key.hpp"
#include "libblock/detail/large_pages.hpp"

namespace libblock::detail {
namespace {

/// Digests are sorted in parts of about so many, to need less memory beside them.
constexpr std::size_t part_size = std::size_t{1} << 20U;

/// Tells of most digests at a glance that they stand but once: by a bit for each value that their
/// leading bits can have, 8 to 16 values for each digest.
class LoneDigests {
public:
    explicit LoneDigests(std::span<const Sha256> digests)
        : shift_(61 - static_cast<unsigned>(std::bit_width(digests.size()))) {
        const std::size_t count = (std::size_t{1} << (64 - shift_)) / word_bits + 1;
        words_.reserve(count);
        prefer_large_pages(words_.data(), count * sizeof(Words));
        words_.resize(count);
        for (const Sha256& digest : digests) add(key_of(digest) >> shift_);
    }

    bool has(std::uint64_t head) const noexcept {
        const std::uint64_t value = head >> shift_;
        return (words_[value / word_bits].shared >> value % word_bits & 1) == 0;
    }

    /// How many may stand more than once.
    std::size_t others() const noexcept { return others_; }

private:
    static constexpr std::size_t word_bits = 64;

    /// Of neighbouring values: which some digest has, and which several have.
    struct Words {
        std::uint64_t seen = 0;
        std::uint64_t shared = 0;
    };

    /// Without a branch: what is shared cannot be foreseen.
    void add(std::uint64_t value) noexcept {
        Words& words = words_[value / word_bits];
        const std::uint64_t bit = std::uint64_t{1} << value % word_bits;
        const std::uint64_t again = words.seen & bit;
        const std::uint64_t first = again & ~words.shared;
        others_ += (again >> value % word_bits) + (first >> value % word_bits);
        words.seen |= bit;
        words.shared |= again;
    }

    unsigned shift_;
    std::vector<Words> words_;
    std::size_t others_ = 0;
};

struct Key {
    std::uint64_t head = 0;  ///< the first bytes of the digest
    std::uint64_t index = 0;
};

/// Repeats as pairs of the index of the repeat and that of the first appearance.
struct Repeat {
    std::size_t index;
    std::size_t first;
};

/// Finds the repeats among digests: sorts those that may have some, part by part.
class RepeatFinder {
public:
    explicit RepeatFinder(const Candidates& candidates)
        : digests_(candidates.digests()), kinds_(candidates.kinds()), lone_(digests_) {}

    std::vector<Repeat> find() {
        const auto bits = static_cast<unsigned>(std::bit_width(lone_.others() / part_size));
        for (std::uint64_t part = 0; part < std::uint64_t{1} << bits; ++part) {
            keys_.clear();
            for (std::size_t i = 0; i < digests_.size(); ++i) {
                const std::uint64_t head = key_of(digests_[i]);
                if (bits > 0 && head >> (64 - bits) != part) continue;
                if (lone_.has(head)) continue;
                keys_.push_back({head, i});
            }
            find_in_keys();
        }
        return std::move(repeats_);
    }

private:
    void find_in_keys() {
        std::sort(keys_.begin(), keys_.end(), [](const Key& left, const Key& right) {
            return left.head != right.head ? left.head < right.head : left.index < right.index;
        });
        for (auto first = keys_.begin(); first != keys_.end();) {
            const auto end = std::find_if(first + 1, keys_.end(),
                                          [&](const Key& key) { return key.head != first->head; });
            if (end - first > 1) find_in_equal({first, end});
            first = end;
        }
    }

    /// Digests with the same head are the same, unless somebody has chosen them.
    void find_in_equal(std::span<Key> keys) {
        const auto is_first = [&](const Key& key) { return is_same(key.index, keys[0].index); };
        if (!std::all_of(keys.begin() + 1, keys.end(), is_first)) {
            std::sort(keys.begin(), keys.end(),
                      [&](const Key& left, const Key& right) { return precedes(left, right); });
        }
        std::size_t first = keys[0].index;
        for (const Key& key : keys.subspan(1)) {
            if (is_same(key.index, first)) {
                repeats_.push_back({key.index, first});
            } else {
                first = key.index;
            }
        }
    }

    /// The order of digests and kinds, and of their places.
    bool precedes(const Key& left, const Key& right) const {
        const auto by_digest = digests_[left.index] <=> digests_[right.index];
        if (by_digest != 0) return by_digest < 0;
        if (kinds_[left.index] != kinds_[right.index]) {
            return kinds_[left.index] < kinds_[right.index];
        }
        return left.index < right.index;
    }

    bool is_same(std::size_t left, std::size_t right) const {
        return kinds_[left] == kinds_[right] && digests_[left] == digests_[right];
    }

    std::span<const Sha256> digests_;
    std::span<const HashKind> kinds_;
    LoneDigests lone_;
    std::vector<Key> keys_;
    std::vector<Repeat> repeats_;
};

/// Some of many rows, and how many of them stand before a row.
class RowSet {
public:
    RowSet(std::size_t size, std::span<const Repeat> repeats) : words_(size / word_bits + 1) {
        for (const Repeat& repeat : repeats) {
            words_[repeat.index / word_bits].bits |= std::uint64_t{1} << repeat.index % word_bits;
        }
        std::size_t before = 0;
        for (Word& word : words_) {
            word.before = before;
            before += static_cast<std::size_t>(std::popcount(word.bits));
        }
    }

    std::size_t count_before(std::size_t index) const noexcept {
        const Word& word = words_[index / word_bits];
        const std::uint64_t lower = (std::uint64_t{1} << index % word_bits) - 1;
        return word.before + static_cast<std::size_t>(std::popcount(word.bits & lower));
    }

private:
    static constexpr std::size_t word_bits = 64;
    struct Word {
        std::uint64_t bits = 0;
        std::size_t before = 0;
    };
    std::vector<Word> words_;
};

}  // namespace

void part_repeats(Extraction& extraction) {
    Candidates& accepted = extraction.accepted;
    const std::vector<Repeat> repeats = RepeatFinder(accepted).find();
    if (repeats.empty()) return;
    const RowSet gone(accepted.size(), repeats);
    std::vector<std::size_t> indices(repeats.size());
    extraction.duplicates.resize(repeats.size());
    for (const auto [index, first] : repeats) {
        const std::size_t place = gone.count_before(index);
        indices[place] = index;
        extraction.duplicates[place] = {accepted.digests()[index], accepted.places()[index],
                                        first - gone.count_before(first)};
        accepted.complete(first, index);
    }
    accepted.remove(indices);
}

}  // namespace libblock::detail
