#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "libblock/detail/target_definition.hpp"
#include "libblock/detail/target_json.hpp"

namespace libblock::detail::targets {
namespace {

constexpr std::size_t most_in_account = 5000;  // of all packages together

void write(std::span<const Part> parts, Output& output) {
    const std::vector<HashEntries> within = within_limit(parts, output);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const Part& part = parts[i];
        std::string lines;
        for (const HashEntry& entry : within[i]) {
            lines += json_line({{"type", "sha256"},
                                {"properties", {{"sha256", entry.sha256.to_string()}}},
                                {"comment", title_of(part, entry)}});
        }
        if (!lines.empty()) output.add(part.stem + ".ndjson", std::move(lines));
    }
}

}  // namespace

TargetDefinition sophos() {
    return {{.name = "sophos",
             .engine = "Sophos Central",
             .output = "blocked items, the body of a call a line (NDJSON)",
             .category = TargetCategory::EndpointDetection,
             .capabilities = {.hash_kinds = {HashKind::File},
                              .platforms = {Platform::Windows},
                              .executables_only = {Platform::Windows},
                              .enforce = true,
                              .limits = {.entries = most_in_account, .entries_per_item = 1}},
             .documentation = "https://developer.sophos.com/docs/endpoint-v1/1/routes/settings/"
                              "blocked-items/post",
             .remarks = {"Only applications are blocked, and none that Sophos itself trusts."}},
            write};
}

}  // namespace libblock::detail::targets
