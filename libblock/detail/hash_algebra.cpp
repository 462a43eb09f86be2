#include "libblock/detail/hash_algebra.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "libblock/detail/digest_key.hpp"
#include "libblock/detail/large_memory.hpp"
#include "libblock/detail/large_pages.hpp"
#include "libblock/sha256.hpp"

// Merging takes the smaller of two heads, again and again. Which one it is cannot be foreseen, so
// that a branch would be mispredicted every other time: the steps have none. What then remains is
// that each step waits for the one before, so four merges of neighbouring stretches take turns.
// Stretches hold the same number of digests, whatever the sets are ("merge path"; Odeh, Green,
// Mwassi, Shmueli, Birk: "Merge Path - Parallel Merging Made Simple", 2012).

#ifdef _MSC_VER
#define ALWAYS_INLINE __forceinline
#else
#define ALWAYS_INLINE [[gnu::always_inline]] inline
#endif

namespace libblock::detail {
namespace {

constexpr std::size_t lanes = 4;
constexpr std::size_t max_lane_digests = 16384;  ///< of both sets together; one more on equal ends

/// A stretch of both sets, and where its result goes.
struct Lane {
    const Sha256* left;
    const Sha256* left_end;
    const Sha256* right;
    const Sha256* right_end;
    Sha256* out;

