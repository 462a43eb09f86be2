#include "libblock/detail/large_memory.hpp"

#include <cstddef>
#include <cstdint>
#include <new>

#include "libblock/detail/large_pages.hpp"
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

DigestMemory::DigestMemory(std::size_t count) : memory_(allocate(count)), count_(count) {}

void DigestMemory::Free::operator()(Sha256* memory) const noexcept {
    ::operator delete(memory, alignment);
}

}  // namespace libblock::detail
