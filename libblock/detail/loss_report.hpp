#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "libblock/compilation.hpp"
#include "libblock/detail/entry_table.hpp"

namespace libblock::detail {

/// In which way something was lost. The message names no single entry or rule, so that all that
/// is lost in one way stands together.
struct Cause {
    LossKind kind;
    LossReason reason;
    std::string message;

    auto operator<=>(const Cause&) const = default;
};

/// Gathers losses of several packages.
class LossReport {
public:
    /// A loss of the package as a whole.
    void add(const Package& package, const Cause& cause);
    void add(const Package& package, const Cause& cause, const HashEntry& entry);
    void add(const Package& package, const Cause& cause, RulePart rule);
    /// All of these entries and rules at once.
    void add(const Package& package, const Cause& cause, const HashEntries& entries,
             const std::vector<MetadataRule>& rules);

    /// The losses in their order; the report is empty then. Of what is left out, that is all that
    /// is said.
    std::vector<Loss> take();

private:
    struct Subjects {
        EntryTable entries;
        HashEntries whole;
        std::vector<RulePart> rules;
    };

    Subjects& subjects(const Package& package, const Cause& cause);

    std::map<std::pair<std::string, Cause>, Subjects> losses_;
};

}  // namespace libblock::detail
