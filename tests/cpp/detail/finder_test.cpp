#include "libblock/detail/finder.hpp"

#include <algorithm>
#include <cstddef>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/detail/scan_kernel.hpp"
#include "libblock/detail/scan_place.hpp"
#include "libblock/extraction.hpp"
#include "mixtures.hpp"
#include "support.hpp"
#include "windows.hpp"

using namespace libblock;
using namespace libblock::detail;
using namespace libblock::test;

namespace libblock {

static std::ostream& operator<<(std::ostream& stream, const Sighting& sighting) {
    stream << sighting.size << " bytes at " << sighting.offset << ", ";
    return stream << (sighting.reason ? to_string(*sighting.reason) : "accepted");
}

}  // namespace libblock

namespace {

void check_equal(const std::vector<Sighting>& found, const std::vector<Sighting>& expected) {
    for (std::size_t i = 0; i < std::min(found.size(), expected.size()); ++i) {
        REQUIRE(found[i] == expected[i]);
    }
    REQUIRE(found.size() == expected.size());
}

/// Where the sightings stand, as a kernel counts lines.
std::vector<TextPlace> places_of(const ScanKernel& kernel, std::string_view text,
                                 std::span<const Sighting> sightings) {
    PlaceCounter counter(kernel, 1, 0);
    std::vector<TextPlace> places;
    for (const Sighting& sighting : sightings) {
        places.push_back(counter.place_of({text}, sighting.offset));
    }
    return places;
}

}  // namespace

TEST_CASE("every kernel finds the same in mixtures of all that extraction knows") {
    Random random(1);  // NOLINT(cert-msc51-cpp): the same texts on every run
    std::size_t all = 0;
    for (int round = 0; round < 1000; ++round) {
        const std::string text = mixture(random, below(random, 3000));
        CAPTURE(text);
        for (const bool rejoin : {false, true}) {
            const auto expected = find_whole(*scan_kernels().back(), text, rejoin);
            const auto places = places_of(*scan_kernels().back(), text, expected);
            all += expected.size();
            for (const ScanKernel* const kernel : scan_kernels()) {
                CAPTURE(kernel->name);
                check_equal(find_whole(*kernel, text, rejoin), expected);
                CHECK(places_of(*kernel, text, expected) == places);
            }
        }
    }
    CHECK(all > 10'000);
}

TEST_CASE("every kernel finds the same in windows of any size") {
    Random random(2);  // NOLINT(cert-msc51-cpp)
    for (int round = 0; round < 40; ++round) {
        const std::string text = mixture(random, 3 * Finder::reach);
        const bool rejoin = round % 2 == 0;
        auto expected = find_whole(*scan_kernels().back(), text, rejoin);
        cut_long_runs(expected);
        const std::size_t longest = std::size_t{1} << (4 + below(random, 11));
        for (const ScanKernel* const kernel : scan_kernels()) {
            CAPTURE(round);
            CAPTURE(kernel->name);
            auto found = find_in_windows(*kernel, text, rejoin,
                                         [&](std::size_t) { return 1 + below(random, longest); });
            cut_long_runs(found);
            check_equal(found, expected);
        }
    }
}
