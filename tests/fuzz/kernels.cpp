// Any text: the kernels of all instruction sets say the same, and what is found with them is the
// same in whatever windows the text is shown.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz.hpp"
#include "libblock/detail/scan_kernel.hpp"
#include "libblock/extraction.hpp"
#include "libblock/sha256.hpp"
#include "naive_kernel.hpp"
#include "windows.hpp"

using namespace libblock;
using namespace libblock::detail;
using namespace libblock::fuzz;
using namespace libblock::test;

namespace {

/// A copy without a byte to spare, so that the sanitizer sees any read beyond its end.
class AtEnd {
public:
    explicit AtEnd(std::string_view text)
        // NOLINTNEXTLINE(modernize-avoid-c-arrays): no spare bytes
        : bytes_(std::make_unique<char[]>(text.size())), size_(text.size()) {
        std::copy(text.begin(), text.end(), bytes_.get());
    }
    std::string_view view() const { return {bytes_.get(), size_}; }

private:
    std::unique_ptr<char[]> bytes_;  // NOLINT(modernize-avoid-c-arrays): no spare bytes
    std::size_t size_;
};

std::string describe(const ScanKernel& kernel, std::string_view text, std::size_t at) {
    return std::string(kernel.name) + " from " + std::to_string(at) + " of " + literal(text);
}

bool are_equal(const GroupScan& left, const GroupScan& right) {
    return left.origin == right.origin && left.at == right.at && left.next == right.next &&
           left.nuls == right.nuls && left.edges == right.edges &&
           std::equal(left.run_edges, left.run_edges + left.edges + 1, right.run_edges) &&
           std::ranges::equal(left.mark_ends, right.mark_ends) &&
           std::ranges::equal(left.mark_begins, right.mark_begins) && left.marked == right.marked &&
           left.shapes == right.shapes && left.before == right.before &&
           left.masks == right.masks && left.ahead == right.ahead &&
           (!left.ahead || left.next_masks == right.next_masks);
}

void check_groups(const ScanKernel& kernel, std::string_view text, std::size_t from) {
    GroupScan expected;
    GroupScan scan;
    for (std::size_t at = from; at < text.size(); at = expected.next) {
        naive_kernel.scan_groups(text, at, text.size(), expected);
        kernel.scan_groups(text, at, text.size(), scan);
        FUZZ_REQUIRE(are_equal(scan, expected), describe(kernel, text, at));
    }
}

void check_masks(const ScanKernel& kernel, std::string_view text, std::size_t from) {
    const ScanKernel& reference = *scan_kernels().back();
    std::array<BlockMasks, 5> expected;
    std::array<BlockMasks, 5> masks;
    const std::size_t count = 1 + from % masks.size();
    reference.read_masks(text, from, std::span(expected).first(count));
    kernel.read_masks(text, from, std::span(masks).first(count));
    FUZZ_REQUIRE(masks == expected, describe(kernel, text, from));
}

/// Columns of 64 bytes, of which few are digits alone, with a stride that the text says.
void check_columns(const ScanKernel& kernel, std::string_view text, std::size_t from) {
    constexpr std::size_t digits = Sha256::hex_count;
    const std::size_t stride = digits + 1 + static_cast<unsigned char>(text[from]) % 6;
    if (from + digits > text.size()) return;
    const std::size_t count = 1 + (text.size() - from - digits) / stride;
    const auto decode = [&](const ScanKernel& which, std::vector<std::uint8_t>& bytes) {
        bytes.resize(count * Sha256::byte_count);
        const std::size_t decoded = which.decode_column(text.data() + from, stride, count,
                                                        bytes.data(), Sha256::byte_count);
        bytes.resize(decoded * Sha256::byte_count);
    };
    std::vector<std::uint8_t> expected;
    std::vector<std::uint8_t> bytes;
    decode(*scan_kernels().back(), expected);
    decode(kernel, bytes);
    FUZZ_REQUIRE(bytes == expected, describe(kernel, text, from));
}

void check_lines(const ScanKernel& kernel, std::string_view text) {
    std::size_t breaks = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        breaks += text[i] == '\n' || (text[i] == '\r' && text.substr(i + 1, 1) != "\n");
    }
    FUZZ_REQUIRE(kernel.count_line_breaks(text) == breaks, describe(kernel, text, 0));
    std::vector<std::uint32_t> places(ScanKernel::breaks_room);
    places.resize(kernel.list_breaks(text, ScanKernel::breaks_read, places.data()));
    std::vector<std::uint32_t> expected;
    for (std::size_t i = 0; i < std::min(text.size(), ScanKernel::breaks_read); ++i) {
        if (text[i] == '\n' || text[i] == '\r') expected.push_back(static_cast<std::uint32_t>(i));
    }
    FUZZ_REQUIRE(places == expected, describe(kernel, text, 0));
    const std::size_t last = text.find_last_of("\r\n");
    FUZZ_REQUIRE(kernel.last_line(text) == (last == text.npos ? last : last + 1),
                 describe(kernel, text, 0));
}

