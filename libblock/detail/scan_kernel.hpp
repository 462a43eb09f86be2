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
    std::uint64_t marks = 0;   ///< `.*xX<&#wWsShH[](){}` and bytes from 0x80 on: two in a row may
                               ///< be of what cuts digits off or parts them, or of a label

    bool operator==(const BlockMasks&) const = default;
};

/// The masks of some blocks in a row, behind those of the block before them, and what they tell.
struct GroupMasks {
    static constexpr std::size_t blocks = 8;
    static constexpr std::size_t most_runs = 40;  ///< 31, and places that are written needlessly

    // The kernels must not call functions that they share, as those of std::array are.
    // NOLINTBEGIN(modernize-avoid-c-arrays)
    std::uint64_t digits[1 + blocks] = {};
    std::uint64_t known[1 + blocks] = {};
    std::uint64_t marks[1 + blocks] = {};

    // Without a block before them.
    std::uint64_t behind[blocks] = {};  ///< the second of two marks behind `sure_digits`
    std::uint64_t before[blocks] = {};  ///< the last of such digits behind two marks

    /// `ScanKernel::sure_run` digits or more in a row, as bits of `digits`, the end excluded. Of
    /// one that began before the group, the last `sure_run - 1` there at most.
    std::uint16_t run_begins[most_runs] = {};
    std::uint16_t run_ends[most_runs] = {};
    // NOLINTEND(modernize-avoid-c-arrays)
    std::size_t runs = 0;
    bool marked = false;  ///< whether there are bits of `behind` or `before`
    bool shapes = false;  ///< whether half of something in groups, of a stretch or of a row of
                          ///< marks may be there
};

/// Room for two groups: the next one is read before one is looked at.
struct GroupBuffers {
    GroupMasks of[2];  // NOLINT(modernize-avoid-c-arrays): as above
};

/// Where a group begins, and its masks in the buffers; the size of the text if there is none.
struct FoundGroup {
    std::size_t at;
    GroupMasks* masks;
};

struct ScanKernel {
    static constexpr std::size_t block = 64;
    static constexpr std::size_t group = block * GroupMasks::blocks;

    /// Lengths from which on `find_group` misses nothing.
    static constexpr std::size_t sure_run = 16;
    static constexpr std::size_t sure_stretch = 31;
    static constexpr std::size_t sure_digits = 4;  ///< on one side of a mark

    std::string_view name;

    /// Reads groups from `from` on, until one has something worth a closer look. Worth it is what a
    /// part of this may be: `sure_run` digits in a row; 32 digits in groups of 2, 4 or 8 or as in a
    /// UUID, with one byte between two; `sure_stretch` known bytes, or as many of `marks`; two of
    /// `marks` beside `sure_digits`. A part of the first three is in one group, of a mark all. What
    /// stands before `from` does not count.
    FoundGroup (*find_group)(std::string_view text, std::size_t from,
                             GroupBuffers& buffers) noexcept;

    /// Fills `masks` with the blocks that begin at `from`; no bit stands for what is beyond the
    /// end of the text.
    void (*read_masks)(std::string_view text, std::size_t from,
                       std::span<BlockMasks> masks) noexcept;

    /// Decodes SHA-256s of 64 hexadecimal digits that begin `stride` bytes apart, 32 bytes each, up
    /// to the first that has something else among them, `count` at most. Gives how many; 64 digits
    /// must be readable of each.
    std::size_t (*decode_column)(const char* digits, std::size_t stride, std::size_t count,
                                 std::uint8_t* bytes) noexcept;

    /// How many lines end in `text`: by LF, CR LF or CR.
    std::size_t (*count_line_breaks)(std::string_view text) noexcept;

    /// The offset behind the last LF or CR of `text`; npos if it has none.
    std::size_t (*last_line)(std::string_view text) noexcept;
};

/// The kernels that this machine can run, the best one first; the last one, "portable", runs
/// everywhere.
std::span<const ScanKernel* const> scan_kernels() noexcept;

}  // namespace libblock::detail
