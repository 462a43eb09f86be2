#pragma once

#include <string>
#include <string_view>

#include "libblock/detail/target_definition.hpp"

namespace libblock::detail {

/// What libblock itself is called in documents whose makers have UUIDs.
inline constexpr std::string_view maker_uuid = "19aaf1e9-bdaa-5079-8e21-fa060dd23f87";

/// The name-based UUID (RFC 9562, version 5) of `name` within a namespace, which is itself a UUID
/// in its text form. In lower case, with hyphens, without braces.
std::string name_uuid(std::string_view space, std::string_view name);

/// A UUID of something in a package: the same for the same content, whatever the target is told
/// beside, and another for another package digest.
std::string name_uuid(const Part& part, std::string_view name);

}  // namespace libblock::detail
