#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

/// The inner loops of extraction, once for each instruction set. All of them give the same
/// results.
namespace libblock::detail {

/// One bit for each byte of a block of 64, the lowest for the first byte.
struct BlockMasks {
    std::uint64_t digits = 0;  ///< hexadecimal digits
    std::uint64_t wide = 0;    ///< bytes from 0x80 on
    std::uint64_t cuts = 0;    ///< the second of two equal bytes out of `.*xX`, the last byte of
                               ///< U+2026 (ellipsis) or U+2022 (bullet): 0xA6 or 0xA2 after 0x80

    bool operator==(const BlockMasks&) const = default;
};

struct ScanKernel {
    static constexpr std::size_t block = 64;

    /// Lengths from which on `find_spot` misses nothing.
    static constexpr std::size_t sure_run = 23;
    static constexpr std::size_t sure_stretch = 31;

    std::string_view name;

    /// The offset at or after `from` where the first thing worth a closer look begins, or the
    /// size of the text. Worth it are: `sure_run` hexadecimal digits in a row; a stretch of
    /// `sure_stretch` bytes without two neighbours that are both neither digit nor wide; the first
    /// of the two bytes (or of the three) that set a bit of `cuts`. What stands before `from` does
    /// not count.
    std::size_t (*find_spot)(std::string_view text, std::size_t from) noexcept;

    /// Fills `masks` with the blocks that begin at `from`; no bit stands for what is beyond the
    /// end of the text. For `cuts`, the byte before `from` counts.
    void (*read_masks)(std::string_view text, std::size_t from,
                       std::span<BlockMasks> masks) noexcept;

    /// Decodes 64 hexadecimal digits in either case into 32 bytes.
    void (*decode)(const char* digits, std::uint8_t* bytes) noexcept;

    /// How many lines end in `text`: by LF, CR LF or CR.
    std::size_t (*count_line_breaks)(std::string_view text) noexcept;

    /// The offset behind the last LF or CR of `text`; npos if it has none.
    std::size_t (*last_line)(std::string_view text) noexcept;
};

/// The kernels that this machine can run, the best one first; the last one, "portable", runs
/// everywhere.
std::span<const ScanKernel* const> scan_kernels() noexcept;

}  // namespace libblock::detail
