#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "libblock/detail/finder.hpp"
#include "libblock/detail/scan_kernel.hpp"
#include "libblock/detail/window.hpp"
#include "libblock/extraction.hpp"

namespace libblock::test {

/// What a finder finds in a text that it is shown whole.
inline std::vector<Sighting> find_whole(const detail::ScanKernel& kernel, std::string_view text,
                                        bool rejoin) {
    detail::Finder finder(kernel, rejoin);
    std::vector<Sighting> sightings;
    std::size_t at = 0;
    while (at < text.size()) at = finder.read({text}, at, text.size(), sightings);
    return sightings;
}

/// A run longer than a window is told of with as much as stood in the one where it began.
inline void cut_long_runs(std::vector<Sighting>& sightings) {
    constexpr std::uint32_t longest = 1024;
    for (Sighting& sighting : sightings) sighting.size = std::min(sighting.size, longest);
}

/// What it finds if it reads `step(at)` bytes at a time, in windows that show as much of the text
/// as it needs and no more.
template <typename Step>
std::vector<Sighting> find_in_windows(const detail::ScanKernel& kernel, std::string_view text,
                                      bool rejoin, Step step) {
    constexpr std::size_t reach = detail::Finder::reach;
    detail::Finder finder(kernel, rejoin);
    std::vector<Sighting> sightings;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t until = std::min(text.size(), at + step(at));
        const std::size_t begin = at - std::min(at, reach);
        const std::size_t end = std::min(text.size(), std::max(until, at) + reach);
        const detail::Window window{text.substr(begin, end - begin), begin, end == text.size()};
        at = begin + finder.read(window, at - begin, until - begin, sightings);
    }
    return sightings;
}

}  // namespace libblock::test
