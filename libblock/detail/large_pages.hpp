#pragma once

#include <cstddef>

namespace libblock::detail {

/// Asks for large pages behind a large buffer that is about to be filled, where that can be asked:
/// the faults of small ones take as long as the filling.
void prefer_large_pages(const void* data, std::size_t bytes) noexcept;

}  // namespace libblock::detail
