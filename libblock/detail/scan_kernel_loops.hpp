#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "libblock/detail/scan_kernel.hpp"

// Keeps what is rare out of the loops, which need their registers.
#ifdef __GNUC__
#define LIBBLOCK_OUT_OF_LINE [[gnu::noinline]]
#else
#define LIBBLOCK_OUT_OF_LINE
#endif

/// What the kernels have in common: the loops around the operations of an instruction set.
///
/// All of it depends on `Isa`, which must be a type in an unnamed namespace. That gives what is
/// instantiated internal linkage: were it shared, the linker could keep the copy that needs AVX-512
/// for a machine without.
namespace libblock::detail {

extern const ScanKernel scan_kernel_avx512;
extern const ScanKernel scan_kernel_avx2;
extern const ScanKernel scan_kernel_sse4;
extern const ScanKernel scan_kernel_neon;
extern const ScanKernel scan_kernel_portable;

/// One bit for each byte of a block of 64.
struct LineMasks {
    std::uint64_t lf = 0;
    std::uint64_t cr = 0;
};

/// What a glance sees of a block of 64, one bit for each byte: cheaper than `BlockMasks`, and with
/// bits of more than those have, but for the digits.
struct GlanceMasks {
    std::uint64_t digits = 0;
    std::uint64_t dense = 0;  ///< at least known bytes and separators
    std::uint64_t marks = 0;  ///< at least marks but 0x7F
};

/// `GlanceMasks` of a group.
struct GroupGlance {
    // NOLINTBEGIN(modernize-avoid-c-arrays): as in `GroupMasks`
    alignas(64) std::uint64_t digits[GroupMasks::blocks];
    alignas(64) std::uint64_t dense[GroupMasks::blocks];
    alignas(64) std::uint64_t marks[GroupMasks::blocks];
    // NOLINTEND(modernize-avoid-c-arrays)
    bool nuls;  ///< as of `GroupMasks`
};

/// Makes the type of vectors of `size` bytes; a template cannot, since GCC takes no size that
/// depends on one.
#ifdef __GNUC__
#define LIBBLOCK_VECTORS(size) using Words = std::uint64_t __attribute__((vector_size(size)))
#else
#define LIBBLOCK_VECTORS(size) using Words = std::uint64_t
#endif

/// `Isa` has `LIBBLOCK_VECTORS` and these functions:
///
///     BlockMasks masks(const char* block);      // of 64 bytes
///     LineMasks line_masks(const char* block);
///     bool decode(const char* digits, std::uint8_t* bytes);  // 64; whether they are digits
///     bool has_bits(Words words);                   // whether any bit is set
///     Words moved_up(Words words, Words before);    // by a word, with the last one of `before`
///     std::uint64_t full_bytes(Words words);        // a bit for each byte of 8 set bits
///
/// and, where there are instructions for it:
///
///     Words joined<By>(Words here, Words before);   // each bit as it stood `By` bits lower
///     void group_masks(const char* group, GroupMasks& masks);
///     void put_places(std::uint64_t bits, std::size_t base, std::uint32_t* places);  // 8 at most
///     std::size_t put_edges(Words runs, bool open, std::size_t base, std::uint32_t* edges);
///                                                   // where a group is one of `Words`
///
/// and, where it is faster than `masks`, one of these:
///
///     GlanceMasks glance(const char* block);
///     void group_glance(const char* group, GroupGlance& glance);
template <typename Isa>
struct ScanLoops {
    static constexpr std::size_t block = ScanKernel::block;
    static constexpr std::size_t group = ScanKernel::group;
    // Nearer or farther makes it slower.
    static constexpr std::size_t prefetch_distance = 4096;
    static constexpr std::size_t column_prefetch_distance = 2048;

    /// What no text fills to its end, with zeros there.
    template <std::size_t Size>
    class Padded {
    public:
        explicit Padded(std::string_view text) noexcept {
            std::memcpy(bytes_, text.data(), text.size());
        }
        const char* data() const noexcept { return bytes_; }

    private:
        char bytes_[Size] = {};  // NOLINT(modernize-avoid-c-arrays): as above
    };

    /// Has what stands at `at` read in advance; beyond the text that does nothing.
    static void prefetch([[maybe_unused]] const char* at) noexcept {
#ifdef __GNUC__
        __builtin_prefetch(at);
#endif
    }

