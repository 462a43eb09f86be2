#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "libblock/detail/scan_kernel.hpp"
#include "libblock/detail/scan_text.hpp"

/// Where in a text something may stand that looks like a digest.
namespace libblock::detail {

enum class SpotKind : std::uint8_t {
    Run,      ///< hexadecimal digits, `ScanKernel::sure_run` or more, none beside them
    Stretch,  ///< known bytes, with no more than one other between two, long runs apart
    Mark,     ///< two bytes that may begin or end what cuts digits off or parts them, behind four
              ///< digits or before some; or a row of one such byte
};

struct Spot {
    Slice where;
    SpotKind kind = SpotKind::Run;
};

/// Finds spots group by group, with the inner loops for one instruction set.
class SpotReader {
public:
    static constexpr std::size_t longest_mark = 8;  ///< with the digits that make it one

    explicit SpotReader(const ScanKernel& kernel) noexcept : kernel_(kernel) {}

    /// Skips what has no spots, from `from` on, and reads those of a group. Gives the place where
    /// to go on; spots beyond it may be told of again, whole.
    std::size_t read(std::string_view text, std::size_t from);

    /// The spots of the group, as they begin.
    const std::vector<Spot>& spots() const noexcept { return spots_; }

private:
    void read_runs(std::string_view text);
    void take_run(std::string_view text, Slice run);
    void read_stretches(std::string_view text);
    void read_rows_of_marks(std::string_view text);
    void read_marks(std::string_view text);
    std::size_t end_of_run(std::string_view text, std::size_t end) const noexcept;
    std::size_t open_bytes() const noexcept;

    const ScanKernel& kernel_;
    GroupBuffers buffers_;
    GroupMasks* masks_ = nullptr;  ///< of the group that is read, in the buffers
    std::size_t base_ = 0;  ///< where the first bit of the masks stands, a block before the group
    std::vector<Spot> spots_;
};

}  // namespace libblock::detail
