#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <vector>

#include "libblock/detail/scan_kernel.hpp"
#include "libblock/detail/scan_text.hpp"
#include "libblock/extraction.hpp"

/// Hashes with the same between them, one after the other.
namespace libblock::detail {

/// Where the 32 bytes of a sighting's digest are decoded to.
inline std::uint8_t* bytes_of(Sighting& sighting) noexcept {
    static_assert(sizeof(Sha256) == 32 && std::is_trivially_copyable_v<Sha256>);
    return reinterpret_cast<std::uint8_t*>(&sighting.sha256);
}

class Column {
public:
    static constexpr std::size_t part = 24;              ///< hashes that are read at once
    static constexpr std::size_t longest_separator = 6;  ///< nothing else has room in it

    /// Whether `first` and `second`, 64 digits each, may be of a column.
    static bool can_begin(Slice first, Slice second) noexcept {
        return !first.empty() && first.end < second.begin &&
               first.end + longest_separator >= second.begin;
    }

    Column(std::string_view text, Slice first, Slice second) noexcept;

    /// Bytes from the begin of a hash to that of the next one.
    std::size_t stride() const noexcept { return stride_; }

    /// Adds the hashes behind `last` that begin before `until`, `part` at most; how many it added.
    std::size_t read(const ScanKernel& kernel, Slice last, std::size_t until, std::uint64_t base,
                     std::vector<Sighting>& sightings) const;

private:
    std::size_t place(const char* digits, std::size_t count, std::uint64_t offset,
                      Sighting* sighting) const noexcept;

    std::string_view text_;
    std::size_t stride_;
    std::size_t separator_bytes_;
    std::array<char, 8> separator_{};
    std::array<char, 8> mask_{};  ///< all bits of its bytes
};

}  // namespace libblock::detail
