#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

/// The inner loops of extraction, once for each instruction set. All of them give the same
/// results.
namespace libblock::detail {

/// One bit for each byte of a block of 64, the lowest for the first byte. A byte from 0x7F on is
/// known and a mark.
struct BlockMasks {
    std::uint64_t digits = 0;      ///< hexadecimal digits
    std::uint64_t known = 0;       ///< they, and `IiLlOo`, which look like digits
    std::uint64_t marks = 0;       ///< `.*xX<&#wWsShH[](){}`: two in a row may be of what cuts
                                   ///< digits off or parts them, or of a label
    std::uint64_t separators = 0;  ///< `:`, `-` and the blank, which part groups of digits; and the
                                   ///< marks `.xX`, which are none but count in rows

    bool operator==(const BlockMasks&) const = default;
};

/// The masks of a group, which is of some blocks in a row.
struct GroupMasks {
    static constexpr std::size_t blocks = 8;

    // NOLINTBEGIN(modernize-avoid-c-arrays): as below
    alignas(64) std::uint64_t digits[blocks];
    alignas(64) std::uint64_t known[blocks];
    alignas(64) std::uint64_t marks[blocks];
    alignas(64) std::uint64_t separators[blocks];
    // NOLINTEND(modernize-avoid-c-arrays)
    bool nuls;  ///< whether one of the first four bytes of a block is NUL, or beyond the text

    bool operator==(const GroupMasks&) const = default;
};

/// What was found in some groups in a row, and what is needed to go on behind them.
struct GroupScan {
    static constexpr std::size_t many_runs = 128;  ///< after which no further group is read
    static constexpr std::size_t most_edges = 2 * many_runs + 80;  ///< some are written needlessly

    std::size_t origin = 0;  ///< where the first group begins
    std::size_t at = 0;      ///< where the last one does
    std::size_t next = 0;    ///< where what was not read begins
    std::size_t nuls = 0;    ///< where the first group that has `GroupMasks::nuls` begins; if none
                             ///< has up to the last one, where that ends
    std::size_t edges = 0;   ///< of runs; odd if the last one reaches the end of the last group
    bool marked = false;     ///< whether there are bits of `mark_ends` or `mark_begins`
    bool shapes = false;     ///< whether something in groups, a stretch or a row of `.xX` may be in
                             ///< the last group

    // The kernels must not call functions that they share, as those of std::array are.
    // NOLINTBEGIN(modernize-avoid-c-arrays)

    /// Where the last ones of `ScanKernel::sure_run` digits or more in a row begin, and where they
    /// end, by turns, from `origin` on; then the end of the last group. Of those that began before
    /// the first group, the last `sure_run - 1` are told of at most.
    std::uint32_t run_edges[most_edges];

    // Of the last group.
    std::uint64_t mark_ends[GroupMasks::blocks];    ///< second of two marks behind `sure_digits`
    std::uint64_t mark_begins[GroupMasks::blocks];  ///< last of such digits behind two marks
    BlockMasks before;  ///< of the block before it, as far as that counts

    GroupMasks masks;

    bool ahead = false;     ///< whether the next group was read, which begins at once behind it
    GroupMasks next_masks;  ///< of it

    /// What the kernel needs of it for the next one.
    alignas(64) std::uint64_t carry[10 * GroupMasks::blocks];
    // NOLINTEND(modernize-avoid-c-arrays)
};

struct ScanKernel {
    static constexpr std::size_t block = 64;
    static constexpr std::size_t group = block * GroupMasks::blocks;

    static constexpr std::size_t breaks_read = 1024;  ///< bytes in which breaks are listed at once
    static constexpr std::size_t breaks_room = breaks_read + 8;

    /// Lengths from which on `scan_groups` misses nothing.
    static constexpr std::size_t sure_run = 16;
    static constexpr std::size_t sure_stretch = 31;
    static constexpr std::size_t sure_digits = 4;  ///< on one side of a mark

    std::string_view name;

    /// Reads groups from `from` on and lists runs, until one begins at `until` or behind, there are
    /// many runs, or one has something else that is worth a look. Goes on with what `scan` has of
    /// the next one if `from` is in there; what stands before `from` is told of then, too. For
    /// another text that must be a new one. `until` is 4 GB behind `from` at most.
    ///
    /// Worth a look is what this may be: `sure_run` digits in a row; 32 digits in groups of 2, 4 or
    /// 8 or as in a UUID, with a separator between two, or two in their middle; `sure_stretch`
    /// known bytes, or as many of `.xX`; and two of `marks` beside `sure_digits` that may begin
    /// or end what cuts them off or parts them, or a label. A scan ends with the group in which
    /// enough of it was seen.
    void (*scan_groups)(std::string_view text, std::size_t from, std::size_t until,
                        GroupScan& scan) noexcept;

    /// Fills `masks` with the blocks that begin at `from`; no bit stands for what is beyond the
    /// end of the text.
    void (*read_masks)(std::string_view text, std::size_t from,
                       std::span<BlockMasks> masks) noexcept;

    /// Decodes SHA-256s of 64 hexadecimal digits that begin `stride` bytes apart, to 32 bytes each,
    /// `step` bytes apart, up to the first that has something else among them, `count` at most.
    /// Gives how many; 64 digits must be readable of each.
    std::size_t (*decode_column)(const char* digits, std::size_t stride, std::size_t count,
                                 std::uint8_t* bytes, std::size_t step) noexcept;

    /// Writes the offset of each LF and CR before `until` to `places`, and of those in the rest of
    /// its block, and gives how many there are. `until` is `breaks_read` at most; of `places` there
    /// are `breaks_room`.
    std::size_t (*list_breaks)(std::string_view text, std::size_t until,
                               std::uint32_t* places) noexcept;

    /// How many lines end in `text`: by LF, CR LF or CR.
    std::size_t (*count_line_breaks)(std::string_view text) noexcept;

    /// The offset behind the last LF or CR of `text`; npos if it has none.
    std::size_t (*last_line)(std::string_view text) noexcept;
};

/// The kernels that this machine can run, the best one first; the last one, "portable", runs
/// everywhere.
std::span<const ScanKernel* const> scan_kernels() noexcept;

}  // namespace libblock::detail