    std::size_t steps() const noexcept {
        return static_cast<std::size_t>(std::min(left_end - left, right_end - right));
    }
};

// An operation says what a step writes, by the order of the heads, and what it does with the rest
// of a stretch when the other one is used up.

struct Union {
    static constexpr bool takes_right = true;
    static constexpr bool keeps_left_rest = true;
    static std::uint64_t keeps(std::uint64_t, std::uint64_t) noexcept { return 1; }
    static Sha256* exact(const Lane& lane) {
        return std::set_union(lane.left, lane.left_end, lane.right, lane.right_end, lane.out);
    }
};

struct Intersection {
    static constexpr bool takes_right = false;
    static constexpr bool keeps_left_rest = false;
    static std::uint64_t keeps(std::uint64_t left, std::uint64_t right) noexcept {
        return left & right;
    }
    static Sha256* exact(const Lane& lane) {
        return std::set_intersection(lane.left, lane.left_end, lane.right, lane.right_end,
                                     lane.out);
    }
};

struct Difference {
    static constexpr bool takes_right = false;
    static constexpr bool keeps_left_rest = true;
    static std::uint64_t keeps(std::uint64_t, std::uint64_t right) noexcept { return 1 - right; }
    static Sha256* exact(const Lane& lane) {
        return std::set_difference(lane.left, lane.left_end, lane.right, lane.right_end, lane.out);
    }
};

struct SymmetricDifference {
    static constexpr bool takes_right = true;
    static constexpr bool keeps_left_rest = true;
    static std::uint64_t keeps(std::uint64_t left, std::uint64_t right) noexcept {
        return left ^ right;
    }
    static Sha256* exact(const Lane& lane) {
        return std::set_symmetric_difference(lane.left, lane.left_end, lane.right, lane.right_end,
                                             lane.out);
    }
};

/// `second` if `take_second` is 1, `first` if it is 0; written so that no compiler makes a branch
/// of it.
inline const Sha256* choose(const Sha256* first, const Sha256* second,
                            std::uint64_t take_second) noexcept {
    const auto from = reinterpret_cast<std::uintptr_t>(first);
    const auto to = reinterpret_cast<std::uintptr_t>(second);
    const auto mask = std::uintptr_t{0} - static_cast<std::uintptr_t>(take_second);
    // NOLINTNEXTLINE(performance-no-int-to-ptr): a branch would cost more than what is lost here
    return reinterpret_cast<const Sha256*>(from ^ ((from ^ to) & mask));
}

/// One step of a merge. It takes digests of equal keys for equal; the result is not zero if they
/// were not, and then the stretch must be merged again by comparing all bytes.
template <typename Operation>
ALWAYS_INLINE std::uint64_t step(Lane& lane) noexcept {
    const std::uint64_t left = key_of(*lane.left);
    const std::uint64_t right = key_of(*lane.right);
    const std::uint64_t takes_left = left <= right;
    const std::uint64_t takes_right = right <= left;
    const std::uint64_t equal = takes_left & takes_right;
    const std::uint64_t mistake =
        (std::uint64_t{0} - equal) & tail_difference(*lane.left, *lane.right);
    *lane.out = *(Operation::takes_right ? choose(lane.right, lane.left, takes_left) : lane.left);
    lane.out += Operation::keeps(takes_left, takes_right);
    lane.left += takes_left;
    lane.right += takes_right;
    return mistake;
}

template <typename Operation>
std::uint64_t finish(Lane& lane) noexcept {
    std::uint64_t mistake = 0;
    while (const std::size_t steps = lane.steps()) {
        for (std::size_t i = 0; i < steps; ++i) mistake |= step<Operation>(lane);
    }
    if (Operation::keeps_left_rest) lane.out = std::copy(lane.left, lane.left_end, lane.out);
    if (Operation::takes_right) lane.out = std::copy(lane.right, lane.right_end, lane.out);
    return mistake;
}

template <typename Operation>
void merge(std::array<Lane, lanes>& all) noexcept {
    const std::array<Lane, lanes> begin = all;
    std::uint64_t mistake = 0;
    {
        Lane a = all[0];  // by name, so that they stay in registers
        Lane b = all[1];
        Lane c = all[2];
        Lane d = all[3];
        while (const std::size_t steps = std::min({a.steps(), b.steps(), c.steps(), d.steps()})) {
            for (std::size_t i = 0; i < steps; ++i) {
                mistake |= step<Operation>(a);
                mistake |= step<Operation>(b);
                mistake |= step<Operation>(c);
                mistake |= step<Operation>(d);
            }
        }
        all = {a, b, c, d};
    }
    for (Lane& lane : all) mistake |= finish<Operation>(lane);
    if (mistake == 0) return;
    for (std::size_t i = 0; i < lanes; ++i) all[i].out = Operation::exact(begin[i]);
}

/// Takes the next `most` of the merged order from the heads of both sets.
Lane cut_lane(SortedDigests& left, SortedDigests& right, std::size_t most, Sha256* out) noexcept {
    const std::size_t count = std::min(most, left.size() + right.size());
    std::size_t low = count - std::min(count, right.size());
    std::size_t high = std::min(count, left.size());
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if (key_less(right[count - middle - 1], left[middle])) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    std::size_t right_count = count - low;
    const bool cuts_equals =
        low > 0 && right_count < right.size() && left[low - 1] == right[right_count];
    right_count += cuts_equals;

    const Lane lane{left.data(), left.data() + low, right.data(), right.data() + right_count, out};
    left = left.subspan(low);
    right = right.subspan(right_count);
    return lane;
}

/// Gives the result to `take`, piece by piece, until that returns false.
template <typename Operation, typename Take>
void combine(SortedDigests left, SortedDigests right, Take take) {
    const std::size_t lane_digests =
        std::min(max_lane_digests, (left.size() + right.size()) / lanes + 1);
    const std::size_t room = lane_digests + 2;  // a step writes before it is known to keep
    const DigestMemory memory(lanes * room);
    while (!left.empty() || !right.empty()) {
        std::array<Lane, lanes> all{};
        for (std::size_t i = 0; i < lanes; ++i) {
            all[i] = cut_lane(left, right, lane_digests, memory.digests().data() + i * room);
        }
        merge<Operation>(all);
        for (std::size_t i = 0; i < lanes; ++i) {
            const Sha256* begin = memory.digests().data() + i * room;
            if (!take(SortedDigests(begin, all[i].out))) return;
        }
    }
}

/// `most` is reserved at once, and costs nothing where it is not written. What is then far more
/// than the result needs is given back.
template <typename Operation>
std::vector<Sha256> collect(SortedDigests left, SortedDigests right, std::size_t most,
                            std::vector<Sha256> result) {
    const bool is_new = result.capacity() < most;
    result.clear();
    result.reserve(most);
    if (is_new) prefer_large_pages(result.data(), most * sizeof(Sha256));
    combine<Operation>(left, right, [&result](SortedDigests piece) {
        result.insert(result.end(), piece.begin(), piece.end());
        return true;
    });
    if (is_new && result.size() < most / 2) result.shrink_to_fit();
    return result;
}

}  // namespace

std::vector<Sha256> set_union(SortedDigests left, SortedDigests right, std::vector<Sha256> memory) {
    return collect<Union>(left, right, left.size() + right.size(), std::move(memory));
}

std::vector<Sha256> set_intersection(SortedDigests left, SortedDigests right,
                                     std::vector<Sha256> memory) {
    return collect<Intersection>(left, right, std::min(left.size(), right.size()),
                                 std::move(memory));
}

std::vector<Sha256> set_difference(SortedDigests left, SortedDigests right,
                                   std::vector<Sha256> memory) {
    return collect<Difference>(left, right, left.size(), std::move(memory));
}

std::vector<Sha256> set_symmetric_difference(SortedDigests left, SortedDigests right,
                                             std::vector<Sha256> memory) {
    return collect<SymmetricDifference>(left, right, left.size() + right.size(), std::move(memory));
}

bool includes(SortedDigests whole, SortedDigests part) {
    if (part.size() > whole.size()) return false;
    bool includes = true;
    combine<Difference>(part, whole, [&includes](SortedDigests piece) {
        includes = piece.empty();
        return includes;
    });
    return includes;
}

}  // namespace libblock::detail
