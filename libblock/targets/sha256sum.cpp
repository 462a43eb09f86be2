#include <fmt/format.h>

#include <span>
#include <string>

#include "libblock/detail/target_definition.hpp"
#include "libblock/detail/target_text.hpp"

namespace libblock::detail::targets {
namespace {

/// Without a name it is the digest: a line is not whole without one, and `-` would stand for
/// standard input, which `sha256sum -c` then waits for.
std::string name_of(const HashEntry& entry) {
    std::string name = harmless(entry.file_name);
    if (name.empty()) return entry.sha256.to_string();
    return name == "-" ? "./-" : name;
}

// No header: `sha256deep -m` does not take a list with a line that is no hash. Nor does a line
// begin with a backslash, by which `sha256sum` escapes names: those that need it are altered.
void write(std::span<const Part> parts, Output& output) {
    for (const Part& part : parts) {
        std::string text;
        for (const HashEntry& entry : part.entries) {
            text += fmt::format("{}  {}\n", entry.sha256.to_string(), name_of(entry));
        }
        output.add(part.stem + ".sha256", std::move(text));
    }
}

}  // namespace

TargetDefinition sha256sum() {
    return {{.name = "sha256sum",
             .engine = "sha256sum",
             .output = "hash list (.sha256)",
             .category = TargetCategory::List,
             .capabilities = {.hash_kinds = {HashKind::File},
                              .platforms = {Platform::Windows, Platform::Macos, Platform::Linux},
                              .audit = AuditScope::Document},
             .proof = Proof::Engine,
             .versions = "coreutils 9.1, sha256deep 4.4",
             .documentation =
                 "https://www.gnu.org/software/coreutils/manual/html_node/sha2-utilities.html",
             .remarks = {"sha256deep -m finds the files of the list, wherever they are and "
                         "whatever they are called.",
                         "A hash whose file has no name in the package has itself as a name."}},
            write};
}

}  // namespace libblock::detail::targets
