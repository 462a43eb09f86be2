#include "libblock/detail/target_definition.hpp"

namespace libblock::detail::targets {

TargetDefinition trellix() {
    return {{.name = "trellix",
             .engine = "Trellix Network Security (NSM)",
             .output = "blocklist",
             .category = TargetCategory::EndpointDetection,
             .documentation = "https://docs.trellix.com/",
             .refusal =
                 "the blocklist of Network Security (NSM) compares MD5 alone, and no MD5 follows "
                 "from a SHA-256"},
            nullptr};
}

}  // namespace libblock::detail::targets
