#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "libblock/detail/scan_text.hpp"
#include "libblock/extraction.hpp"
#include "libblock/platform.hpp"

/// What other lines of the same block say of a hash: `File name: x` above `SHA256: ...`, the keys
/// of an object of JSON or YAML, the items of a list.
namespace libblock::detail {

/// Reads blocks, in reading order.
///
/// A block is the lines around a hash up to a blank line, with the indentation of the hash, and
/// those under which it is indented. It ends where another item of a list or object begins, at a
/// heading or a rule, and at a hash of the same kind; that of another kind is of the same file.
/// Keys of digests end it neither at their own lines nor at blank ones around them. Of a chain of
/// blocks that only hashes part, all have the names above their hashes if the first one has. What
/// stands over a list of hashes is of all of them, but a name is of none.
class Fields {
public:
    /// How far above and below the line of a hash fields are read, in bytes.
    static constexpr std::size_t reach_up = 1024;
    static constexpr std::size_t reach_down = 512;

    struct Told {
        std::string file_name;
        std::optional<Platform> platform;
    };

    /// What the fields around the only hash of a line say of it, which is labelled as `says`.
    Told read(std::string_view text, Slice line, Slice hash, DigestLabel says);

private:
    bool names_first_ = false;
    bool platforms_first_ = false;
    std::string last_;                       ///< the digits that were read last
    std::optional<Platform> list_platform_;  ///< that stands over them, if they are in a list
};

}  // namespace libblock::detail
