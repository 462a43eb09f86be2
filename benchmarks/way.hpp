#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "measure.hpp"

namespace benchmarks {

/// A way to look for hashes in a text; `Sample::found` is the number of those that it finds.
struct Way {
    std::string name;
    std::size_t bytes;  ///< of the text that it is given: for a slow one, a part is enough
    int runs;
    std::function<Sample(std::string_view text)> run;
};

/// A way that runs in this thread: `count` gives the number of hashes in a text.
template <typename Count>
Way way(std::string name, std::size_t bytes, int runs, Count count) {
    return {std::move(name), bytes, runs,
            [count](std::string_view text) { return timed([&] { return count(text); }); }};
}

}  // namespace benchmarks