    static BlockMasks masks_at(std::string_view text, std::size_t at) noexcept {
        if (at >= text.size()) return {};
        const std::string_view rest = text.substr(at);
        return rest.size() < block ? Isa::masks(Padded<block>(rest).data())
                                   : Isa::masks(rest.data());
    }

    using Words = typename Isa::Words;
    static constexpr std::size_t words = sizeof(Words) / sizeof(std::uint64_t);
    static constexpr std::size_t parts = GroupMasks::blocks / words;

    /// `GroupMasks::nuls` of the group at `from`.
    static bool has_nuls(const char* from) noexcept {
        std::uint32_t nuls = 0;
        for (std::size_t i = 0; i < GroupMasks::blocks; ++i) {
            std::uint32_t four = 0;
            std::memcpy(&four, from + i * block, sizeof four);
            nuls |= (four - 0x01010101) & ~four;
        }
        return (nuls & 0x80808080) != 0;
    }

    static void read_blocks(const char* from, GroupMasks& masks) noexcept {
        if constexpr (requires { Isa::group_masks(from, masks); }) {
            Isa::group_masks(from, masks);
        } else {
            for (std::size_t i = 0; i < GroupMasks::blocks; ++i) {
                const BlockMasks of = Isa::masks(from + i * block);
                masks.digits[i] = of.digits;
                masks.known[i] = of.known;
                masks.marks[i] = of.marks;
                masks.separators[i] = of.separators;
            }
            masks.nuls = has_nuls(from);
        }
    }

    LIBBLOCK_OUT_OF_LINE static void read_last_group(std::string_view rest,
                                                     GroupMasks& masks) noexcept {
        read_blocks(Padded<group>(rest).data(), masks);
    }

    static void read_group(std::string_view text, std::size_t at, GroupMasks& masks) noexcept {
        if (text.size() - at < group) return read_last_group(text.substr(at), masks);
        for (std::size_t i = 0; i < GroupMasks::blocks; ++i) {
            prefetch(text.data() + at + i * block + prefetch_distance);
        }
        read_blocks(text.data() + at, masks);
    }

    static Words load_words(const std::uint64_t* from) noexcept {
        Words loaded;
        std::memcpy(&loaded, from, sizeof loaded);
        return loaded;
    }

    /// Takes the bits of the first `count` bytes away.
    static void clear_first(std::size_t count, std::uint64_t* mask) noexcept {
        const Words counts{count};
        const Words kept = load_words(mask) >> counts << counts;
        std::memcpy(mask, &kept, sizeof kept);
    }

    static void clear_first(std::size_t count, GroupMasks& masks) noexcept {
        clear_first(count, masks.digits);
        clear_first(count, masks.known);
        clear_first(count, masks.marks);
        clear_first(count, masks.separators);
    }

    /// Each bit as it stood `By` bits lower, over the borders of words.
    template <unsigned By>
    static Words up(const Words& here, const Words& last) noexcept {
        const Words before = Isa::moved_up(here, last);
        if constexpr (requires { Isa::template joined<By>(here, before); }) {
            return Isa::template joined<By>(here, before);
        } else {
            return here << By | before >> (block - By);
        }
    }

    /// What the words before leave for those behind them.
    struct Carry {
        Words digits;
        Words two;  ///< of digits, at the last one; so are the next ones
        Words four;
        Words eight;
        Words known;
        Words separators;
        Words rows;  ///< what cuts digits off in rows, `.xX`
        Words marks;
        Words pairs;          ///< of marks
        std::uint64_t dense;  ///< a bit for each byte of 8 bits that may be of a shape
    };

    /// What a group shows.
    struct Look {
        // NOLINTBEGIN(modernize-avoid-c-arrays): as above
        Words runs[parts];    ///< a bit for each byte that ends `sure_run` digits
        Words behind[parts];  ///< as `mark_ends`
        Words before[parts];  ///< as `mark_begins`
        // NOLINTEND(modernize-avoid-c-arrays)
        bool found = false;   ///< bits of `runs`
        bool marked = false;  ///< bits of `behind` or `before`
        bool shapes = false;
    };

    /// All bits but one of each 8 that are full of a run or next to them.
    static Words others_of(const Words& runs) noexcept {
        constexpr std::uint64_t tops = 0x8080808080808080;
        return ~((runs | runs >> 8) & tops);
    }

