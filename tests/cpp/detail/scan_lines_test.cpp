#include "libblock/detail/scan_lines.hpp"

#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "../support.hpp"

using namespace libblock;
using namespace libblock::detail;

namespace {

std::vector<Slice> breaks_slowly(std::string_view text, Slice part) {
    std::vector<Slice> breaks;
    for (std::size_t at = part.begin; at < part.end;) {
        const std::size_t bytes = line_break_at(text, at);
        if (bytes > 0) breaks.push_back({at, at + bytes});
        at += bytes > 0 ? bytes : 1;
    }
    return breaks;
}

void check_breaks(std::string_view text, Slice part) {
    CAPTURE(part.begin);
    CAPTURE(part.end);
    const std::vector<Slice> expected = breaks_slowly(text, part);
    for (const ScanKernel* const kernel : scan_kernels()) {
        CAPTURE(kernel->name);
        LineBreaks breaks(*kernel, text, part);
        std::vector<Slice> found;
        for (Slice each = breaks.next(); !each.empty(); each = breaks.next()) found.push_back(each);
        CHECK(found == expected);
        CHECK(breaks.next() == Slice{part.end, part.end});
    }
}

}  // namespace

TEST_CASE("line breaks come one after the other, in any part of a text") {
    std::mt19937 engine(1);
    for (const unsigned rarity : {2U, 20U, 2000U}) {
        std::string text;
        while (text.size() < 5000) {
            text += engine() % rarity == 0 ? "\n\r"[engine() % 2] : 'a';
        }
        check_breaks(text, {0, text.size()});
        check_breaks(text, {0, 0});
        check_breaks(text, {text.size(), text.size()});
        for (int round = 0; round < 300; ++round) {
            const std::size_t begin = engine() % text.size();
            check_breaks(text, {begin, begin + engine() % (text.size() - begin + 1)});
        }
    }
}

TEST_CASE("CR LF is one line break, also where a part or what is read at once ends within") {
    for (std::size_t at = 1020; at < 1030; ++at) {
        const std::string text = std::string(at, 'a') + "\r\n" + std::string(100, 'b');
        check_breaks(text, {0, text.size()});
        check_breaks(text, {0, at + 1});
        check_breaks(text, {at + 1, text.size()});
    }
}
