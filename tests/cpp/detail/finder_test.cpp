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
    PlaceCounter counter(kernel, false, 0);
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

namespace {

/// What is found in `text` behind so many blanks, in steps that end at `until` and at the end.
std::vector<Sighting> find_behind_blanks(const ScanKernel& kernel, const std::string& text,
                                         std::size_t blanks, bool rejoin, std::size_t until) {
    const std::string longer = std::string(blanks, ' ') + text;
    Finder finder(kernel, rejoin);
    std::vector<Sighting> sightings;
    std::size_t at = 0;
    while (at < until) at = finder.read({longer}, at, until, sightings);
    while (at < longer.size()) at = finder.read({longer}, at, longer.size(), sightings);
    for (Sighting& sighting : sightings) sighting.offset -= blanks;
    return sightings;
}

/// Texts that were read otherwise where a group of blocks ended within them.
const std::vector<std::string> texts_at_seams{
    "aaaaaaaa[\u2026]aaa1aaa aaaaaaaaaaaa aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa ",
    "aaaaa\u200b"
    "9aaa\u200b"
    "aaaa\u200b"
    "aaaa\u200b"
    "aaaa\u200b"
    "aaaa\u200b"
    "eaaa\u200b"
    "aaaa4aaaaaaaaaa aaaa",
    "0000 44B9 BA1f bbbb 1bab bbaa D07F EA0f d22e a1ab1ab 11ba a11b 0",
    "1aaa1bbbabb1aab1 0000000000000000 111b11a1a11a1bb1 aaabbaab1ab1abbb 0000000000000000 ",
    "1bbba11ba....1b1bb1b1",
    ":11:72:ab:91:1A:1b:1b8[\u2026]aa1bb1a1-AA460C57-baa1ba1b-BD7DD6AC-a1babbaa-cBbFAd1a-"
    "3f469b10-abaaaa11",
    "b11ba1bb-bb1b-1aaa-a1a1-bbb1abb1abba\u2026"
    "61bb11bbbaaaabba1-bbbbb111b1b11111-"
    "ab1babbbb1ababab-aaa1baaabbbb1bb1",
    "SHA2561111bb111aabba11aa1\u2022\u2022\u2022"
    "baab1b1b1bb:5196:308f:0000:abb1:aaaa",
    "a XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX b",
    "50oOaIlOo150oOaIlOo150oOaIlOoO7a3b5c9d1e7a3b5c9d1e7a3b5c9d1e7a3b*** ",
    "50oOaIlOo1O7a3b5c9d1e7a3b5c9d1e7a3b5c9d1e7a3b5c9d1e7a3b5c9d1e7a3*** ",
    "a18cef08<snip> ",
    "xxxDBCEacC31Fe4f4a9  1c176E97759f8cD6  E8fb0fFfE6a042DB  ",
    "[\u2026]"
    "b1bbaaaa1abba1a1 ba1a111bba1bbab1 baa24319573cFA9DF4A064C35be1",
};

}  // namespace

TEST_CASE("what stands at the end of a group of blocks or of a step is found as anywhere") {
    for (const std::string& part : texts_at_seams) {
        const std::string text = "w\n\n" + part + "\n\nw";
        CAPTURE(text);
        const auto expected = find_whole(*scan_kernels().back(), text, false);
        for (std::size_t blanks = 0; blanks < ScanKernel::group; ++blanks) {
            CAPTURE(blanks);
            for (const ScanKernel* const kernel : scan_kernels()) {
                check_equal(find_behind_blanks(*kernel, text, blanks, false, 0), expected);
            }
            for (std::size_t step = blanks % 7; step < text.size(); step += 7) {
                const ScanKernel& kernel = *scan_kernels().front();
                check_equal(find_behind_blanks(kernel, text, blanks, false, blanks + step),
                            expected);
            }
        }
    }
}

TEST_CASE("digits that a group cuts off are judged with the marks before them") {
    // Truncated by the ellipsis, though they begin what looks like a fingerprint from there on.
    const std::string text =
        "\n45:6D0CFE9088D1D68E:00000a[...]a1b\u20601DFaC89f014895aC:b1ab1bbba1b11ab1\n";
    const auto expected = find_whole(*scan_kernels().back(), text, false);
    REQUIRE(expected.size() == 1);
    CHECK(expected[0].reason == RejectionReason::Truncated);
    for (const ScanKernel* const kernel : scan_kernels()) {
        CAPTURE(kernel->name);
        for (std::size_t blanks = 0; blanks < 2 * ScanKernel::group; ++blanks) {
            CAPTURE(blanks);
            check_equal(find_behind_blanks(*kernel, text, blanks, false, 0), expected);
        }
    }
}

TEST_CASE("mixtures are found the same behind any number of blanks and in any step") {
    Random random(3);  // NOLINT(cert-msc51-cpp)
    for (int round = 0; round < 3000; ++round) {
        const std::string text = "w\n\n" + mixture(random, 20 + below(random, 300)) + "\n\nw";
        const bool rejoin = round % 2 == 0;
        CAPTURE(text);
        const auto expected = find_whole(*scan_kernels().back(), text, rejoin);
        for (int i = 0; i < 10; ++i) {
            const std::size_t blanks = below(random, 2 * ScanKernel::group);
            const std::size_t until = below(random, 2) * below(random, blanks + text.size());
            const ScanKernel& kernel = *one_of(random, scan_kernels());
            CAPTURE(blanks);
            CAPTURE(until);
            CAPTURE(kernel.name);
            check_equal(find_behind_blanks(kernel, text, blanks, rejoin, until), expected);
        }
    }
}

namespace {

const std::vector<std::string> ends{"\n", " \n", ",\r\n", "\n\n", "; "};

}  // namespace

TEST_CASE("columns are read on where a reading ended within them") {
    Random random(4);  // NOLINT(cert-msc51-cpp)
    for (int round = 0; round < 60; ++round) {
        std::string text = "w\n";
        std::vector<std::uint64_t> offsets;
        for (std::size_t line = 0; line < 1200; ++line) {
            const bool other = below(random, 1 + 8 * static_cast<std::size_t>(round)) == 1;
            if (other) text += std::string(below(random, 70), 'b') + one_of(random, ends);
            offsets.push_back(text.size());
            for (int i = 0; i < 64; ++i) text += "0123456789abcdef"[below(random, 16)];
            text += other ? one_of(random, ends) : "\n";
        }
        const ScanKernel& kernel = *one_of(random, scan_kernels());
        CAPTURE(kernel.name);
        std::vector<std::uint64_t> found;
        for (const Sighting& sighting : find_whole(kernel, text, false)) {
            if (!sighting.reason) found.push_back(sighting.offset);
        }
        REQUIRE(found == offsets);
    }
}
