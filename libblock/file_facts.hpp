#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "libblock/field.hpp"
#include "libblock/platform.hpp"
#include "libblock/sha256.hpp"

namespace libblock {

/// What is known of a file or of one execution of it. What is absent is unknown: it never
/// matches a criterion.
struct FileFacts {
    std::optional<Platform> platform;
    std::map<HashKind, Sha256> digests;
    /// Most fields have one value; `SecurityGroup` may have several. Never an empty vector.
    std::map<Field, std::vector<std::string>> values;

    bool operator==(const FileFacts&) const = default;
};

/// The values of `field`. A file name that is not given is taken from the path.
std::vector<std::string> values_of(const FileFacts& facts, Field field);

}  // namespace libblock
