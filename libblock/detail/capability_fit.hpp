#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "libblock/detail/loss_report.hpp"
#include "libblock/hash_entry.hpp"
#include "libblock/package.hpp"
#include "libblock/target.hpp"

namespace libblock::detail {

/// Whether the engine may find a file of that platform and name by its hash.
bool can_match(const Target& target, std::optional<Platform> platform, std::string_view file_name);

/// The same of an entry.
bool can_match(const Target& target, const EntryTable& all, std::size_t index);

/// How many of the entries, of the kinds that the engine compares, it may find.
std::size_t count_matching(const Target& target, const EntryTable& all);

/// The places of a limit. Hashes that can match come first, whatever their order: none that cannot
/// takes the place of one that can.
class Places {
public:
    /// Places for all.
    Places() = default;
    /// `limit` places, when so many of the hashes can match.
    Places(std::size_t limit, std::size_t matching);

    /// Whether there was a place for one more that can match, or cannot.
    bool take(bool matching);

private:
    std::size_t matching_ = std::numeric_limits<std::size_t>::max();  ///< left for those that can
    std::size_t others_ = std::numeric_limits<std::size_t>::max();
};

/// What of a package a target can express.
struct Fit {
    HashEntries entries;
    std::vector<MetadataRule> rules;
};

/// Holds the entries and rules of a package against the capabilities of a target; what does not
/// fit goes into the report.
Fit fit(const Package& package, const Target& target, LossReport& losses);

}  // namespace libblock::detail
