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

    /// Lanes that lie wholly in `bytes` in a row, wherever these begin.
    static constexpr unsigned lanes_in(std::size_t bytes) {
        return static_cast<unsigned>((bytes - (lane - 1)) / lane);
    }

    /// Finds runs of `Length` bits in a stream of words.
    template <unsigned Length>
    class RunEnds {
    public:
        /// The bits on which such a run ends.
        std::uint64_t add(std::uint64_t bits) noexcept {
            unsigned width = 1;  // each bit now stands for a run of this width
            unsigned stage = 0;
            for (; 2 * width <= Length; width *= 2) bits &= shifted(bits, width, stage++);
            if (width < Length) bits &= shifted(bits, Length - width, stage);
            return bits;
        }

    private:
        std::uint64_t shifted(std::uint64_t bits, unsigned by, unsigned stage) noexcept {
            const std::uint64_t before = before_[stage];
            before_[stage] = bits;
            return bits << by | before >> (64 - by);
        }

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
        char bytes_[1 + Length] = {};
    };

    /// Whether `Length` bytes at `at` and the one before them can be read in place.
    static bool is_inner(std::string_view text, std::size_t at, std::size_t length) noexcept {
        return at > 0 && text.size() - at >= length;
    }

    static BlockMasks masks_at(std::string_view text, std::size_t at) noexcept {
        if (is_inner(text, at, block)) return Isa::masks(text.data() + at);
        return Isa::masks(Padded<block>(text, at).data());
    }

    /// Where the first thing worth a look begins, of all that begin at or after `begin` and end
    /// before `end` or little later; the size of the text if there is none.
    static std::size_t first_spot(std::string_view text, std::size_t begin,
                                  std::size_t end) noexcept {
        RunEnds<ScanKernel::sure_run> run_ends;
        RunEnds<ScanKernel::sure_stretch - 1> stretch_ends;  // a run of pairs of neighbours
        std::uint64_t others_before = 1;
        std::uint64_t pairs = ~std::uint64_t{1};  // bytes whose left neighbour counts
        std::size_t spot = text.size();
        for (std::size_t at = begin; at < text.size(); at += block) {
            const bool last = spot < text.size();  // what begins before it ends in this block
            const BlockMasks masks = masks_at(text, at);
            if (const std::size_t rest = text.size() - at; rest < block) {
                pairs &= (std::uint64_t{1} << rest) - 1;
            }
            const std::uint64_t others = ~(masks.digits | masks.wide);
            const std::uint64_t parted = others & (others << 1 | others_before);
            const std::uint64_t cuts = masks.cuts & pairs;
            const auto note = [&](std::uint64_t ends, std::size_t length) {
                if (ends == 0) return;
                const std::size_t past = at + static_cast<std::size_t>(std::countr_zero(ends)) + 1;
                spot = std::min(spot, std::max(past, begin + length) - length);
            };
            note(run_ends.add(masks.digits), ScanKernel::sure_run);
            note(stretch_ends.add(~parted & pairs), ScanKernel::sure_stretch);
            note(cuts & ~masks.wide, 2);
            note(cuts & masks.wide, 3);
            if (last || (spot == text.size() && at >= end)) break;
            others_before = others >> 63;
            pairs = ~std::uint64_t{0};
        }
        return spot;
    }

    static std::size_t find_spot(std::string_view text, std::size_t from) noexcept {
        RunEnds<lanes_in(ScanKernel::sure_run)> hex_runs;
        RunEnds<lanes_in(ScanKernel::sure_stretch)> near_runs;
        for (std::size_t at = from; at < text.size(); at += group) {
            const ScanLanes lanes = is_inner(text, at, group)
                                        ? Isa::lanes(text.data() + at)
                                        : Isa::lanes(Padded<group>(text, at).data());
            const std::uint64_t hits = hex_runs.add(lanes.hex) | near_runs.add(lanes.near);
            if (hits == 0 && !lanes.cut) continue;
            const std::size_t begin = at - from < block ? from : at - block;
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
            const char last = text.data()[end - 1];
            if (last == '\n' || last == '\r') return end;
        }
        return std::string_view::npos;
    }

    static constexpr ScanKernel kernel(std::string_view name) {
        return {name, find_spot, read_masks, decode, count_line_breaks, last_line};
    }
};

}  // namespace libblock::detail