    /// Looks at some blocks, and leaves in `carry` what matters to the next ones.
    static void look_at(const GroupMasks& masks, std::size_t part, Look& look,
                        Carry& carry) noexcept {
        static_assert(ScanKernel::sure_run == 16 && ScanKernel::sure_digits == 4);
        static_assert(ScanKernel::sure_stretch >= 31);
        const Words digits = load_words(masks.digits + part * words);
        const Words known = load_words(masks.known + part * words);
        const Words marks = load_words(masks.marks + part * words);
        const Words others = load_words(masks.separators + part * words);
        const Words separators = others & ~marks;
        const Words rows = others & marks;

        const Words two = digits & up<1>(digits, carry.digits);
        const Words four = two & up<2>(two, carry.two);
        const Words eight = four & up<4>(four, carry.four);
        const Words runs = eight & up<8>(eight, carry.eight);
        look.runs[part] = runs;

        const Words pairs = marks & up<1>(marks, carry.marks);
        // One of these behind digits cuts them off only if another one follows.
        const Words other = pairs & (rows | ~up<1>(rows, carry.rows));
        const Words behind = other & up<2>(four, carry.four);
        const Words before = four & up<4>(pairs, carry.pairs);
        look.behind[part] = behind;
        look.before[part] = before;

        // In 31 known bytes, or as many digits with separators between some, are three times 8
        // bits. Those of runs do not count; at most 7 of each end of a run are left then. Two
        // separators may stand together.
        const Words others_of_runs = others_of(runs);
        const Words one = ((digits << 1) | 1) & separators;
        const Words another = ((one << 1) | 1) & separators;
        const std::uint64_t dense = Isa::full_bytes((digits | one | another) & others_of_runs) |
                                    Isa::full_bytes(known & others_of_runs) | Isa::full_bytes(rows);
        constexpr unsigned bits = 8 * words;
        const std::uint64_t next = dense << 1 | carry.dense >> (bits - 1);
        const std::uint64_t third = dense << 2 | carry.dense >> (bits - 2);

        look.found |= Isa::has_bits(runs);
        look.marked |= Isa::has_bits(behind | before);
        look.shapes |= (dense & next & third) != 0;
        carry = {digits, two, four, eight, known, separators, rows, marks, pairs, dense};
    }

    static Look look_at(const GroupMasks& masks, Carry& carry) noexcept {
        Look look;
        for (std::size_t part = 0; part < parts; ++part) look_at(masks, part, look, carry);
        return look;
    }

    /// Lists where bits of `runs` begin and end, `base` bytes behind the origin. One may be open
    /// from the group before.
    // NOLINTNEXTLINE(modernize-avoid-c-arrays): as above
    static std::size_t put_edges(const Words (&runs)[parts], bool open, std::size_t base,
                                 std::uint32_t* edges) noexcept {
        if constexpr (requires { Isa::put_edges(*runs, open, base, edges); }) {
            return Isa::put_edges(*runs, open, base, edges);
        }
        alignas(64) std::uint64_t bits[GroupMasks::blocks];  // NOLINT(modernize-avoid-c-arrays)
        std::memcpy(bits, runs, sizeof bits);
        std::size_t count = 0;
        std::uint64_t before = open ? 1 : 0;
        for (std::size_t i = 0; i < GroupMasks::blocks; ++i) {
            const std::uint64_t changes = bits[i] ^ (bits[i] << 1 | before);
            put_places(changes, base + i * block, edges + count);
            count += static_cast<std::size_t>(std::popcount(changes));
            before = bits[i] >> (block - 1);
        }
        return count;
    }

    static constexpr std::size_t most_places = 8;

    /// Writes where the bits of a block stand, `most_places` at most: four at least, since that
    /// depends on nothing that is guessed.
    static void put_places(std::uint64_t bits, std::size_t base, std::uint32_t* places) noexcept {
        if constexpr (requires { Isa::put_places(bits, base, places); }) {
            Isa::put_places(bits, base, places);
        } else {
            const auto count = std::popcount(bits);
            const auto put = [&](int i) {
                const auto at = base + static_cast<std::size_t>(std::countr_zero(bits));
                places[i] = static_cast<std::uint32_t>(at);
                bits &= bits - 1;
            };
            for (int i = 0; i < 4; ++i) put(i);
            for (int i = 4; i < count; ++i) put(i);
        }
    }

