#include "libblock/detail/scan_kernel.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <ostream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "naive_kernel.hpp"

using namespace libblock::detail;
using namespace libblock::test;

namespace libblock::detail {

static std::ostream& operator<<(std::ostream& stream, const BlockMasks& masks) {
    return stream << std::hex << masks.digits << ' ' << masks.known << ' ' << masks.marks << ' '
                  << masks.separators << std::dec;
}

}  // namespace libblock::detail

namespace {

/// The masks of a block, also where the text ends in it.
BlockMasks masks_at(std::string_view text, std::size_t from) {
    return from < text.size() ? naive_masks(text.substr(from, ScanKernel::block)) : BlockMasks{};
}

/// Whether 32 digits in groups of `size` begin at `at`, and a byte that is no digit follows.
bool are_groups(std::string_view text, std::size_t at, std::size_t size) {
    const std::size_t bytes = 32 + 32 / size;
    if (at + bytes > text.size() || (at > 0 && is_digit(text[at - 1]))) return false;
    for (std::size_t i = 0; i < bytes; ++i) {
        if (is_digit(text[at + i]) != (i % (size + 1) < size)) return false;
    }
    return true;
}

std::size_t longest_row(std::string_view text, bool (*is_one)(char)) {
    std::size_t longest = 0;
    std::size_t row = 0;
    for (const char c : text) longest = std::max(longest, row = is_one(c) ? row + 1 : 0);
    return longest;
}

bool are_digits(std::string_view text, std::size_t at, std::size_t count) {
    return at + count <= text.size() &&
           std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at),
                       text.begin() + static_cast<std::ptrdiff_t>(at + count), is_digit);
}

/// Whether a mark begins at `at`: what cuts digits off, parts them, or is a label.
bool begins_mark(std::string_view text, std::size_t at) {
    constexpr std::array<std::string_view, 14> marks{
        "...",          "***",          "xxx",          "XXX",          "\xe2\x80\xa6",
        "\xe2\x80\xa2", "\xc2\xad",     "\xd8\x9c",     "\xe1\xa0\x8e", "\xe2\x80\x8b",
        "\xe2\x81\xa0", "\xef\xb8\x8f", "\xef\xbb\xbf", "[..."};
    return std::any_of(marks.begin(), marks.end(),
                       [&](auto mark) { return text.substr(at).starts_with(mark); });
}

/// Whether a mark stands at `i` that digits stand beside.
bool is_marked(std::string_view text, std::size_t i) {
    constexpr std::size_t few = ScanKernel::sure_digits;
    if (begins_mark(text, i) && i >= few && are_digits(text, i - few, few)) return true;
    for (const std::size_t bytes : {2U, 3U}) {
        if (i < bytes || !are_digits(text, i, few)) continue;
        const bool whole = bytes == 3 || !is_one_of(text[i - 2], ".*xX");
        if (whole && begins_mark(text.substr(0, i), i - bytes)) return true;
    }
    return false;
}

bool has_groups(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (are_groups(text, i, 2) || are_groups(text, i, 4) || are_groups(text, i, 8)) return true;
    }
    return false;
}

bool has_marks(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_marked(text, i)) return true;
    }
    return false;
}

std::size_t naive_breaks(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool pair = i + 1 < text.size() && text[i] == '\r' && text[i + 1] == '\n';
        count += text[i] == '\n' || (text[i] == '\r' && !pair) ? 1 : 0;
    }
    return count;
}

std::size_t naive_last_line(std::string_view text) {
    const std::size_t last = text.find_last_of("\r\n");
    return last == std::string_view::npos ? last : last + 1;
}

// Texts, made of pieces that a random number generator picks.

using Random = std::mt19937;

std::size_t below(Random& random, std::size_t limit) {
    return random() % limit;
}

std::string some_of(Random& random, std::string_view alphabet, std::size_t length) {
    std::string text;
    for (std::size_t i = 0; i < length; ++i) text += alphabet[below(random, alphabet.size())];
    return text;
}

std::string hex(Random& random, std::size_t length) {
    return some_of(random, "0123456789abcdefABCDEF", length);
}

