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

using namespace libblock::detail;

namespace libblock::detail {

static std::ostream& operator<<(std::ostream& stream, const BlockMasks& masks) {
    return stream << std::hex << masks.digits << ' ' << masks.wide << ' ' << masks.cuts << std::dec;
}

}  // namespace libblock::detail

namespace {

// What the kernels must say, byte by byte.

bool is_digit(char c) {
    return std::string_view("0123456789abcdefABCDEF").find(c) != std::string_view::npos;
}

bool is_wide(char c) {
    return static_cast<unsigned char>(c) >= 0x80;
}

bool is_cut(std::string_view text, std::size_t i) {
    if (i == 0) return false;
    const std::string_view pair = text.substr(i - 1, 2);
    return pair == ".." || pair == "**" || pair == "xx" || pair == "XX" || pair == "\x80\xa6" ||
           pair == "\x80\xa2";
}

bool parts(std::string_view text, std::size_t i) {
    const auto other = [&](std::size_t at) { return !is_digit(text[at]) && !is_wide(text[at]); };
    return other(i) && other(i - 1);
}

std::size_t naive_spot(std::string_view text, std::size_t from) {
    std::size_t spot = text.size();
    std::size_t digits = 0;
    std::size_t stretch = 0;
    for (std::size_t i = from; i < text.size(); ++i) {
        digits = is_digit(text[i]) ? digits + 1 : 0;
        stretch = i > from && parts(text, i) ? 1 : stretch + 1;
        if (digits >= ScanKernel::sure_run) spot = std::min(spot, i + 1 - digits);
        if (stretch >= ScanKernel::sure_stretch) spot = std::min(spot, i + 1 - stretch);
        if (i > from && is_cut(text, i)) {
            spot = std::min(spot, std::max(from + 2, is_wide(text[i]) ? i : i + 1) - 2);
        }
    }
    return spot;
}

BlockMasks naive_masks(std::string_view text, std::size_t from) {
    BlockMasks masks;
    for (std::size_t i = 0; i < ScanKernel::block && from + i < text.size(); ++i) {
        masks.digits |= std::uint64_t{is_digit(text[from + i])} << i;
        masks.wide |= std::uint64_t{is_wide(text[from + i])} << i;
        masks.cuts |= std::uint64_t{is_cut(text, from + i)} << i;
    }
    return masks;
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
    constexpr std::array<std::string_view, 12> rare{
        "..",           "**",       "xx", "XX", ".*xX", "\xe2\x80\xa6",
        "\xe2\x80\xa2", "\xc3\xa9", "\n", "\r", "\r\n", "\xae\xae"};
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
        {"pairs of digits",
         [](Random& r) { return hex(r, 1 + below(r, 2)) + some_of(r, ": ", 1); }},
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
        CHECK(masks[i] == naive_masks(text, from + ScanKernel::block * i));
    }
}

void check_text(std::string_view text, std::size_t from) {
    for (const ScanKernel* const kernel : scan_kernels()) {
        CAPTURE(kernel->name);
        CHECK(kernel->find_spot(text, from) == naive_spot(text, from));
        check_masks(*kernel, text, from);
        CHECK(kernel->count_line_breaks(text) == naive_breaks(text));
        CHECK(kernel->last_line(text) == naive_last_line(text));
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

TEST_CASE("one thing worth a look is found wherever it begins") {
    const std::array<std::string, 8> things{std::string(ScanKernel::sure_run, '7'),
                                            std::string(ScanKernel::sure_stretch, '\x90'),
                                            "0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0",
                                            "..",
                                            "**",
                                            "xx",
                                            "XX",
                                            "\xe2\x80\xa6"};
    for (const std::string& thing : things) {
        CAPTURE(thing);
        for (std::size_t at = 0; at < 700; ++at) {
            std::string text(1000, ' ');
            text.replace(at, thing.size(), thing);
            for (const ScanKernel* const kernel : scan_kernels()) {
                CAPTURE(kernel->name);
                // A blank may stand beside a stretch without ending it.
                const std::size_t spot = kernel->find_spot(text, 0);
                CHECK(spot <= at);
                CHECK(spot + 2 > at);
                CHECK(kernel->find_spot(text, at) == at);
                CHECK(kernel->find_spot(text, at + thing.size()) == text.size());
            }
        }
    }
}

TEST_CASE("digits are decoded in either case") {
    Random random(3);
    for (int i = 0; i < 1000; ++i) {
        const AtEnd digits(hex(random, 64));
        std::array<std::uint8_t, 32> expected{};
        for (std::size_t k = 0; k < expected.size(); ++k) {
            const std::string byte(digits.view().substr(2 * k, 2));
            expected[k] = static_cast<std::uint8_t>(std::stoi(byte, nullptr, 16));
        }
        for (const ScanKernel* const kernel : scan_kernels()) {
            CAPTURE(kernel->name);
            std::array<std::uint8_t, 32> bytes{};
            kernel->decode(digits.view().data(), bytes.data());
            CHECK(bytes == expected);
        }
    }
}