    static bool is_wide(char c) noexcept {
        return static_cast<unsigned char>(c) >= 0x80;
    }

    static bool is_one_of(char c, const char* of) noexcept {
        while (*of != c && *of != 0) ++of;
        return *of != 0;
    }

    /// Whether two bytes behind digits or before them are of an ellipsis, a bullet or an invisible
    /// character in UTF-8: its first two, or its last two.
    static bool may_be_wide_mark(char first, char second, bool behind) noexcept {
        if (!behind) return is_one_of(first, "\xC2\xD8\xA0\x80\x81\xB8\xBB");
        switch (static_cast<unsigned char>(first)) {
            case 0xC2:
                return second == '\xAD';
            case 0xD8:
                return second == '\x9C';
            case 0xE1:
                return second == '\xA0';
            case 0xE2:
                return second == '\x80' || second == '\x81';
            case 0xEF:
                return second == '\xB8' || second == '\xBB';
            default:
                return false;
        }
    }

    /// Whether two of `BlockMasks::marks` at `at` are what a mark begins or ends with: behind
    /// digits or before them. Of dots, asterisks and `x` it has three or more, as a label it is
    /// `sha256-`.
    static bool may_be_mark(std::string_view text, std::size_t at, bool behind) noexcept {
        const char first = text[at];
        const char second = text[at + 1];
        if (first == 0x7F || second == 0x7F) return false;
        if (is_wide(first) && is_wide(second)) return may_be_wide_mark(first, second, behind);
        if (first == second && is_one_of(first, ".*xX")) {
            const std::size_t third = behind ? at + 2 : at - 1;  // wraps around before the text
            return third < text.size() && text[third] == first;
        }
        const bool label = (first | 0x20) == 's' && (second | 0x20) == 'h' &&
                           text.size() - at > 6 && text[at + 6] == '-';
        return label || is_one_of(first, "<&[(") || is_one_of(second, "])");
    }

    /// Takes the bits away of what can be no mark. The first bit is for the byte at `from`; each
    /// one stands at the second byte of two, or at the last one of so many digits behind them.
    static std::uint64_t real_marks(std::string_view text, std::size_t from, std::uint64_t bits,
                                    std::size_t digits_behind) noexcept {
        for (std::uint64_t left = bits; left != 0; left &= left - 1) {
            const auto bit = static_cast<std::size_t>(std::countr_zero(left));
            const std::size_t second = from + bit - digits_behind;
            if (!may_be_mark(text, second - 1, digits_behind == 0)) bits &= ~(left & (~left + 1));
        }
        return bits;
    }

    template <typename Seen>
    static void put_marks(const Seen& seen, GroupScan& scan) noexcept {
        std::memcpy(scan.mark_ends, seen.behind, sizeof seen.behind);
        std::memcpy(scan.mark_begins, seen.before, sizeof seen.before);
    }

    /// Takes away what can be no marks; whether some are left.
    LIBBLOCK_OUT_OF_LINE static bool has_real_marks(std::string_view text, std::size_t at,
                                                    GroupScan& scan) noexcept {
        std::uint64_t all = 0;
        for (std::size_t i = 0; i < GroupMasks::blocks; ++i) {
            const std::size_t from = at + i * block;
            scan.mark_ends[i] = real_marks(text, from, scan.mark_ends[i], 0);
            scan.mark_begins[i] = real_marks(text, from, scan.mark_begins[i], 4);
            all |= scan.mark_ends[i] | scan.mark_begins[i];
        }
        return all != 0;
    }

    static std::uint64_t last_word(const Words& masks) noexcept {
        std::uint64_t all[words];  // NOLINT(modernize-avoid-c-arrays)
        std::memcpy(all, &masks, sizeof masks);
        return all[words - 1];
    }

    static void put_carry(const Carry& carry, GroupScan& scan) noexcept {
        static_assert(sizeof carry <= sizeof scan.carry);
        std::memcpy(scan.carry, &carry, sizeof carry);
    }

    static Carry carry_of(const GroupScan& scan) noexcept {
        Carry carry;
        std::memcpy(&carry, scan.carry, sizeof carry);
        return carry;
    }

    /// How far `at` stands behind a place where a vector does not reach over two lines of the
    /// cache.
    static std::size_t past_line(std::string_view text, std::size_t at) noexcept {
        return reinterpret_cast<std::uintptr_t>(text.data() + at) % block;
    }