std::string word(Random& random) {
    return some_of(random, "etaoinshrdlucmfwypvbgkjqxz", 1 + below(random, 9)) + ' ';
}

std::string pieces(Random& random) {
    constexpr std::array<std::string_view, 16> rare{
        "..", "**", "xx",   "XX",       ".*xX",  "\xe2\x80\xa6", "\xe2\x80\xa2", "\xc3\xa9",
        "\n", "\r", "\r\n", "\xae\xae", "<wbr>", "<W",           "&shy;",        "&#173;"};
    if (below(random, 4) != 0) return word(random);
    const std::string_view piece = rare[below(random, rare.size())];
    return {piece.begin(), piece.end()};
}

std::string any_byte(Random& random) {
    return {static_cast<char>(random())};
}

struct Style {
    std::string_view name;
    std::function<std::string(Random&)> piece;
};

const std::vector<Style>& styles() {
    static const std::vector<Style> all{
        {"words", word},
        {"words without a mark", [](Random& r) { return some_of(r, "ghijklm \n", 9) + ' '; }},
        {"marks", pieces},
        {"runs of any length", [](Random& r) { return hex(r, 1 + below(r, 70)) + '-'; }},
        {"runs that just do or do not", [](Random& r) { return hex(r, 20 + below(r, 7)) + "::"; }},
        {"runs among words",
         [](Random& r) { return below(r, 9) == 0 ? hex(r, 18 + below(r, 60)) + ' ' : word(r); }},
        {"stretches that just do or do not",
         [](Random& r) {
             std::string text;
             for (std::size_t i = 26 + below(r, 9); i > 0; --i) text += i % 2 == 0 ? "7" : ":";
             return text + some_of(r, ": ", 1 + below(r, 12));
         }},
        {"groups of digits",
         [](Random& r) {
             const std::size_t size = std::size_t{1} << below(r, 5);
             return hex(r, below(r, 12) == 0 ? 3 : size) + some_of(r, ": ", 1);
         }},
        {"pairs of digits",
         [](Random& r) { return hex(r, below(r, 9) == 0 ? 1 : 2) + some_of(r, ": ", 1); }},
        {"characters like digits",
         [](Random& r) { return some_of(r, "0Oo1Il\xd0\xb0", 1 + below(r, 40)) + '\n'; }},
        {"wide bytes", [](Random& r) { return some_of(r, "\xe2\x80\xa6\xa2.x ", 3); }},
        {"any bytes", any_byte},
        {"line breaks", [](Random& r) { return some_of(r, "\r\n\r\nab", 3); }},
        {"one byte",
         [](Random& r) { return std::string(1 + below(r, 80), ".*xXag\n\r "[r() % 9]); }},
        {"edges of classes",
         [](Random& r) { return some_of(r, "/09:@AFG`afg\x7f\x80\xb0\xe1", 2); }},
    };
    return all;
}

std::string make_text(const Style& style, Random& random, std::size_t size) {
    std::string text;
    while (text.size() < size) text += style.piece(random);
    text.resize(size);
    return text;
}

/// The text at the very end of an allocation, where a sanitizer sees any read beyond it.
class AtEnd {
public:
    explicit AtEnd(std::string_view text)
        // NOLINTNEXTLINE(modernize-avoid-c-arrays): no spare bytes
        : bytes_(std::make_unique<char[]>(text.size())), size_(text.size()) {
        std::memcpy(bytes_.get(), text.data(), text.size());
    }
    std::string_view view() const { return {bytes_.get(), size_}; }

private:
    std::unique_ptr<char[]> bytes_;  // NOLINT(modernize-avoid-c-arrays): no spare bytes
    std::size_t size_;
};

void check_masks(const ScanKernel& kernel, std::string_view text, std::size_t from) {
    std::array<BlockMasks, 6> masks;
    kernel.read_masks(text, from, masks);
    for (std::size_t i = 0; i < masks.size(); ++i) {
        CHECK(masks[i] == masks_at(text, from + ScanKernel::block * i));
    }
}

struct Run {
    std::size_t begin;
    std::size_t end;

    bool operator==(const Run&) const = default;
};

