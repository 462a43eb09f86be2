#include "libblock/detail/large_pages.hpp"

#include <cstddef>

#ifdef __linux__
#include <sys/mman.h>

#include <cstdint>
#endif

namespace libblock::detail {

#ifdef __linux__

void prefer_large_pages(const void* data, std::size_t bytes) noexcept {
    constexpr std::uintptr_t large_page = std::uintptr_t{2} * 1024 * 1024;
    const auto begin = reinterpret_cast<std::uintptr_t>(data);
    const std::uintptr_t first = (begin + large_page - 1) & ~(large_page - 1);
    const std::uintptr_t last = (begin + bytes) & ~(large_page - 1);
    if (first >= last) return;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): it lies in the buffer
    ::madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
}

#else

void prefer_large_pages(const void*, std::size_t) noexcept {}

#endif

}  // namespace libblock::detail
