#pragma once

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
    Run,      ///< hexadecimal digits, `ScanKernel::sure_run` or more, none beside them
    Stretch,  ///< bytes without two neighbours that are neither digit nor wide, long runs apart
    Mark,     ///< the second byte of a mark that cuts digits off, or the last one
};

struct Spot {
    Slice where;
    SpotKind kind = SpotKind::Run;
};

/// Finds spots segment by segment, with an inner loop for one instruction set.
class SpotReader {
public:
    explicit SpotReader(const ScanKernel& kernel) noexcept : kernel_(kernel) {}

    /// Skips what has no spots, and reads those of the segment behind. The segment begins at
    /// `from` or later and grows as long as segments have spots. Gives the place where the next
    /// one begins; spots beyond it may be told of again, whole.
    std::size_t read(std::string_view text, std::size_t from);

    /// The spots of the segment, as they begin.
    const std::vector<Spot>& spots() const noexcept { return spots_; }

private:
    static constexpr std::size_t least_blocks = 4;
    static constexpr std::size_t most_blocks = 64;

    void read_runs(std::string_view text, std::size_t from);
    std::size_t end_of_digits(std::string_view text, std::size_t at) const noexcept;
    void read_stretches(std::size_t from);
    void read_marks(std::size_t from);

    const ScanKernel& kernel_;
    std::size_t blocks_ = least_blocks;
    std::size_t used_ = 0;  ///< blocks of the segment
    std::size_t next_ = 0;  ///< where the next one begins
    std::array<BlockMasks, most_blocks> masks_{};
    std::array<std::uint64_t, most_blocks> digits_{};  ///< of `masks_`; later without long runs
    std::array<std::uint64_t, most_blocks> near_{};    ///< digits and wide bytes, and one behind
    std::vector<Spot> spots_;
};

}  // namespace libblock::detail
