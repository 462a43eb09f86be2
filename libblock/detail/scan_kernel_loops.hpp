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

/// Makes the types of vectors of `size` bytes; a template cannot, since GCC takes no size that
/// depends on one.
#ifdef __GNUC__
#define LIBBLOCK_VECTORS(size)                                      \
    using Words = std::uint64_t __attribute__((vector_size(size))); \
    using Halves = std::uint16_t __attribute__((vector_size(size)))
#else
#define LIBBLOCK_VECTORS(size) using Words = std::uint64_t
#endif

/// `Isa` has `LIBBLOCK_VECTORS` and these functions:
///
///     BlockMasks masks(const char* block);      // of 64 bytes
///     LineMasks line_masks(const char* block);
///     bool decode(const char* digits, std::uint8_t* bytes);  // 64; whether they are digits
///     bool has_bits(Words words);                            // whether any bit is set
///
/// and, where there is an instruction for it:
///
///     Words joined<By>(Words here, Words before);  // each bit as it stood `By` bits lower
template <typename Isa>
struct ScanLoops {
    static constexpr std::size_t block = ScanKernel::block;
    static constexpr std::size_t group = ScanKernel::group;
    static constexpr std::size_t prefetch_distance = 4096;  // nearer makes it slower

    /// A block whose end no text fills, with zeros there.
    class Padded {
    public:
        explicit Padded(std::string_view text) noexcept {
            std::memcpy(bytes_, text.data(), text.size());
        }
        const char* data() const noexcept { return bytes_; }

    private:
        char bytes_[block] = {};  // NOLINT(modernize-avoid-c-arrays): as above
    };

    static void prefetch([[maybe_unused]] const char* at) noexcept {
#ifdef __GNUC__
        __builtin_prefetch(at);
#endif
    }

    static BlockMasks masks_at(std::string_view text, std::size_t at) noexcept {
        if (at >= text.size()) return {};
        const std::string_view rest = text.substr(at);
        return rest.size() < block ? Isa::masks(Padded(rest).data()) : Isa::masks(rest.data());
    }

    using Words = typename Isa::Words;
    static constexpr std::size_t words = sizeof(Words) / sizeof(std::uint64_t);

    static Words load_words(const std::uint64_t* from) noexcept {
        Words loaded;
        std::memcpy(&loaded, from, sizeof loaded);
        return loaded;
    }

    static bool has_bits(const Words& bits) noexcept {
        return Isa::has_bits(bits);
    }

    /// All bits of the 16 in a row, aligned, that have all.
    static Words full_halves(const Words& bits) noexcept {
#ifdef __GNUC__
        return Words(typename Isa::Halves(bits) == 0xFFFF);
#else
        Words full = bits & bits >> 8;
        full &= full >> 4;
        full &= full >> 2;
        full &= full >> 1;
        return (full & 0x0001000100010001) * 0xFFFF;
#endif
    }

    /// Masks with those of the blocks before them, so that shifts reach over their borders.
    struct Linked {
        Words here;
        Words before;

        static Linked load(const std::uint64_t* masks) noexcept {
            return {load_words(masks + 1), load_words(masks)};
        }
        /// Each bit as it stood `By` bits lower.
        template <unsigned By>
        Linked up() const noexcept {
            if constexpr (requires { Isa::template joined<By>(here, before); }) {
                return {Isa::template joined<By>(here, before), before << By};
            } else {
                return {here << By | before >> (block - By), before << By};
            }
        }
        Linked operator&(const Linked& other) const noexcept {
            return {here & other.here, before & other.before};
        }
        Linked operator|(const Linked& other) const noexcept {
            return {here | other.here, before | other.before};
        }
    };

    /// Digits in groups. Half of what is longer than a block stands in one: 7 pairs, which is more
    /// than a date with a time has; three groups of 4, or two behind one of 8; one of 4 before 8
    /// digits; one of 8 beside 4 digits.
    static Words groups_of(const Linked& digits, const Linked& two, const Linked& four,
                           const Linked& eight) noexcept {
        Words pairs = two.here & ~(digits.here << 2);
        pairs &= pairs << 3;
        pairs &= pairs << 6;
        pairs &= pairs << 9;
        // At the byte behind them, which says that there are no more.
        const Words just_four =
            four.template up<1>().here & ~(digits.here | digits.template up<5>().here);
        const Words just_eight =
            eight.template up<1>().here & ~(digits.here | digits.template up<9>().here);
        const Words three = just_four & just_four << 5 & (just_four | just_eight) << 10;
        const Words before = just_four << 8 & eight.here;
        const Words beside = (four.here << 10 & just_eight) | (just_eight << 4 & four.here);
        return pairs | three | before | beside;
    }

    /// Lists the rows of `ends`, which has a bit for each byte that ends `sure_run` digits.
    static void put_runs(const Words* ends, GroupMasks& masks) noexcept {
        std::uint64_t bits[1 + GroupMasks::blocks + 1] = {};  // NOLINT(modernize-avoid-c-arrays)
        std::memcpy(bits + 1, ends, GroupMasks::blocks * sizeof *bits);
        std::size_t begins = 0;
        std::size_t runs = 0;
        for (std::size_t i = 1; i <= GroupMasks::blocks; ++i) {
            const std::uint64_t first = bits[i] & ~(bits[i] << 1 | bits[i - 1] >> (block - 1));
            const std::uint64_t last = bits[i] & ~(bits[i] >> 1 | bits[i + 1] << (block - 1));
            begins +=
                put_places(first, i * block + 1 - ScanKernel::sure_run, masks.run_begins + begins);
            runs += put_places(last, i * block + 1, masks.run_ends + runs);
        }
        masks.runs = runs;
    }

