#include <span>
#include <string>

#include "libblock/detail/target_definition.hpp"
#include "libblock/detail/target_json.hpp"

namespace libblock::detail::targets {
namespace {

void write(std::span<const Part> parts, Output& output) {
    for (const Part& part : parts) {
        OrderedJson hashes = OrderedJson::array();
        for (const HashEntry& entry : part.entries) hashes.push_back(entry.sha256.to_string());
        output.add(
            part.stem + ".json",
            json_document({{"request_data",
                            {{"hash_list", std::move(hashes)}, {"comment", source_text(part)}}}}));
    }
}

}  // namespace

TargetDefinition cortex() {
    return {
        {.name = "cortex",
         .engine = "Palo Alto Networks Cortex XDR",
         .output = "body of hash_exceptions/blocklist (JSON)",
         .category = TargetCategory::EndpointDetection,
         .capabilities = {.hash_kinds = {HashKind::File},
                          .platforms = {Platform::Windows, Platform::Macos, Platform::Linux},
                          .enforce = true},
         .documentation = "https://docs-cortex.paloaltonetworks.com/",
         .remarks = {"The names of the files are not carried.",
                     "How many hashes a call may hold is not documented: a package is one call."}},
        write};
}

}  // namespace libblock::detail::targets
