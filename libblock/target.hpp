#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/enum_text.hpp"
#include "libblock/field.hpp"
#include "libblock/platform.hpp"
#include "libblock/rule.hpp"
#include "libblock/sha256.hpp"

namespace libblock {

/// What a target is for.
enum class TargetCategory : std::uint8_t {
    ApplicationControl,
    EndpointDetection,
    Scanner,
    Intelligence,
    List
};

template <>
struct EnumTable<TargetCategory> {
    static constexpr std::array<EnumRow<TargetCategory>, 5> rows{{
        {TargetCategory::ApplicationControl, "application_control",
         "Decides on a machine what may run."},
        {TargetCategory::EndpointDetection, "endpoint_detection",
         "The indicators of an endpoint detection and response product."},
        {TargetCategory::Scanner, "scanner", "Looks for files, in storage or on the wire."},
        {TargetCategory::Intelligence, "intelligence", "Carries indicators between tools."},
        {TargetCategory::List, "list", "A list of hashes for whoever reads it."},
    }};
};

/// What shows that the documents of a target do what they say.
enum class Proof : std::uint8_t { Engine, Parser, Documentation };

template <>
struct EnumTable<Proof> {
    static constexpr std::array<EnumRow<Proof>, 3> rows{{
        {Proof::Engine, "engine",
         "The tests run the engine: it finds a planted file and leaves its neighbour alone."},
        {Proof::Parser, "parser",
         "The tests read the documents with a parser or validator that others wrote."},
        {Proof::Documentation, "documentation",
         "Written from documentation; no engine has read it."},
    }};
};

/// What an engine can keep in audit: record what matches, and let it run.
enum class AuditScope : std::uint8_t { None, Document, Rule };

template <>
struct EnumTable<AuditScope> {
    static constexpr std::array<EnumRow<AuditScope>, 3> rows{{
        {AuditScope::None, "none", "Nothing."},
        {AuditScope::Document, "document", "A document as a whole."},
        {AuditScope::Rule, "rule", "Each hash or rule of its own."},
    }};
};

/// How an engine compares letters, beside how the package means it (see `match`).
enum class LetterCase : std::uint8_t { AsMeant, Ignored, Kept };

template <>
struct EnumTable<LetterCase> {
    static constexpr std::array<EnumRow<LetterCase>, 3> rows{{
        {LetterCase::AsMeant, "as_meant", "As the package means it on each platform."},
        {LetterCase::Ignored, "ignored", "Upper and lower case are always the same."},
        {LetterCase::Kept, "kept", "Upper and lower case always differ."},
    }};
};

/// A field that an engine can ask for, and how.
struct FieldSupport {
    Field field = Field::OriginalFilename;
    std::vector<Operation> operations = {};
    std::vector<Platform> platforms = {};  ///< where it can; none means wherever the engine runs
    LetterCase letter_case = LetterCase::AsMeant;

    bool operator==(const FieldSupport&) const = default;
};

/// Bounds of an engine or of its import; 0 where there is none or none is known.
struct TargetLimits {
    std::size_t entries = 0;               ///< hashes of one package
    std::size_t entries_per_document = 0;  ///< more are spread over several documents
    std::size_t entries_per_item = 0;      ///< more are spread over several items of a document
    std::size_t document_bytes = 0;
    std::size_t criteria_per_rule = 0;

    bool operator==(const TargetLimits&) const = default;
};

/// What an engine can express of a package. Compiling holds the package against it, so that all
/// that is not listed here is reported and never written.
struct Capabilities {
    std::vector<HashKind> hash_kinds = {};
    std::vector<Platform> platforms = {};  ///< whose files the engine sees
    /// Where it looks at programs and libraries alone, not at installers, archives, documents and
    /// scripts.
    std::vector<Platform> executables_only = {};
    std::vector<FieldSupport> fields = {};  ///< one for each field
    bool enforce = false;                   ///< it keeps what matches from running
    AuditScope audit = AuditScope::None;
    bool expiry = false;   ///< it stops by itself when the package expires
    bool message = false;  ///< it carries a text for whoever meets a match
    TargetLimits limits = {};

    bool operator==(const Capabilities&) const = default;
};

/// Something to choose about the documents of a target, such as where a list will lie.
struct TargetSetting {
    std::string name = {};
    std::string description = {};
    std::string default_value = {};
    std::vector<std::string> choices = {};  ///< none means any text on one line

    bool operator==(const TargetSetting&) const = default;
};

/// An engine or format that packages compile to.
struct Target {
    std::string name = {};    ///< "fapolicyd": how it is asked for
    std::string engine = {};  ///< "fapolicyd": what people call it
    std::string output = {};  ///< "rules file for rules.d": what is written
    TargetCategory category = TargetCategory::List;
    Capabilities capabilities = {};
    std::vector<TargetSetting> settings = {};
    Proof proof = Proof::Documentation;
    std::string versions = {};       ///< of the engine or parser that the proof was made with
    std::string documentation = {};  ///< the address of the format's description
    std::vector<std::string> remarks = {};  ///< what to know before using it, a sentence each
    bool experimental = false;
    std::string refusal = {};  ///< why nothing can be compiled for it; empty if something can

    bool operator==(const Target&) const = default;
};

/// All targets, by name. The table is made once and lives as long as the program.
const std::vector<Target>& targets();

/// The target of that name. Throws `Error` (NotFound), with the nearest name there is.
const Target& find_target(std::string_view name);

}  // namespace libblock
