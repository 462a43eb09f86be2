#include "libblock/detail/context_records.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../support.hpp"

using namespace libblock;
using namespace libblock::detail;

namespace {

const std::string hash(Sha256::hex_count, 'a');

/// `line` with a hash for each `#`, and where those are.
struct Line {
    explicit Line(std::string_view line) {
        for (const char c : line) {
            if (c == '#') hashes.push_back({text.size(), text.size() + hash.size()});
            text += c == '#' ? hash : std::string(1, c);
        }
    }

    std::string text;
    std::vector<Slice> hashes;
};

std::vector<std::string> names_of(std::string_view line) {
    const Line read(line);
    Gaps gaps(read.text, 0, read.hashes);
    std::optional<bool> first;
    gaps.names_come_first(first);
    std::vector<std::string> names;
    for (std::size_t i = 0; i < read.hashes.size(); ++i) {
        names.push_back(gaps.file_name(i, *first));
    }
    return names;
}

}  // namespace

TEST_CASE("a record is at most 8 KiB long") {
    const std::string text = std::string(64, 'a') + std::string(900, ' ') + std::string(64, 'b');
    const Slice left{0, 64};
    const Slice right{964, 1028};
    CHECK(in_one_record(text, left, left, right));
    CHECK_FALSE(in_one_record(std::string(8192, ' '), {0, 64}, {8000, 8064}, {8130, 8194}));
    CHECK_FALSE(in_one_record("a\nb", {0, 1}, {0, 1}, {2, 3}));
    CHECK_FALSE(in_one_record("a<tr>b", {0, 1}, {0, 1}, {5, 6}));
}

TEST_CASE("words belong to the hash on their side of it") {
    using Names = std::vector<std::string>;
    CHECK(names_of("a.exe # b.exe #") == Names{"a.exe", "b.exe"});
    CHECK(names_of("# a.exe, # b.exe") == Names{"a.exe", "b.exe"});
    CHECK(names_of("a.exe: #, #") == Names{"a.exe", ""});
    CHECK(names_of("#, # a.exe") == Names{"", "a.exe"});
    CHECK(names_of("# # #") == Names{"", "", ""});
    CHECK(names_of("#  a name of several words.txt") == Names{"a name of several words.txt"});
    CHECK(names_of("#\na.exe") == Names{""});
}

TEST_CASE("a name is bound to the hash that nothing but a label parts it from") {
    using Names = std::vector<std::string>;
    CHECK(names_of("a.exe: # (loads b.dll)") == Names{"a.exe"});
    CHECK(names_of("`a.exe` (SHA-256 hash: `#`), b.dll") == Names{"a.exe"});
    CHECK(names_of("# has a.dll (#) and b.dll [#]") == Names{"", "a.dll", "b.dll"});
    CHECK(names_of("a.exe, #, b.dll") == Names{"b.dll"});
    CHECK(names_of("a.exe: seen as #, b.dll") == Names{"b.dll"});
    CHECK(names_of("a.exe # b.dll") == Names{"b.dll"});
}

TEST_CASE("a platform is that of all words only if they name no other") {
    for (const auto& [line, only] : {std::pair{"Windows # and #", std::optional(Platform::Windows)},
                                     std::pair{"Windows # and macOS #", std::optional<Platform>()},
                                     std::pair{"# and #", std::optional<Platform>()}}) {
        CAPTURE(line);
        const Line read(line);
        Gaps gaps(read.text, 0, read.hashes);
        CHECK((gaps.only_platform() == only));
    }
}

TEST_CASE("a record is seen to end only where it does") {
    for (const auto& [line, ends] : {std::pair{"#\nb", true}, std::pair{"# b # c\n", true},
                                     std::pair{"# b", false}, std::pair{"#</tr><tr>", true}}) {
        CAPTURE(line);
        const Line read(line);
        CHECK(Gaps(read.text, 0, std::span(read.hashes)).ends() == ends);
    }
    const Line far("#" + std::string(context_reach + 1, ' ') + "\n");
    CHECK_FALSE(Gaps(far.text, 0, std::span(far.hashes)).ends());
}