/// The runs that end behind `from`, from there on.
std::vector<Run> naive_runs(std::string_view text, std::size_t from) {
    std::vector<Run> runs;
    for (std::size_t at = from; at < text.size(); ++at) {
        Run run{at, at};
        while (run.end < text.size() && is_digit(text[run.end])) ++run.end;
        if (run.end - run.begin >= ScanKernel::sure_run) runs.push_back(run);
        at = std::max(at, run.end);
    }
    return runs;
}

/// The runs of a scan; one that goes on behind it ends with it.
std::vector<Run> runs_of(const GroupScan& scan) {
    std::vector<Run> runs;
    for (std::size_t i = 0; i < scan.edges; i += 2) {
        const std::size_t begin = scan.origin + scan.run_edges[i] + 1 - ScanKernel::sure_run;
        runs.push_back({begin, i + 1 < scan.edges ? scan.origin + scan.run_edges[i + 1]
                                                  : scan.at + ScanKernel::group});
    }
    return runs;
}

/// The text with another byte for the digits of runs.
std::string without_runs(std::string_view text) {
    std::string others(text);
    for (const Run& run : naive_runs(text, 0)) {
        for (std::size_t i = run.begin; i < run.end; ++i) others[i] = '!';
    }
    return others;
}

void check_equal(const GroupScan& scan, const GroupScan& expected) {
    CHECK(scan.origin == expected.origin);
    CHECK(scan.at == expected.at);
    CHECK(scan.next == expected.next);
    CHECK(scan.nuls == expected.nuls);
    CHECK(scan.marked == expected.marked);
    CHECK(scan.shapes == expected.shapes);
    CHECK(runs_of(scan) == runs_of(expected));
    CHECK(std::ranges::equal(scan.mark_ends, expected.mark_ends));
    CHECK(std::ranges::equal(scan.mark_begins, expected.mark_begins));
    CHECK(scan.before == expected.before);
    CHECK((scan.masks == expected.masks));
    REQUIRE(scan.ahead == expected.ahead);
    if (scan.ahead) CHECK((scan.next_masks == expected.next_masks));
}

/// The masks of the last group, from `from` on.
void check_last_masks(const GroupScan& scan, std::string_view text, std::size_t from) {
    for (std::size_t i = 0; i < GroupMasks::blocks; ++i) {
        const std::size_t at = scan.at + ScanKernel::block * i;
        BlockMasks naive = masks_at(text, at);
        if (at < from) {
            const std::uint64_t keep = ~std::uint64_t{0} << (from - at);
            naive = {naive.digits & keep, naive.known & keep, naive.marks & keep,
                     naive.separators & keep};
        }
        const BlockMasks block{scan.masks.digits[i], scan.masks.known[i], scan.masks.marks[i],
                               scan.masks.separators[i]};
        CHECK(block == naive);
    }
}

/// Nothing that is worth a look stands between the begin and the last group, or before its end if
/// it shows nothing.
void check_passed(const GroupScan& scan, std::string_view text, std::size_t from) {
    const std::size_t end = scan.marked || scan.shapes ? std::max(scan.at, from) : scan.next;
    const std::string_view passed = text.substr(from, end - from);
    CHECK_FALSE(has_groups(passed));
    CHECK_FALSE(has_marks(passed));
    CHECK(longest_row(without_runs(passed), is_known) < ScanKernel::sure_stretch);
}

/// All kernels find the same, nothing is left out, and going on gives what a longer scan gives.
void check_scans(std::string_view text, std::size_t from, std::size_t until) {
    GroupScan expected;
    std::vector<std::unique_ptr<GroupScan>> scans;
    for (std::size_t i = 0; i < scan_kernels().size(); ++i) {
        scans.push_back(std::make_unique<GroupScan>());
    }
    std::vector<Run> runs;
    for (std::size_t at = from; at < std::min(until, text.size()); at = expected.next) {
        const bool anew = !expected.ahead;
        naive_kernel.scan_groups(text, at, until, expected);
        REQUIRE(expected.next > at);
        check_passed(expected, text, std::max(at, expected.origin));
        if (anew) check_last_masks(expected, text, at);
        for (std::size_t i = 0; i < scans.size(); ++i) {
            CAPTURE(scan_kernels()[i]->name);
            scan_kernels()[i]->scan_groups(text, at, until, *scans[i]);
            check_equal(*scans[i], expected);
        }
        for (const Run& run : runs_of(expected)) {
            if (runs.empty() || runs.back().end < run.begin) runs.push_back(run);
            runs.back().end = std::max(runs.back().end, run.end);  // it may be read twice
        }
    }
    if (until < text.size()) return;
    for (Run& run : runs) run.end = std::min(run.end, text.size());
    CHECK(runs == naive_runs(text, from));
}

