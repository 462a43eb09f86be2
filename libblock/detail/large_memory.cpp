#include "libblock/detail/large_memory.hpp"

#include <cstddef>
#include <cstdint>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

#include "libblock/sha256.hpp"

namespace libblock::detail {
namespace {

constexpr std::align_val_t alignment{64};

/// Sha256 is trivially copyable, so that memory alone makes its objects (implicit lifetime).
Sha256* allocate(std::size_t count) {
    if (count > SIZE_MAX / sizeof(Sha256)) throw std::bad_array_new_length();
    const std::size_t bytes = count * sizeof(Sha256);
    void* memory = ::operator new(bytes, alignment);
    prefer_large_pages(memory, bytes);
    return static_cast<Sha256*>(memory);
}

}  // namespace

#ifdef __linux__

void prefer_large_pages(void* memory, std::size_t bytes) noexcept {
    constexpr std::uintptr_t large_page = std::uintptr_t{2} << 20;
    const auto begin = reinterpret_cast<std::uintptr_t>(memory);
    const std::uintptr_t first = (begin + large_page - 1) & ~(large_page - 1);
    const std::uintptr_t last = (begin + bytes) & ~(large_page - 1);
    if (first >= last) return;
    // A kernel without large pages refuses, which changes nothing but the speed.
    ::madvise(static_cast<char*>(memory) + (first - begin), last - first, MADV_HUGEPAGE);
}

#else

void prefer_large_pages(void*, std::size_t) noexcept {}

#endif

DigestMemory::DigestMemory(std::size_t count) : memory_(allocate(count)), count_(count) {}

void DigestMemory::Free::operator()(Sha256* memory) const noexcept {
    ::operator delete(memory, alignment);
}

}  // namespace libblock::detail
