#include "libblock/detail/target_definition.hpp"

namespace libblock::detail::targets {

TargetDefinition hashdeep() {
    return {{.name = "hashdeep",
             .engine = "hashdeep",
             .category = TargetCategory::List,
             .documentation = "https://md5deep.sourceforge.net/hashdeep.html",
             .refusal = "hashdeep compares the sizes of files too, which packages do not hold; "
                        "sha256deep of the same make reads what is exported to sha256sum"},
            nullptr};
}

}  // namespace libblock::detail::targets
