#include <fmt/format.h>

#include <span>
#include <string>

#include "libblock/detail/target_definition.hpp"
#include "libblock/detail/target_text.hpp"

namespace libblock::detail::targets {
namespace {

// A colon ends a name silently: the signature would load, and never match.
std::string name_of(const Part& part, const HashEntry& entry) {
    std::string name = "Libblock." + word(part.stem);
    if (!entry.file_name.empty()) name += '.' + word(entry.file_name);
    return name;
}

void write(std::span<const Part> parts, Output& output) {
    for (const Part& part : parts) {
        output.lose_empty_file(part);
        std::string text = comment_header(part, output.target());
        for (const HashEntry& entry : part.entries) {
            // A file of any size (`*`) needs functionality level 73, that of ClamAV 0.98.
            text += fmt::format("{}:*:{}:73\n", entry.sha256.to_string(), name_of(part, entry));
        }
        output.add(part.stem + ".hsb", std::move(text));
    }
}

}  // namespace

TargetDefinition clamav() {
    return {{.name = "clamav",
             .engine = "ClamAV",
             .output = "hash signatures (.hsb)",
             .category = TargetCategory::Scanner,
             .capabilities = {.hash_kinds = {HashKind::File},
                              .platforms = {Platform::Windows, Platform::Macos, Platform::Linux},
                              .audit = AuditScope::Document},
             .proof = Proof::Engine,
             .versions = "1.4",
             .documentation = "https://docs.clamav.net/manual/Signatures/HashSignatures.html",
             .remarks = {"A match is named after the package and the file, with .UNOFFICIAL "
                         "behind it.",
                         "As it comes, ClamAV does not scan files of more than 100 MB, and says "
                         "nothing of it: raise --max-filesize and --max-scansize of clamscan, or "
                         "MaxFileSize and MaxScanSize of clamd."}},
            write};
}

}  // namespace libblock::detail::targets