    /// Where the group behind the one at `at` begins; what one has that does not begin with a line
    /// of the cache is read once more, so that all that is less than a block is seen whole.
    static std::size_t next_group(std::string_view text, std::size_t at) noexcept {
        const std::size_t past = past_line(text, at);
        return past == 0 ? at + group : at + group - block - past;
    }

    /// Reads the group that `from` is in, and gives where it begins.
    static std::size_t begin_group(std::string_view text, std::size_t from,
                                   GroupMasks& masks) noexcept {
        // Before the text there is nothing to read.
        const std::size_t past = std::min(from, past_line(text, from));
        read_group(text, from - past, masks);
        clear_first(past, masks);
        return from - past;
    }

    static void note_nuls(bool nuls, std::size_t at, GroupScan& scan) noexcept {
        if (nuls) scan.nuls = std::min(scan.nuls, at);
    }

    static constexpr bool glances_at_groups = requires(const char* from, GroupGlance& glance) {
        Isa::group_glance(from, glance);
    };
    static constexpr bool glances_at_blocks = requires(const char* from) {
        Isa::glance(from);
    };

    static void read_glance(const char* from, GroupGlance& glance) noexcept {
        for (std::size_t i = 0; i < GroupMasks::blocks; ++i) {
            prefetch(from + i * block + prefetch_distance);
        }
        if constexpr (glances_at_groups) {
            Isa::group_glance(from, glance);
        } else {
            for (std::size_t i = 0; i < GroupMasks::blocks; ++i) {
                const GlanceMasks of = Isa::glance(from + i * block);
                glance.digits[i] = of.digits;
                glance.dense[i] = of.dense;
                glance.marks[i] = of.marks;
            }
            glance.nuls = has_nuls(from);
        }
    }

    /// What a glance leaves for the next one; as in `Carry`.
    struct GlanceCarry {
        Words digits;
        Words two;
        Words four;
        Words eight;
        Words marks;
        Words pairs;
        std::uint64_t dense;
    };

    /// What a glance at a group shows.
    struct Glimpse {
        // NOLINTBEGIN(modernize-avoid-c-arrays): as above
        Words runs[parts];  ///< as in `Look`; so are the next ones, with bits of more
        Words behind[parts];
        Words before[parts];
        // NOLINTEND(modernize-avoid-c-arrays)
        bool found = false;
        bool marked = false;
        bool shapes = false;
    };

    static Glimpse glance_at(const GroupGlance& glance, GlanceCarry& carry) noexcept {
        Glimpse glimpse;
        Words found{};
        Words marked{};
        std::uint64_t dense = 0;
        for (std::size_t part = 0; part < parts; ++part) {
            const Words digits = load_words(glance.digits + part * words);
            const Words two = digits & up<1>(digits, carry.digits);
            const Words four = two & up<2>(two, carry.two);
            const Words eight = four & up<4>(four, carry.four);
            const Words runs = eight & up<8>(eight, carry.eight);
            found |= glimpse.runs[part] = runs;

            const Words marks = load_words(glance.marks + part * words);
            const Words pairs = marks & up<1>(marks, carry.marks);
            const Words behind = pairs & up<2>(four, carry.four);
            const Words before = four & up<4>(pairs, carry.pairs);
            marked |= glimpse.behind[part] = behind;
            marked |= glimpse.before[part] = before;

            const Words known = load_words(glance.dense + part * words) & others_of(runs);
            dense |= Isa::full_bytes(known) << (8 * words * part);
            carry = {digits, two, four, eight, marks, pairs, carry.dense};
        }
        const std::uint64_t next = dense << 1 | carry.dense >> (block - 1);
        const std::uint64_t third = dense << 2 | carry.dense >> (block - 2);
        carry.dense = dense;
        glimpse.found = Isa::has_bits(found);
        glimpse.marked = Isa::has_bits(marked);
        glimpse.shapes = (dense & next & third) != 0;
        return glimpse;
    }

    /// What `look_at` leaves behind the blocks before `at`.
    static Carry carry_before(std::string_view text, std::size_t at) noexcept {
        constexpr std::size_t last = GroupMasks::blocks - 1;
        const BlockMasks of = Isa::masks(text.data() + at - block);
        GroupMasks masks{};
        masks.digits[last] = of.digits;
        masks.known[last] = of.known;
        masks.marks[last] = of.marks;
        masks.separators[last] = of.separators;
        Carry carry{};
        Look look;
        look_at(masks, parts - 1, look, carry);
        return carry;
    }