/// The first scan that shows something, or the last one.
GroupScan first_found(const ScanKernel& kernel, std::string_view text, std::size_t from) {
    GroupScan scan;
    do {
        kernel.scan_groups(text, from, text.size(), scan);
        from = scan.next;
    } while (from < text.size() && scan.edges == 0 && !scan.marked && !scan.shapes);
    return scan;
}

/// Whether a scan of `text` shows the only thing in it, of `size` bytes at `at`, and nothing
/// behind.
void check_found(const ScanKernel& kernel, std::string_view text, std::size_t at,
                 std::size_t size) {
    CAPTURE(kernel.name);
    const GroupScan scan = first_found(kernel, text, 0);
    if (scan.edges > 0) {
        CHECK(runs_of(scan) == std::vector{Run{at, at + size}});
        CHECK_FALSE(scan.marked);
    } else {
        REQUIRE((scan.marked || scan.shapes));
        CHECK(scan.at < at + size);
        CHECK(at < scan.at + ScanKernel::group);
    }
    const GroupScan rest = first_found(kernel, text, at + size);
    CHECK(rest.edges == 0);
    CHECK_FALSE(rest.marked);
    CHECK_FALSE(rest.shapes);
}

/// Where the first group begins in which a scan of `text` sees NULs.
std::size_t first_nuls(const ScanKernel& kernel, std::string_view text) {
    GroupScan scan;
    std::size_t from = 0;
    do {
        kernel.scan_groups(text, from, text.size(), scan);
        if (scan.nuls < scan.at + ScanKernel::group) return scan.nuls;
        CHECK(scan.nuls == scan.at + ScanKernel::group);
        from = scan.next;
    } while (from < text.size());
    return text.size();
}

void check_breaks(const ScanKernel& kernel, std::string_view text, std::size_t until) {
    std::vector<std::uint32_t> places(ScanKernel::breaks_room);
    places.resize(kernel.list_breaks(text, until, places.data()));
    std::vector<std::uint32_t> expected;
    for (std::size_t i = 0; i < std::min(text.size(), (until + 63) / 64 * 64); ++i) {
        if (text[i] == '\n' || text[i] == '\r') expected.push_back(static_cast<std::uint32_t>(i));
    }
    CHECK(places == expected);
}

void check_text(std::string_view text, std::size_t from) {
    check_scans(text, from, text.size());
    check_scans(text, from, from + text.size() / 3);
    for (const ScanKernel* const kernel : scan_kernels()) {
        CAPTURE(kernel->name);
        check_masks(*kernel, text, from);
        CHECK(kernel->count_line_breaks(text) == naive_breaks(text));
        CHECK(kernel->last_line(text) == naive_last_line(text));
        check_breaks(*kernel, text.substr(from), ScanKernel::breaks_read);
        check_breaks(*kernel, text, from % ScanKernel::breaks_read);
    }
}

}  // namespace

TEST_CASE("there is always a portable kernel, and it comes last") {
    REQUIRE(!scan_kernels().empty());
    CHECK(scan_kernels().back()->name == "portable");
}

TEST_CASE("kernels agree with a look at each byte, in texts of every size") {
    Random random(1);
    for (const Style& style : styles()) {
        CAPTURE(style.name);
        for (std::size_t size = 0; size <= 320; ++size) {
            const AtEnd text(make_text(style, random, size));
            CAPTURE(text.view());
            check_text(text.view(), 0);
            check_text(text.view(), below(random, size + 1));
        }
    }
}

