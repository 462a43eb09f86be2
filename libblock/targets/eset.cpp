#include "libblock/detail/target_definition.hpp"

namespace libblock::detail::targets {

TargetDefinition eset() {
    return {{.name = "eset",
             .engine = "ESET Inspect",
             .output = "blocked hashes",
             .category = TargetCategory::EndpointDetection,
             .documentation = "https://help.eset.com/",
             .refusal = "it compares SHA-1 alone, and no SHA-1 follows from a SHA-256"},
            nullptr};
}

}  // namespace libblock::detail::targets
