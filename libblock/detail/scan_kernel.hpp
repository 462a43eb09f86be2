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
    std::uint64_t known = 0;   ///< they, bytes from 0x80 on, and `IiLlOo`, which look like digits
    std::uint64_t cuts = 0;    ///< the second of two equal bytes out of `.*xX`; `w` after `<`; `s`
                               ///< or `#` after `&`; the last byte of U+2026 (ellipsis) or U+2022
                               ///< (bullet): 0xA6 or 0xA2 after 0x80

    bool operator==(const BlockMasks&) const = default;
};

/// The masks of some blocks in a row, and those of the block before them.
struct GroupMasks {
    static constexpr std::size_t blocks = 8;

    // The kernels must not call functions that they share, as those of std::array are.
    // NOLINTBEGIN(modernize-avoid-c-arrays)
    std::uint64_t digits[1 + blocks] = {};
    std::uint64_t known[1 + blocks] = {};
    std::uint64_t cuts[blocks] = {};
    // NOLINTEND(modernize-avoid-c-arrays)
    bool runs = false;    ///< whether there is something of `ScanKernel::sure_run`
    bool shapes = false;  ///< of what `ScanKernel::find_group` says
    bool marks = false;   ///< a bit of `cuts`
};

struct ScanKernel {
    static constexpr std::size_t block = 64;
    static constexpr std::size_t group = block * GroupMasks::blocks;

    /// Lengths from which on `find_group` misses nothing.
    static constexpr std::size_t sure_run = 23;
    static constexpr std::size_t sure_stretch = 31;

    std::string_view name;

    /// Reads groups from `from` on, until one has something worth a closer look, or some begins at
    /// the end of the group before it. Gives the offset of that group, or the size of the text.
    /// Worth it are: `sure_run` hexadecimal digits in a row; `sure_stretch` known bytes that are
    /// not all digits; 32 digits in groups of 2, 4, 8 or 16 with one byte between them; a cut. What
    /// stands before `from` does not count.
    std::size_t (*find_group)(std::string_view text, std::size_t from, GroupMasks& masks) noexcept;

    /// Fills `masks` with the blocks that begin at `from`; no bit stands for what is beyond the
    /// end of the text. For `cuts`, the byte before `from` counts.
    void (*read_masks)(std::string_view text, std::size_t from,
                       std::span<BlockMasks> masks) noexcept;

    /// How many lines end in `text`: by LF, CR LF or CR.
    std::size_t (*count_line_breaks)(std::string_view text) noexcept;

    /// The offset behind the last LF or CR of `text`; npos if it has none.
    std::size_t (*last_line)(std::string_view text) noexcept;
};

/// The kernels that this machine can run, the best one first; the last one, "portable", runs
/// everywhere.
std::span<const ScanKernel* const> scan_kernels() noexcept;

}  // namespace libblock::detail