TEST_CASE("kernels agree with a look at each byte, from every byte of a longer text") {
    Random random(2);
    for (const Style& style : styles()) {
        CAPTURE(style.name);
        const AtEnd text(make_text(style, random, 1500));
        CAPTURE(text.view());
        for (std::size_t from = 0; from <= text.view().size(); from += 1 + below(random, 9)) {
            check_text(text.view(), from);
        }
    }
}

TEST_CASE("kernels agree with a look at each byte where little is worth a look") {
    Random random(4);
    for (const Style& common : {styles()[0], styles()[1]}) {
        for (const Style& rare : styles()) {
            CAPTURE(rare.name);
            for (unsigned i = 0; i < 3; ++i) {
                std::string text;
                while (text.size() < 20'000) {
                    text += make_text(common, random, below(random, 3000));
                    text += make_text(rare, random, below(random, 80));
                }
                const AtEnd exact(text);
                CAPTURE(exact.view());
                check_scans(exact.view(), below(random, 200), text.size());
            }
        }
    }
}

TEST_CASE("one thing worth a look is found wherever it begins") {
    const std::array<std::string, 13> things{std::string(ScanKernel::sure_run, '7'),
                                             std::string(ScanKernel::sure_stretch, '\x90'),
                                             "O12345678IABCDEFLIO123456789abcd",
                                             "01:23:45:67:89:ab:cd:ef:01:23:45:67:89:ab:cd:ef",
                                             "0123 4567 89ab cdef 0123 4567 89ab cdef",
                                             "01234567 89abcdef 01234567 89abcdef",
                                             "01234567-89ab-cdef-0123-456789abcdef",
                                             "0123...",
                                             "[**]0123",
                                             "0123[\xe2\x80\xa6]",
                                             "0123<wbr>",
                                             "sha256-",
                                             "0123&#173;"};
    for (const std::string& thing : things) {
        CAPTURE(thing);
        for (const char filler : {' ', 'z'}) {  // blanks may be of a shape
            CAPTURE(filler);
            for (std::size_t at = 0; at < 1600; ++at) {
                std::string text(2400, filler);
                text.replace(at, thing.size(), thing);
                for (const auto* const kernel : scan_kernels()) {
                    check_found(*kernel, text, at, thing.size());
                }
            }
        }
    }
}

TEST_CASE("columns of digests are decoded up to the first that is none") {
    Random random(3);
    constexpr std::size_t stride = 67;
    constexpr std::size_t count = 9;
    for (std::size_t bad = 0; bad <= count; ++bad) {
        std::string lines;
        for (std::size_t i = 0; i < count; ++i) lines += hex(random, 64) + "\r\n,";
        lines.resize(lines.size() - 3);
        if (bad < count)
            lines[bad * stride + below(random, 64)] = "G/:@`g\xb0\x10"[below(random, 8)];
        const AtEnd text(lines);
        for (const ScanKernel* const kernel : scan_kernels()) {
            CAPTURE(kernel->name);
            std::array<std::uint8_t, 32 * count> bytes{};
            REQUIRE(kernel->decode_column(text.view().data(), stride, count, bytes.data(), 32) ==
                    bad);
            for (std::size_t i = 0; i < 32 * bad; ++i) {
                const std::string byte(lines.substr(i / 32 * stride + i % 32 * 2, 2));
                CHECK(bytes[i] == std::stoi(byte, nullptr, 16));
            }
        }
    }
}

TEST_CASE("kernels tell where digits with NULs between them begin") {
    constexpr std::size_t island = 63;  // bytes of 32 digits
    const std::string words(8 * ScanKernel::group, 'g');
    for (std::size_t at = 0; at + island < words.size() - ScanKernel::group; at += 7) {
        CAPTURE(at);
        std::string text = words;
        for (std::size_t i = 0; i < island; ++i) text[at + i] = i % 2 == 0 ? 'a' : '\0';
        for (const ScanKernel* const kernel : scan_kernels()) {
            CAPTURE(kernel->name);
            const std::size_t nuls = first_nuls(*kernel, text);
            CHECK(nuls < at + island);
            CHECK(nuls + ScanKernel::group > at);
        }
    }
}
