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

/// The first look at a group of 256 bytes: one bit for each lane of 4.
struct ScanLanes {
    std::uint64_t hex = 0;   ///< four hexadecimal digits
    std::uint64_t near = 0;  ///< a digit or a wide byte in both halves
    bool cut = false;        ///< whether the group may have a bit of `cuts`
};

/// One bit for each byte of a block of 64.
struct LineMasks {
    std::uint64_t lf = 0;
    std::uint64_t cr = 0;
};

/// `Isa` has these functions:
///
///     ScanLanes lanes(const char* group);     // reads [-1, 256)
///     BlockMasks masks(const char* block);    // reads [-1, 64)
///     LineMasks line_masks(const char* block);  // reads [0, 64)
///     void decode(const char* digits, std::uint8_t* bytes);
template <typename Isa>
struct ScanLoops {
    static constexpr std::size_t block = ScanKernel::block;
    static constexpr std::size_t lane = 4;
    static constexpr std::size_t group = 64 * lane;
    static constexpr std::size_t lookback = 32;  // the first thing with full lanes begins in it
    static constexpr std::size_t prefetch_distance = 4096;  // nearer makes it slower

    /// Lanes that lie wholly in `bytes` in a row, wherever these begin.
    static constexpr unsigned lanes_in(std::size_t bytes) {
        return static_cast<unsigned>((bytes - (lane - 1)) / lane);
    }

    /// Finds runs of `Length` bits in a stream of words.
    template <unsigned Length>
    class RunEnds {
    public:
        /// The bits on which such a run ends.
        std::uint64_t add(std::uint64_t bits) noexcept { return widen<1, 0>(bits); }

    private:
        /// Each bit stands for a run of `Width` bits that ends there.
        template <unsigned Width, unsigned Stage>
        std::uint64_t widen(std::uint64_t bits) noexcept {
            if constexpr (Width == Length) {
                return bits;
            } else {
                constexpr unsigned by = std::min(Width, Length - Width);
                const std::uint64_t moved = bits << by | before_[Stage] >> (64 - by);
                before_[Stage] = bits;
                return widen<Width + by, Stage + 1>(bits & moved);
            }
        }

        // NOLINTNEXTLINE(modernize-avoid-c-arrays): std::array would bring shared functions
        std::uint64_t before_[std::bit_width(Length)] = {};
    };

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

    /// Where the first thing worth a look begins, of all that begin at or after `begin` and end
    /// before `end` or little later; the size of the text if there is none.
    LIBBLOCK_OUT_OF_LINE static std::size_t first_spot(std::string_view text, std::size_t begin,
                                                       std::size_t end) noexcept {
        RunEnds<ScanKernel::sure_run> run_ends;
        RunEnds<ScanKernel::sure_stretch - 1> stretch_ends;  // a run of pairs of neighbours
        std::uint64_t others_before = 1;
        std::uint64_t pairs = ~std::uint64_t{1};  // bytes whose left neighbour counts
        std::size_t spot = text.size();
        for (std::size_t at = begin; at < text.size(); at += block) {
            const bool confirmed = spot < text.size();  // what begins earlier ends in this block
            const BlockMasks masks = masks_at(text, at);
            if (const std::size_t rest = text.size() - at; rest < block) {
                pairs &= (std::uint64_t{1} << rest) - 1;
            }
            const std::uint64_t others = ~(masks.digits | masks.wide);
            const std::uint64_t near = ~(others & (others << 1 | others_before)) & pairs;
            const std::uint64_t stretches = stretch_ends.add(near);
            const std::uint64_t cuts = masks.cuts & pairs;
            const auto note = [&](std::uint64_t ends, std::size_t length) {
                if (ends == 0) return;
                const std::size_t past = at + static_cast<std::size_t>(std::countr_zero(ends)) + 1;
                spot = std::min(spot, std::max(past, begin + length) - length);
            };
            note(run_ends.add(masks.digits), ScanKernel::sure_run);
            note(stretches, ScanKernel::sure_stretch);
            note(cuts & ~masks.wide, 2);
            note(cuts & masks.wide, 3);
            if (spot == text.size() ? at >= end : confirmed || stretches != 0) break;
            // Only a stretch that is still open can begin before the spot.
            const auto open = static_cast<std::size_t>(std::countl_one(near));
            if (spot < text.size() && open < block && at + block - 1 - open >= spot) break;
            others_before = others >> 63;
            pairs = ~std::uint64_t{0};
        }
        return spot;
    }

    LIBBLOCK_OUT_OF_LINE static ScanLanes outer_lanes(std::string_view text,
                                                      std::size_t at) noexcept {
        return Isa::lanes(Padded<group>(text, at).data());
    }

    static ScanLanes lanes_at(std::string_view text, std::size_t at) noexcept {
        if (!is_inner(text, at, group)) return outer_lanes(text, at);
        if (text.size() - at > prefetch_distance + group) {
            for (std::size_t i = 0; i < group; i += block) {
                prefetch(text.data() + at + prefetch_distance + i);
            }
        }
        return Isa::lanes(text.data() + at);
    }

    static std::size_t find_spot(std::string_view text, std::size_t from) noexcept {
        RunEnds<lanes_in(ScanKernel::sure_run)> hex_runs;
        RunEnds<lanes_in(ScanKernel::sure_stretch)> near_runs;
        for (std::size_t at = from; at < text.size(); at += group) {
            const ScanLanes lanes = lanes_at(text, at);
            const std::uint64_t hits = hex_runs.add(lanes.hex) | near_runs.add(lanes.near);
            if (hits == 0 && !lanes.cut) continue;
            const auto first = lanes.cut ? 0 : static_cast<std::size_t>(std::countr_zero(hits));
            const std::size_t end_of_lane = at + lane * (first + 1);
            const std::size_t begin = end_of_lane - from < lookback ? from : end_of_lane - lookback;
            const std::size_t spot = first_spot(text, begin, at + group);
            if (spot < text.size()) return spot;
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

    static void decode(const char* digits, std::uint8_t* bytes) noexcept {
        Isa::decode(digits, bytes);
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
        return {name, find_spot, read_masks, decode, count_line_breaks, last_line};
    }
};

}  // namespace libblock::detail
