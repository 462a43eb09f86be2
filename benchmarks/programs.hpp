#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "folder.hpp"
#include "way.hpp"

namespace benchmarks {

struct Program;

/// Programs that look for hashes in a file and print them. Their time is what the system counted
/// for the whole process.
class Programs {
public:
    /// What they are to read from now on.
    void write(std::string_view text) const;

    /// The command of libblock, and those of others, as far as they are installed; `bytes` are what
    /// `write` is going to be given.
    std::vector<Way> our_ways(std::size_t bytes) const;
    std::vector<Way> peer_ways(std::size_t bytes) const;

    /// The names of those that are not.
    static std::vector<std::string> missing();

private:
    void add_way(std::vector<Way>& ways, const Program& program, std::size_t bytes) const;

    Folder folder_;
};

}  // namespace benchmarks
