#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "libblock/detail/large_memory.hpp"
#include "libblock/detail/temporary_file.hpp"
#include "libblock/sha256.hpp"

namespace libblock::detail {

/// Told of digests in order and without repeats, piece by piece; may throw to stop the work.
using SortedSink = std::function<void(std::span<const Sha256>)>;

/// Sorts more digests than there is memory for: sorted runs go to a temporary file, and are merged
/// at the end.
class ExternalSort {
public:
    static constexpr std::size_t min_memory = std::size_t{1} << 20;

    /// Uses about `memory` bytes, at least `min_memory`. A temporary file, if one is needed, lies
    /// beside `target`.
    ExternalSort(std::filesystem::path target, std::size_t memory);

    void add(std::span<const Sha256> digests);
    /// Gives all to `take`; nothing can be added any more.
    void finish(const SortedSink& take);
    /// The most digests that `finish` can give.
    std::uint64_t upper_bound() const noexcept;

private:
    struct Run {
        std::uint64_t offset;  ///< in the temporary file
        std::uint64_t count;
        int level;  ///< how often its digests were merged
    };
    class RunReader;

    std::size_t sort_buffer();
    void spill();
    void merge_last(std::size_t count);
    void merge(std::span<const Run> runs, const SortedSink& take);

    std::filesystem::path target_;
    std::size_t memory_;
    std::size_t capacity_;  ///< of the buffer, in digests
    std::optional<DigestMemory> buffer_;
    std::optional<DigestMemory> scratch_;
    std::size_t buffered_ = 0;
    std::unique_ptr<TemporaryFile> file_;
    std::vector<Run> runs_;
};

}  // namespace libblock::detail
