#include "libblock/extractor.hpp"

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>
#include <string_view>

#include "libblock/error.hpp"
#include "support.hpp"

using namespace libblock;
using namespace libblock::test;
using nlohmann::json;

namespace {

/// The extraction of a text that is fed in pieces of random sizes.
Extraction extract_pieces(std::string_view text, std::mt19937& random, std::size_t longest,
                          const ExtractOptions& options = {}) {
    Extractor extractor(options);
    while (!text.empty()) {
        const std::size_t size = std::min<std::size_t>(text.size(), 1 + random() % longest);
        extractor.feed(text.substr(0, size));
        text.remove_prefix(size);
    }
    return extractor.finish();
}

std::string random_digits(std::mt19937& random, std::size_t count) {
    std::string digits;
    while (digits.size() < count) digits += "0123456789abcdefABCDEF"[random() % 22];
    return digits;
}

/// A text of several windows, with all that the joints of windows can fall into.
std::string long_text(std::mt19937& random, std::size_t bytes) {
    static const std::vector<std::string> parts{"\r\n",
                                                "\n",
                                                " ",
                                                ",",
                                                "...",
                                                "\u200b",
                                                "<wbr>",
                                                "=\r\n",
                                                "SHA256: ",
                                                "| a.exe |",
                                                "é",
                                                "漢",
                                                ":",
                                                "-",
                                                "Authentihash: ",
                                                "## Windows\n",
                                                "****",
                                                "\xff",
                                                "0x",
                                                "%2F",
                                                "\x1b[31m",
                                                "O"};
    std::string text;
    while (text.size() < bytes) {
        switch (random() % 8) {
            case 0:
                text += random_digits(random, 64);
                break;
            case 1:
                text += random_digits(random, 1 + random() % 70);
                break;
            case 2:
                text.append(random() % 3000, "x \n"[random() % 3]);
                break;
            case 3:
                text += random_digits(random, random() % 40) + "\r\n  " + random_digits(random, 24);
                break;
            default:
                text += parts[random() % parts.size()];
        }
    }
    return text;
}

}  // namespace

TEST_CASE("a text in pieces gives what the whole gives") {
    std::mt19937 random(1);  // NOLINT(cert-msc51-cpp): the same texts on every run
    for (int round = 0; round < 200; ++round) {
        const std::string text = long_text(random, random() % 20'000);
        CAPTURE(round);
        CHECK(extract_pieces(text, random, 40) == extract(text));
        CHECK(extract_pieces(text, random, 5000, {.rejoin = true}) ==
              extract(text, {.rejoin = true}));
    }
}

TEST_CASE("the windows of a long text leave no seam") {
    std::mt19937 random(2);  // NOLINT(cert-msc51-cpp)
    for (int round = 0; round < 4; ++round) {
        const std::string text = long_text(random, 3'500'000);
        CAPTURE(round);
        const Extraction whole = extract(text);
        const Extraction pieces = extract_pieces(text, random, 300'000);
        for (std::size_t i = 0; i < std::min(whole.rejected.size(), pieces.rejected.size()); ++i) {
            CAPTURE(whole.rejected[i].place.offset);
            CAPTURE(pieces.rejected[i].place.offset);
            CAPTURE(whole.rejected[i].text);
            CAPTURE(pieces.rejected[i].text);
            CAPTURE(to_string(pieces.rejected[i].reason));
            const std::string around = text.substr(pieces.rejected[i].place.offset - 100, 300);
            CAPTURE(around);
            REQUIRE(whole.rejected[i] == pieces.rejected[i]);
        }
        CHECK(pieces == whole);
    }
}

TEST_CASE("a run longer than a window is told of once") {
    const std::string text = "a " + std::string(5'000'000, 'a') + " b";
    std::mt19937 random(3);  // NOLINT(cert-msc51-cpp)
    const Extraction extraction = extract_pieces(text, random, 100'000);
    CHECK(extraction == extract(text));
    REQUIRE(extraction.rejected.size() == 1);
    CHECK(extraction.rejected[0].reason == RejectionReason::OtherLength);
    CHECK(extraction.rejected[0].text == std::string(160, 'a'));
}

TEST_CASE("an extractor ends once") {
    Extractor extractor;
    extractor.feed("");
    CHECK(extractor.finish() == Extraction{});
    CHECK_THROWS_AS(extractor.feed("a"), Error);
    CHECK_THROWS_AS(extractor.finish(), Error);
}
