#include "libblock/detail/target_definition.hpp"

namespace libblock::detail::targets {

TargetDefinition sentinelone() {
    return {
        {.name = "sentinelone",
         .engine = "SentinelOne",
         .output = "restrictions",
         .category = TargetCategory::EndpointDetection,
         .documentation = "https://www.sentinelone.com/",
         .refusal = "its documented blocklist compares SHA-1, and no SHA-1 follows from a SHA-256"},
        nullptr};
}

}  // namespace libblock::detail::targets