    /// Writes where the bits of a block stand, always as many as it has room for: nothing of it
    /// depends on what is guessed.
    static std::size_t put_places(std::uint64_t bits, std::size_t base,
                                  std::uint16_t* places) noexcept {
        constexpr std::size_t most = (block + ScanKernel::sure_run) / (ScanKernel::sure_run + 1);
        const auto count = static_cast<std::size_t>(std::popcount(bits));
        for (std::size_t i = 0; i < most; ++i) {
            const auto at = base + static_cast<std::size_t>(std::countr_zero(bits));
            places[i] = static_cast<std::uint16_t>(at);
            bits &= bits - 1;
        }
        return count;
    }

    static bool is_worth_a_look(GroupMasks& masks) noexcept {
        static_assert(ScanKernel::sure_run == 16 && ScanKernel::sure_digits == 4);
        static_assert(ScanKernel::sure_stretch >= 31);
        constexpr std::size_t parts = GroupMasks::blocks / words;
        Words runs[parts];    // NOLINT(modernize-avoid-c-arrays): as above, here and below
        Words behind[parts];  // NOLINT(modernize-avoid-c-arrays)
        Words before[parts];  // NOLINT(modernize-avoid-c-arrays)
        Words shapes = {};
        Words found = {};
        Words marked = {};
        for (std::size_t i = 0; i < parts; ++i) {
            const Linked digits = Linked::load(masks.digits + i * words);
            const Linked two = digits & digits.template up<1>();
            const Linked four = two & two.template up<2>();
            const Linked eight = four & four.template up<4>();
            runs[i] = (eight & eight.template up<8>()).here;

            // A stretch whose middle is all digits is a run.
            const Words known = full_halves(load_words(masks.known + i * words + 1));
            const Linked marks = Linked::load(masks.marks + i * words);
            shapes |= groups_of(digits, two, four, eight) | (known & ~full_halves(digits.here)) |
                      (full_halves(marks.here) & ~known);

            const Linked pairs = marks & marks.template up<1>();
            behind[i] = (pairs & four.template up<2>()).here;
            before[i] = (four & pairs.template up<4>()).here;
            found |= runs[i];
            marked |= behind[i] | before[i];
        }
        if (!has_bits(found | marked | shapes)) return false;
        put_runs(runs, masks);
        std::memcpy(masks.behind, behind, sizeof behind);
        std::memcpy(masks.before, before, sizeof before);
        masks.marked = has_bits(marked);
        masks.shapes = has_bits(shapes);
        return true;
    }

    static void put(const BlockMasks& from, std::size_t i, GroupMasks& masks) noexcept {
        masks.digits[i] = from.digits;
        masks.known[i] = from.known;
        masks.marks[i] = from.marks;
    }

    LIBBLOCK_OUT_OF_LINE static void read_last_group(std::string_view text, std::size_t at,
                                                     GroupMasks& masks) noexcept {
        for (std::size_t i = 0; i < GroupMasks::blocks; ++i) {
            put(masks_at(text, at + i * block), i + 1, masks);
        }
    }

    static void read_group(std::string_view text, std::size_t at, const BlockMasks& before,
                           GroupMasks& masks) noexcept {
        put(before, 0, masks);
        if (text.size() - at < group) return read_last_group(text, at, masks);
        for (std::size_t i = 0; i < GroupMasks::blocks; ++i) {
            const char* const from = text.data() + at + i * block;
            prefetch(from + prefetch_distance);
            put(Isa::masks(from), i + 1, masks);
        }
    }

    static BlockMasks last_of(const GroupMasks& masks) noexcept {
        constexpr std::size_t last = GroupMasks::blocks;
        return {masks.digits[last], masks.known[last], masks.marks[last]};
    }

    /// The last place at or before `at` where a vector does not reach over two lines of the cache.
    static std::size_t aligned(std::string_view text, std::size_t at) noexcept {
        return at - reinterpret_cast<std::uintptr_t>(text.data() + at) % block;
    }

    static FoundGroup find_group(std::string_view text, std::size_t from,
                                 GroupBuffers& buffers) noexcept {
        GroupMasks* read = buffers.of;
        GroupMasks* ahead = buffers.of + 1;
        if (from >= text.size()) return {text.size(), read};
        read_group(text, from, BlockMasks{}, *read);
        if (is_worth_a_look(*read)) return {from, read};
        if (text.size() - from <= group) return {text.size(), read};

        // Each group is looked at once the next one has been read: what has just been written in
        // parts cannot be loaded at once.
        std::size_t at = aligned(text, from + group);
        read_group(text, at, masks_at(text, at - block), *read);
        for (;;) {
            const std::size_t next = at + group;
            const bool more = next < text.size();
            if (more) read_group(text, next, last_of(*read), *ahead);
            if (is_worth_a_look(*read)) return {at, read};
            if (!more) return {text.size(), read};
            std::swap(read, ahead);
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

    static std::size_t decode_column(const char* digits, std::size_t stride, std::size_t count,
                                     std::uint8_t* bytes) noexcept {
        for (std::size_t i = 0; i < count; ++i) {
            prefetch(digits + i * stride + prefetch_distance);
            if (!Isa::decode(digits + i * stride, bytes + i * 32)) return i;
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
            add(Isa::line_masks(Padded(text).data()));
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
        return {name, find_group, read_masks, decode_column, count_line_breaks, last_line};
    }
};

}  // namespace libblock::detail
