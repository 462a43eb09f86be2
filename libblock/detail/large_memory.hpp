#pragma once

#include <cstddef>
#include <memory>
#include <span>

#if defined(_MSC_VER) && (defined(_M_X64) || defined(_M_IX86))
#include <xmmintrin.h>
#endif

#include "libblock/sha256.hpp"

/// Memory for millions of digests.
namespace libblock::detail {

/// Starts a load that will be needed soon.
inline void prefetch(const void* memory) noexcept {
#if defined(__GNUC__)
    __builtin_prefetch(memory);
#elif defined(_MSC_VER) && (defined(_M_X64) || defined(_M_IX86))
    _mm_prefetch(static_cast<const char*>(memory), _MM_HINT_T0);
#else
    static_cast<void>(memory);
#endif
}

/// Memory for digests that is not cleared: it costs nothing until it is written.
class DigestMemory {
public:
    /// Throws `std::bad_alloc`.
    explicit DigestMemory(std::size_t count);

    std::span<Sha256> digests() const noexcept { return {memory_.get(), count_}; }

private:
    struct Free {
        void operator()(Sha256* memory) const noexcept;
    };
    std::unique_ptr<Sha256, Free> memory_;
    std::size_t count_;
};

}  // namespace libblock::detail
