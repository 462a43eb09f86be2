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

/// `Isa` has these functions:
///
///     BlockMasks masks(const char* block);      // reads [-1, 64)
///     LineMasks line_masks(const char* block);  // reads [0, 64)
template <typename Isa>
struct ScanLoops {
    static constexpr std::size_t block = ScanKernel::block;
    static constexpr std::size_t group = ScanKernel::group;
    static constexpr std::size_t prefetch_distance = 4096;  // nearer makes it slower

    /// `Length` bytes from `at` on and the one before them, with zeros where there is no text.
    template <std::size_t Length>
    class Padded {
    public:
        Padded(std::string_view text, std::size_t at) noexcept {
            const std::size_t begin = at == 0 ? 0 : at - 1;
            const std::size_t end = std::min(text.size(), at + Length);
            std::memcpy(bytes_ + 1 + begin - at, text.data() + begin, end - begin);
        }
        const char* data() const noexcept { return bytes_ + 1; }

    private:
        char bytes_[1 + Length] = {};  // NOLINT(modernize-avoid-c-arrays): as above
    };

    static void prefetch([[maybe_unused]] const char* at) noexcept {
#ifdef __GNUC__
        __builtin_prefetch(at);
#endif
    }

    /// Whether `length` bytes at `at` and the one before them can be read in place.
    static bool is_inner(std::string_view text, std::size_t at, std::size_t length) noexcept {
        return at > 0 && text.size() - at >= length;
    }

    static BlockMasks masks_at(std::string_view text, std::size_t at) noexcept {
        if (is_inner(text, at, block)) return Isa::masks(text.data() + at);
        return Isa::masks(Padded<block>(text, at).data());
    }

    // The masks of all blocks of a group are worked on at once where the compiler has a type for
    // it.
#ifdef __GNUC__
    using Words =
        std::uint64_t __attribute__((vector_size(sizeof(std::uint64_t) * GroupMasks::blocks)));
#else
    using Words = std::uint64_t;
#endif
    static constexpr std::size_t words = sizeof(Words) / sizeof(std::uint64_t);

    static Words load_words(const std::uint64_t* from) noexcept {
        Words loaded;
        std::memcpy(&loaded, from, sizeof loaded);
        return loaded;
    }

    static bool has_bits(const Words& bits) noexcept {
        std::uint64_t parts[words];  // NOLINT(modernize-avoid-c-arrays): as above
        std::memcpy(parts, &bits, sizeof bits);
        std::uint64_t any = 0;
        for (const std::uint64_t part : parts) any |= part;
        return any != 0;
    }

    /// Bits for what `ScanKernel::find_group` finds in 64 bytes in a row.
    struct Hits {
        Words runs = {};
        Words shapes = {};
    };

    static void look(const Words& digits, const Words& known, Hits& hits) noexcept {
        static_assert(ScanKernel::sure_run == 16 + 7 && ScanKernel::sure_stretch == 16 + 15);
        // Each bit stands for a row of ones that begins there.
        const Words two = digits & digits >> 1;
        const Words four = two & two >> 2;
        const Words eight = four & four >> 4;
        const Words sixteen = eight & eight >> 8;
        const Words run = sixteen & sixteen >> 7;
        hits.runs |= run;

        const Words begins = ~(digits << 1);
        Words pairs = two & ~(digits >> 2);
        pairs &= pairs >> 3;
        pairs &= pairs >> 6;
        pairs &= pairs >> 12;
        const Words fours = four & ~(digits >> 4);
        const Words eights = eight & ~(digits >> 8) & begins & eight >> 9;
        const Words sixteens = sixteen & ~(digits >> 16) & begins & sixteen >> 17;

        Words stretch = known & known >> 1;
        stretch &= stretch >> 2;
        stretch &= stretch >> 4;
        stretch &= stretch >> 8;
        stretch &= stretch >> 15;
        hits.shapes |=
            pairs | (fours & fours >> 5 & fours >> 10) | eights | sixteens | (stretch & ~run);
    }

