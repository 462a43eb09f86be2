#pragma once

#include <vector>

#include "libblock/detail/loss_report.hpp"
#include "libblock/hash_entry.hpp"
#include "libblock/package.hpp"
#include "libblock/target.hpp"

namespace libblock::detail {

/// What of a package a target can express.
struct Fit {
    HashEntries entries;
    std::vector<MetadataRule> rules;
};

/// Holds the entries and rules of a package against the capabilities of a target; what does not
/// fit goes into the report.
Fit fit(const Package& package, const Target& target, LossReport& losses);

}  // namespace libblock::detail
