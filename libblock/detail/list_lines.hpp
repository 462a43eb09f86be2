#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "libblock/hash_list.hpp"

namespace libblock::detail {

/// Told of each entry of a hash list, and of the number of its line.
using ListVisitor = std::function<void(HashListLine&& entry, std::uint32_t line)>;

/// What `parse_hash_list` does, entry by entry.
void for_each_list_line(std::string_view text, const ListVisitor& visit);

}  // namespace libblock::detail
