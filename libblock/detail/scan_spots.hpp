#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "libblock/detail/scan_kernel.hpp"
#include "libblock/detail/scan_text.hpp"

/// Where in a text something may stand that looks like a digest.
namespace libblock::detail {

enum class SpotKind : std::uint8_t {
    Stretch,  ///< known bytes with no more than two separators between two, long runs apart
    Mark,     ///< two bytes that may begin or end what cuts digits off or parts them, behind four
              ///< digits or before some; or a row of `x`
};

struct Spot {
    Slice where;
    SpotKind kind = SpotKind::Stretch;
};

/// Finds runs of digits and spots, some groups of bytes at a time, with the inner loops for one
/// instruction set.
class SpotReader {
public:
    static constexpr std::size_t longest_mark = 8;  ///< with the digits that make it one

    explicit SpotReader(const ScanKernel& kernel) noexcept : kernel_(kernel) {}

    /// Begins with another text.
    void open(std::string_view text) noexcept {
        text_ = text;
        scan_.ahead = false;
    }

    /// Reads on from `from`, up to about `until` at most. Gives the place where to go on in the
    /// same text; what stands before it may be told of again.
    std::size_t read(std::size_t from, std::size_t until);

    /// Where another reader can go on for this one, which goes on at `at`.
    std::size_t safe_place(std::size_t at) const noexcept {
        return scan_.ahead && at == scan_.next ? at - open_bytes() : at;
    }

    /// Where what was read last begins.
    std::size_t begin() const noexcept { return scan_.origin; }

    /// Before which no digits of it, 32 or more, have NULs between them.
    std::size_t first_nuls() const noexcept {
        return scan_.nuls - std::min(scan_.nuls, ScanKernel::block);
    }

    /// How many runs there are: hexadecimal digits, `ScanKernel::sure_run` or more, none beside
    /// them.
    std::size_t runs() const noexcept { return (scan_.edges + 1) / 2; }

    /// Each of them, as they stand. Of one that was read before there are only the last digits.
    Slice run(std::size_t i) const noexcept {
        const std::size_t begin = scan_.origin + scan_.run_edges[2 * i] + 1 - ScanKernel::sure_run;
        const bool ends = 2 * i + 1 < scan_.edges;
        return {begin, ends ? scan_.origin + scan_.run_edges[2 * i + 1] : end_of_last_run()};
    }

    /// Where the last of runs and spots begins; they may stand behind the place where to go on.
    std::size_t last_begin() const noexcept {
        const std::size_t spot = spots_.empty() ? 0 : spots_.back().where.begin;
        return runs() == 0 ? spot : std::max(spot, run(runs() - 1).begin);
    }

    /// What there is beside runs, as they begin.
    const std::vector<Spot>& spots() const noexcept { return spots_; }

private:
    /// A bit for each byte of the last group and of the blocks before it and behind.
    using Bits = std::array<std::uint64_t, GroupMasks::blocks + 2>;

    std::size_t open_bytes() const noexcept;
    BlockMasks block_behind() const noexcept;
    void clear_runs(Bits& known) const noexcept;
    void read_stretches();
    void read_rows();
    void read_marks();
    std::size_t end_of_last_run() const noexcept;

    const ScanKernel& kernel_;
    std::string_view text_;
    GroupScan scan_;
    std::size_t base_ = 0;  ///< where the first bit of the masks stands, a block before the group
    std::vector<Spot> spots_;
};

}  // namespace libblock::detail
