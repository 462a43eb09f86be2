#include <span>
#include <string>

#include "libblock/detail/target_definition.hpp"
#include "libblock/detail/target_json.hpp"
#include "libblock/detail/target_text.hpp"

namespace libblock::detail::targets {
namespace {

void write(std::span<const Part> parts, Output& output) {
    for (const Part& part : parts) {
        std::string lines;
        for (const HashEntry& entry : part.entries) {
            const std::string name = harmless(entry.file_name);  // a label that has to be there
            lines += json_line({{"description", title_of(part, entry)},
                                {"override_list", "BLACK_LIST"},
                                {"override_type", "SHA256"},
                                {"sha256_hash", entry.sha256.to_string()},
                                {"filename", name.empty() ? "unknown" : name}});
        }
        output.add(part.stem + ".ndjson", std::move(lines));
    }
}

}  // namespace

TargetDefinition carbonblack() {
    return {{.name = "carbonblack",
             .engine = "Carbon Black Cloud",
             .output = "reputation overrides, the body of a call a line (NDJSON)",
             .category = TargetCategory::EndpointDetection,
             .capabilities = {.hash_kinds = {HashKind::File},
                              .platforms = {Platform::Windows, Platform::Macos, Platform::Linux},
                              .enforce = true,
                              .limits = {.entries_per_item = 1}},
             .documentation = "https://developer.carbonblack.com/reference/carbon-black-cloud/"
                              "platform/latest/reputation-override-api/",
             .remarks = {"Overrides hold for the whole organization."}},
            write};
}

}  // namespace libblock::detail::targets
