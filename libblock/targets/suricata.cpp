#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "libblock/detail/target_definition.hpp"
#include "libblock/detail/target_text.hpp"
#include "libblock/error.hpp"

namespace libblock::detail::targets {
namespace {

// Above those of published rule sets, and within 31 bits, which every reader of alerts takes; the
// 900,000 that are left to local rules would collide among some hundred packages.
constexpr std::uint32_t first_sid = 1'000'000'000;
constexpr std::uint32_t last_sid = 2'147'483'647;
constexpr std::uint32_t sid_count = last_sid - first_sid + 1;
/// Suricata loads no rule with a larger one.
constexpr std::uint32_t last_revision = 4'294'967'294;

/// A relative path would be resolved against a folder of the configuration.
std::string folder_of(const Output& output) {
    const std::string& folder = output.setting("list-folder");
    const bool plain = std::all_of(folder.begin(), folder.end(), [](char c) {
        return c > ' ' && c <= '~' &&
               std::string_view("\";:\\!,()").find(c) == std::string_view::npos;
    });
    if (!folder.starts_with('/') || !plain) {
        throw Error(ErrorCode::InvalidValue,
                    "the setting list-folder of suricata is not an absolute path of plain letters, "
                    "digits and signs");
    }
    return folder.ends_with('/') ? folder : folder + '/';
}

/// A group has one file of rules, so that a package that leaves it leaves the file; those of
/// packages that are exported apart lie beside each other.
std::string rules_name(std::span<const Part> parts, const Output& output) {
    return output.scope() == Scope::Group ? "libblock.rules" : parts.front().stem + ".rules";
}

void write(std::span<const Part> parts, Output& output) {
    const std::string folder = folder_of(output);
    std::set<std::uint32_t> taken;
    std::string rules;
    for (const Part& part : parts) {
        const std::string list_name = part.stem + ".list";
        std::string list = comment_header(part, output.target());
        for (const HashEntry& entry : part.entries) {
            list += entry.sha256.to_string();
            if (!entry.file_name.empty()) list += "  " + harmless(entry.file_name);
            list += '\n';
        }
        output.add(list_name, std::move(list));
        rules += comment_header(part, output.target());
        rules += fmt::format(
            "alert {} any any -> any any (msg:\"libblock {}\"; filesha256:{}{}; sid:{}; rev:{};)\n",
            output.setting("protocol"), harmless_ascii(part.package.name(), "\";:\\|"), folder,
            list_name, first_sid + name_number(part.package.name(), sid_count, taken),
            std::min(part.package.version(), last_revision));
    }
    output.add(rules_name(parts, output), std::move(rules));
}

}  // namespace

TargetDefinition suricata() {
    return {{.name = "suricata",
             .engine = "Suricata",
             .output = "a rule for each package (.rules) and its hash list (.list)",
             .category = TargetCategory::Scanner,
             .capabilities = {.hash_kinds = {HashKind::File},
                              .platforms = {Platform::Windows, Platform::Macos, Platform::Linux},
                              .audit = AuditScope::Rule},
             .settings = {{.name = "list-folder",
                           .description = "Where the lists will lie on the sensor: an absolute "
                                          "path.",
                           .default_value = "/etc/suricata/rules"},
                          {.name = "protocol",
                           .description = "In which traffic files are looked at.",
                           .default_value = "http",
                           .choices = {"http", "http2", "smtp", "ftp-data", "nfs", "smb"}}},
             .proof = Proof::Engine,
             .versions = "7.0.10",
             .documentation =
                 "https://docs.suricata.io/en/suricata-7.0.10/rules/file-keywords.html#filesha256",
             .remarks = {"As it comes, Suricata hashes only the first 100 KiB of a file: set "
                         "response-body-limit and request-body-limit of libhtp and "
                         "stream.reassembly.depth to 0.",
                         "The number of a rule (sid) is derived from the name of the package and "
                         "lies between 1000000000 and 2147483647, its revision is the version.",
                         "A package has a file of rules of its own, a group has libblock.rules for "
                         "all that is in force there: load the one or the other, for a number may "
                         "stand only once."}},
            write};
}

}  // namespace libblock::detail::targets