    /// Whether what a glance takes for a shape is one for `look_at`.
    LIBBLOCK_OUT_OF_LINE static bool has_shapes(std::string_view text, std::size_t at) noexcept {
        GroupMasks masks;
        read_group(text, at, masks);
        Carry carry = carry_before(text, at);
        return look_at(masks, carry).shapes;
    }

    /// The first group behind the one at `at` that is worth a look, or at which there are many
    /// runs, or the last one that is whole and begins before `end`. Lists the runs before it.
    LIBBLOCK_OUT_OF_LINE static std::size_t pass_over(std::string_view text, std::size_t at,
                                                      std::size_t end, GroupScan& scan,
                                                      std::size_t& edges) noexcept {
        GroupGlance both[2];  // NOLINT(modernize-avoid-c-arrays): as above
        GroupGlance* here = both;
        GroupGlance* ahead = both + 1;
        GlanceCarry carry{};
        read_glance(text.data() + at, *here);
        static_cast<void>(glance_at(*here, carry));
        at += group;
        const std::size_t last = std::min(end - 1, text.size() - group);  // where one can begin
        if (at + group > last) return at;
        read_glance(text.data() + at, *here);
        for (; at + group <= last; at += group) {
            read_glance(text.data() + at + group, *ahead);
            note_nuls(here->nuls, at, scan);
            const Glimpse glimpse = glance_at(*here, carry);
            if (glimpse.shapes && has_shapes(text, at)) return at;
            if (glimpse.marked) {
                put_marks(glimpse, scan);
                if (has_real_marks(text, at, scan)) return at;
            }
            const bool open = edges % 2 != 0;
            if (glimpse.found | open) {
                const std::size_t more =
                    put_edges(glimpse.runs, open, at - scan.origin, scan.run_edges + edges);
                if (edges + more >= 2 * GroupScan::many_runs) return at;
                edges += more;
            }
            std::swap(here, ahead);
        }
        return at;
    }

    /// Goes on, from the group at `at` behind one that holds nothing, to the next one that a glance
    /// does not pass over, and reads that.
    static void pass_on(std::string_view text, std::size_t end, std::size_t& at, GroupMasks& masks,
                        Carry& carry, GroupScan& scan, std::size_t& edges) noexcept {
        if constexpr (glances_at_groups || glances_at_blocks) {
            if (next_group(text, at) != at + group) return;
            at = pass_over(text, at - group, end, scan, edges);
            read_group(text, at, masks);
            carry = carry_before(text, at);
        }
    }

    /// Leaves in `scan` what the last group has, and what the next scan goes on with.
    static void end_scan(const Carry& before, const GroupMasks& masks, const GroupMasks* next_masks,
                         const Carry& carry, GroupScan& scan) noexcept {
        scan.run_edges[scan.edges] = static_cast<std::uint32_t>(scan.at + group - scan.origin);
        scan.nuls = std::min(scan.nuls, scan.at + group);
        scan.before = {last_word(before.digits), last_word(before.known), last_word(before.marks),
                       last_word(before.separators) | last_word(before.rows)};
        scan.masks = masks;
        scan.ahead = next_masks != nullptr;
        if (scan.ahead) scan.next_masks = *next_masks;
        put_carry(carry, scan);
    }