void check_kernel(const ScanKernel& kernel, std::string_view text) {
    check_groups(kernel, text, 0);
    check_lines(kernel, text);
    // Some places that the text itself says.
    for (std::size_t at = 0; at < text.size();) {
        check_groups(kernel, text, at);
        check_masks(kernel, text, at);
        check_columns(kernel, text, at);
        check_lines(kernel, text.substr(at, 300));
        at += 1 + text.size() / 8 + static_cast<unsigned char>(text[at]) % 64;
    }
}

void check_sightings(const std::vector<Sighting>& found, const std::vector<Sighting>& expected,
                     const ScanKernel& kernel, std::string_view input, const char* how) {
    if (found == expected) return;
    std::size_t i = 0;
    while (i < std::min(found.size(), expected.size()) && found[i] == expected[i]) ++i;
    std::string details = describe(kernel, input, 0) + "\n" + how;
    for (const auto* const list : {&expected, &found}) {
        details += "\n" + std::to_string(list->size()) + " sightings; number " + std::to_string(i);
        if (i >= list->size()) continue;
        const Sighting& sighting = (*list)[i];
        details += " at " + std::to_string(sighting.offset) + ", " + std::to_string(sighting.size) +
                   " bytes, ";
        details += sighting.reason ? to_string(*sighting.reason) : "accepted";
    }
    FUZZ_REQUIRE(found == expected, details);
}

/// The text over and over, longer than two windows.
std::string repeated(std::string_view text) {
    std::string result;
    while (result.size() < 2 * Finder::reach + 8192) result += text;
    return result;
}

void check_finders(std::string_view text, bool rejoin) {
    const auto expected = find_whole(*scan_kernels().back(), text, rejoin);
    const auto step = [&](std::size_t at) {
        return std::size_t{1} + static_cast<unsigned char>(text[at]);
    };
    for (const ScanKernel* const kernel : scan_kernels()) {
        check_sightings(find_whole(*kernel, text, rejoin), expected, *kernel, text, "whole");
        check_sightings(find_in_windows(*kernel, text, rejoin, step), expected, *kernel, text,
                        "in small steps");
    }
}

void check_windows(std::string_view text, bool rejoin) {
    const std::string longer = repeated(text);
    auto expected = find_whole(*scan_kernels().back(), longer, rejoin);
    const ScanKernel& kernel = *scan_kernels()[text.size() % scan_kernels().size()];
    const auto step = [&](std::size_t at) {
        return std::size_t{1} + 64 * static_cast<unsigned char>(longer[at]);
    };
    check_sightings(find_whole(kernel, longer, rejoin), expected, kernel, text, "repeated");
    auto found = find_in_windows(kernel, longer, rejoin, step);
    cut_long_runs(found);
    cut_long_runs(expected);
    check_sightings(found, expected, kernel, text, "repeated, in windows");
}

/// Whether most characters are such as look like digits, of which a long row takes long.
bool is_mostly_wide(std::string_view text) {
    const auto wide = std::count_if(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) >= 0x80 ||
               std::string_view("OoIl").find(c) != std::string_view::npos;
    });
    return static_cast<std::size_t>(wide) > text.size() / 2;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const AtEnd copy(as_text(data, size));
    const std::string_view text = copy.view();
    for (const ScanKernel* const kernel : scan_kernels()) check_kernel(*kernel, text);
    for (const bool rejoin : {false, true}) check_finders(text, rejoin);
    if (!is_mostly_wide(text)) check_windows(text, size % 2 == 0);
    return 0;
}