    /// Whether a look can find anything: half of a run, half of a stretch, or a cut lies within a
    /// block, or the end of the group before may be half of something.
    static bool may_be_worth_a_look(const GroupMasks& masks) noexcept {
        const std::uint64_t before = masks.known[0] | masks.known[0] << 1;
        if (before >> (block - 12) == 0xFFF) return true;
        Words any = {};
        for (std::size_t i = 0; i < GroupMasks::blocks; i += words) {
            const Words digits = load_words(masks.digits + i + 1);
            Words run = digits & digits >> 1;
            run &= run >> 2;
            run &= run >> 4;
            run &= run >> 4;  // 12 of 23
            const Words known = load_words(masks.known + i + 1);
            Words near = known | known << 1;
            near &= near >> 1;
            near &= near >> 2;
            near &= near >> 4;
            near &= near >> 7;  // 15 of 31
            any |= run | near | load_words(masks.cuts + i);
        }
        return has_bits(any);
    }

    /// Looks at each block and at the 64 bytes around the begin of each: what is no longer than
    /// half a block lies within one of them.
    LIBBLOCK_OUT_OF_LINE static bool is_worth_a_look(GroupMasks& masks) noexcept {
        const auto around = [](const std::uint64_t* at) {
            return Words(load_words(at) >> 32 | load_words(at + 1) << 32);
        };
        Hits hits;
        Words cuts = {};
        for (std::size_t i = 0; i < GroupMasks::blocks; i += words) {
            look(around(masks.digits + i), around(masks.known + i), hits);
            look(load_words(masks.digits + i + 1), load_words(masks.known + i + 1), hits);
            cuts |= load_words(masks.cuts + i);
        }
        masks.runs = has_bits(hits.runs);
        masks.shapes = has_bits(hits.shapes);
        masks.marks = has_bits(cuts);
        return masks.runs || masks.shapes || masks.marks;
    }

    static void put(const BlockMasks& block_masks, std::size_t i, GroupMasks& masks) noexcept {
        masks.digits[i + 1] = block_masks.digits;
        masks.known[i + 1] = block_masks.known;
        masks.cuts[i] = block_masks.cuts;
    }

    LIBBLOCK_OUT_OF_LINE static void read_outer_group(std::string_view text, std::size_t at,
                                                      GroupMasks& masks) noexcept {
        for (std::size_t i = 0; i < GroupMasks::blocks; ++i) {
            const std::size_t here = at + i * block;
            put(here < text.size() ? masks_at(text, here) : BlockMasks{}, i, masks);
        }
    }

    static void read_group(std::string_view text, std::size_t at, GroupMasks& masks) noexcept {
        masks.digits[0] = masks.digits[GroupMasks::blocks];
        masks.known[0] = masks.known[GroupMasks::blocks];
        if (!is_inner(text, at, group)) return read_outer_group(text, at, masks);
        for (std::size_t i = 0; i < GroupMasks::blocks; ++i) {
            const char* const from = text.data() + at + i * block;
            prefetch(from + prefetch_distance);
            put(Isa::masks(from), i, masks);
        }
    }

    static std::size_t find_group(std::string_view text, std::size_t from,
                                  GroupMasks& masks) noexcept {
        masks.digits[GroupMasks::blocks] = 0;
        masks.known[GroupMasks::blocks] = 0;
        for (std::size_t at = from; at < text.size(); at += group) {
            read_group(text, at, masks);
            if (may_be_worth_a_look(masks) && is_worth_a_look(masks)) return at;
        }
        return text.size();
    }

    static void read_masks(std::string_view text, std::size_t from,
                           std::span<BlockMasks> masks) noexcept {
        for (BlockMasks& each : masks) {
            each = from < text.size() ? masks_at(text, from) : BlockMasks{};
            from += block;
        }
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
        if (at < text.size()) add(Isa::line_masks(Padded<block>(text, at).data()));
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
        return {name, find_group, read_masks, count_line_breaks, last_line};
    }
};

}  // namespace libblock::detail
