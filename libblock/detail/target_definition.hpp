#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/compilation.hpp"
#include "libblock/detail/loss_report.hpp"
#include "libblock/target.hpp"

/// What a file of libblock/targets/ sees of compiling.
namespace libblock::detail {

/// What is to be written of one package: only what the capabilities of the target let through.
struct Part {
    const Package& package;  ///< for its name, version, texts and expiry
    Sha256 digest;           ///< of the package
    EnforcementState state;  ///< audit or enforce, whichever the target can do
    Timestamp date;          ///< for formats that carry one
    std::string stem;        ///< the safe name for files of the package, another for each part
    HashEntries entries;
    std::vector<MetadataRule> rules;  ///< with the platforms on which they can be expressed
};

/// What is compiled: a package, beside which others may be exported to the same folder, or all that
/// is in force on a group.
enum class Scope : std::uint8_t { Package, Group };

/// Takes what a writer writes, and what only a writer can know to be lost.
class Output {
public:
    Output(const Target& target, const std::map<std::string, std::string>& settings,
           LossReport& losses, Scope scope);

    const Target& target() const noexcept { return target_; }
    Scope scope() const noexcept { return scope_; }
    /// The value of one of the target's settings.
    const std::string& setting(const std::string& name) const { return settings_.at(name); }

    /// Adds a document. Names are those of files: one name, no folders.
    void add(std::string name, std::string text);

    void lose(const Part& part, const Cause& cause) { losses_.add(part.package, cause); }
    void lose(const Part& part, const Cause& cause, const HashEntry& entry) {
        losses_.add(part.package, cause, entry);
    }
    void lose(const Part& part, const Cause& cause, const MetadataRule& rule) {
        losses_.add(part.package, cause, RulePart{rule.name, std::nullopt});
    }

    /// Reports the hash of a file without contents, for engines that do not look at such files.
    void lose_empty_file(const Part& part);

    std::vector<ExportedDocument> take() { return std::move(documents_); }

private:
    const Target& target_;
    const std::map<std::string, std::string>& settings_;
    LossReport& losses_;
    Scope scope_;
    std::vector<ExportedDocument> documents_;
};

/// Writes the documents of some packages, at least one, each with at least one entry or rule.
using Writer = void (*)(std::span<const Part> parts, Output& output);

/// A target and its writer, which is null if the target refuses all packages.
struct TargetDefinition {
    Target target;
    Writer write = nullptr;
};

/// All targets, in the order of LIBBLOCK_TARGETS of cmake/nouns.cmake, from which CMake makes this
/// table: see libblock/targets/table.cpp.in.
const std::vector<TargetDefinition>& target_definitions();

/// Throws `Error` (NotFound).
const TargetDefinition& find_definition(std::string_view name);

}  // namespace libblock::detail