    /// Each group is looked at once the next one has been read: so much else is to be done while
    /// the processor waits for its masks.
    static void scan_groups(std::string_view text, std::size_t from, std::size_t until,
                            GroupScan& scan) noexcept {
        const std::size_t end = std::min(until, text.size());
        const bool goes_on = scan.ahead && from >= scan.next && from - scan.next < group;
        GroupMasks masks[2];  // NOLINT(modernize-avoid-c-arrays): as above
        if (goes_on) masks[0] = scan.next_masks;
        GroupMasks* here = masks;
        GroupMasks* ahead = masks + 1;
        std::size_t at = goes_on ? scan.next : begin_group(text, from, *here);
        Carry carry = goes_on ? carry_of(scan) : Carry{};
        std::size_t edges = 0;
        bool calm = false;  // whether the last group held nothing
        scan.origin = at;
        scan.nuls = std::string_view::npos;
        for (;;) {
            if (calm) pass_on(text, end, at, *here, carry, scan, edges);
            note_nuls(here->nuls, at, scan);
            const std::size_t next = next_group(text, at);
            const bool more = next < end && next == at + group;
            if (more) read_group(text, next, *ahead);
            const Carry last = carry;
            const Look look = look_at(*here, carry);
            const bool open = edges % 2 != 0;
            calm = !(look.found | look.marked | look.shapes | open | !more);
            if (!calm) {
                edges += put_edges(look.runs, open, at - scan.origin, scan.run_edges + edges);
                scan.at = at;
                put_marks(look, scan);
                scan.marked = look.marked && has_real_marks(text, at, scan);
                if (scan.marked | look.shapes | (edges >= 2 * GroupScan::many_runs) | !more) {
                    scan.shapes = look.shapes;
                    scan.next = std::min(next, text.size());
                    scan.edges = edges;
                    return end_scan(last, *here, more ? ahead : nullptr, carry, scan);
                }
            }
            std::swap(here, ahead);
            at = next;
        }
    }

    static void read_masks(std::string_view text, std::size_t from,
                           std::span<BlockMasks> masks) noexcept {
        for (BlockMasks& each : masks) {
            each = masks_at(text, from);
            from += block;
        }
    }

    static std::size_t list_breaks(std::string_view text, std::size_t until,
                                   std::uint32_t* places) noexcept {
        std::size_t count = 0;
        const std::size_t end = std::min(until, text.size());
        for (std::size_t at = 0; at < end; at += block) {
            const std::string_view rest = text.substr(at);
            const LineMasks lines = rest.size() < block
                                        ? Isa::line_masks(Padded<block>(rest).data())
                                        : Isa::line_masks(rest.data());
            std::uint64_t breaks = lines.lf | lines.cr;
            const auto found = static_cast<std::size_t>(std::popcount(breaks));
            put_places(breaks, at, places + count);
            for (std::size_t i = 0; found > most_places && i < found; ++i, breaks &= breaks - 1) {
                const auto bit = static_cast<std::size_t>(std::countr_zero(breaks));
                places[count + i] = static_cast<std::uint32_t>(at + bit);
            }
            count += found;
        }
        return count;
    }

    static std::size_t decode_column(const char* digits, std::size_t stride, std::size_t count,
                                     std::uint8_t* bytes, std::size_t step) noexcept {
        for (std::size_t i = 0; i < count; ++i, digits += stride, bytes += step) {
            prefetch(digits + column_prefetch_distance);
            if (!Isa::decode(digits, bytes)) return i;
        }
        return count;
    }

    static std::size_t count_line_breaks(std::string_view text) noexcept {
        std::size_t count = 0;
        std::uint64_t cr_before = 0;
        const auto add = [&](const LineMasks& masks) {
            const std::uint64_t pairs = masks.lf & (masks.cr << 1 | cr_before);
            cr_before = masks.cr >> 63;
            count += static_cast<std::size_t>(std::popcount(masks.lf | masks.cr));
            count -= static_cast<std::size_t>(std::popcount(pairs));
        };
        std::size_t at = 0;
        for (; text.size() - at >= block; at += block) add(Isa::line_masks(text.data() + at));
        if (at == text.size()) return count;
        if (at == 0) {
            add(Isa::line_masks(Padded<block>(text).data()));
        } else {
            const std::size_t counted = block - (text.size() - at);
            const LineMasks last = Isa::line_masks(text.data() + text.size() - block);
            add({last.lf >> counted, last.cr >> counted});
        }
        return count;
    }

    static std::size_t last_line(std::string_view text) noexcept {
        std::size_t end = text.size();
        for (; end >= block; end -= block) {
            const LineMasks masks = Isa::line_masks(text.data() + end - block);
            const std::uint64_t breaks = masks.lf | masks.cr;
            if (breaks != 0) return end - static_cast<std::size_t>(std::countl_zero(breaks));
        }
        for (; end > 0; --end) {
            const char last = text[end - 1];
            if (last == '\n' || last == '\r') return end;
        }
        return std::string_view::npos;
    }

    static constexpr ScanKernel kernel(std::string_view name) {
        return {name,        scan_groups,       read_masks, decode_column,
                list_breaks, count_line_breaks, last_line};
    }
};

}  // namespace libblock::detail
