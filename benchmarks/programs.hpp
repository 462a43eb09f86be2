#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "folder.hpp"
#include "way.hpp"

namespace benchmarks {

/// Programs that look for hashes in a file and print them. Their time is what the system counted
/// for the whole process.
class Programs {
public:
    /// What they are to read from now on.
    void write(std::string_view text) const;

    /// Those that are installed; `bytes` are what `write` is going to be given.
    std::vector<Way> ways(std::size_t bytes) const;

    /// The names of the others.
    static std::vector<std::string> missing();

private:
    Folder folder_;
};

}  // namespace benchmarks
